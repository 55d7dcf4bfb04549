//! The real program as a process of its own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::database::Place;

/// A running `lapak serve`; killed when dropped.
pub struct Process {
    child: Child,
    port: u16,
    http: reqwest::Client,
    settings: Vec<(String, String)>,
}

impl Process {
    pub async fn start(place: &Place) -> Self {
        Self::start_with(place, Vec::new()).await
    }

    /// The same with settings of the environment.
    pub async fn start_with(place: &Place, settings: Vec<(String, String)>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start_on(place, port, settings).await
    }

    /// Starts again on the same port, after a kill.
    pub async fn restart(self, place: &Place) -> Self {
        Self::start_on(place, self.port, self.settings.clone()).await
    }

    async fn start_on(place: &Place, port: u16, settings: Vec<(String, String)>) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_lapak"))
            .arg("serve")
            .current_dir(&place.dir)
            .env("LAPAK_ENV", "test")
            .env("LAPAK__SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("LAPAK__DATA__DIR", place.dir.join("data"))
            .env("LAPAK__DATABASE__URL", &place.url)
            // As in production: an acknowledged write survives.
            .env("LAPAK__DATABASE__SQLITE_SYNCHRONOUS", "full")
            .envs(settings.iter().cloned())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let http = reqwest::Client::new();
        let mut process = Self { child, port, http, settings };
        process.wait_until_ready().await;
        process
    }

    async fn wait_until_ready(&mut self) {
        for _ in 0..1_200 {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended before it was ready: {status}");
            }
            let url = format!("{}/readyz", self.base());
            let ready = self.http.get(url).send().await;
            if ready.is_ok_and(|reply| reply.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not ready after a minute");
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.base());
        let reply = self.http.get(url).send().await.unwrap();
        reply.error_for_status().unwrap().json().await.unwrap()
    }

    /// SIGKILL, at once.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
