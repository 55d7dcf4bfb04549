//! The program itself: how it starts, refuses to start, and stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::support::Backend;
use crate::support::run::{with_database, with_empty_database};

/// The program with settings of its own and nothing from the caller's environment.
fn lapak(dir: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lapak"));
    command
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .env("LAPAK_ENV", "test")
        .env("LAPAK__SERVER__LISTEN", "127.0.0.1:0")
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn output(dir: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    lapak(dir, settings, arguments).output().unwrap()
}

#[track_caller]
fn refused(output: &Output, because: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("lapak: ") && text.contains(because), "{text}");
    assert!(!text.contains("panicked"), "{text}");
}

/// A running service; killed if the test does not stop it.
struct Service {
    child: Child,
    address: String,
    _stdout: BufReader<ChildStdout>,
}

impl Service {
    fn start(dir: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = lapak(dir, settings, &[]).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap_or_default().to_owned();
        Self { child, address, _stdout: stdout }
    }

    fn get(&self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn stop(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn serves_and_stops(backend: Backend) {
    with_database(backend, module_path!(), |place| async move {
        let work = move || {
            let settings = [("LAPAK__DATABASE__URL", place.url.as_str())];
            for signal in ["-TERM", "-INT"] {
                let service = Service::start(&place.dir, &settings);
                assert!(service.get("/healthz").starts_with("HTTP/1.1 200 "));
                assert!(service.get("/readyz").starts_with("HTTP/1.1 200 "));
                let health = output(&place.dir, &[("LAPAK__SERVER__LISTEN", &service.address)], &["health"]);
                assert!(health.status.success());
                // Clients that hang do not keep it.
                let _silent = TcpStream::connect(&service.address).unwrap();
                let mut slow = TcpStream::connect(&service.address).unwrap();
                slow.write_all(b"GET /healthz HTTP/1.1\r\nhost:").unwrap();
                assert_eq!(service.stop(signal), Some(0), "{signal}");
            }
            let doctor = output(&place.dir, &settings, &["doctor"]);
            assert!(doctor.status.success(), "{doctor:?}");
            let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
            assert!(found.contains("messages  mail kept here"), "{found}");
        };
        tokio::task::spawn_blocking(work).await.unwrap();
    });
}

#[test]
fn it_serves_until_it_is_told_to_stop_sqlite() {
    serves_and_stops(Backend::Sqlite);
}

#[test]
fn it_serves_until_it_is_told_to_stop_postgres() {
    serves_and_stops(Backend::Postgres);
}

/// Neither secrets nor forged lines get into the logs.
#[test]
fn a_log_line_is_an_event_and_tells_no_secret() {
    with_database(Backend::Sqlite, module_path!(), |place| async move {
        let work = move || {
            let settings = [
                ("LAPAK__DATABASE__URL", place.url.as_str()),
                ("LAPAK__LOG__FORMAT", "json"),
                ("LAPAK__LOG__FILTER", "debug"),
            ];
            let mut service = Service::start(&place.dir, &settings);
            let body = r#"{"login":"canary-person@contoh.id","password":"canary-password"}"#;
            service.send(&format!(
                "POST /v1/auth/login?token=canary-query HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                 authorization: Bearer canary-bearer\r\nx-cart-secret: canary-cart\r\nx-request-id: a\"b\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ));
            service.send("GET /v1/%0d%0aERROR%20forged?x=canary-query HTTP/1.0\r\nhost: x\r\n\r\n");
            let mut stderr = service.child.stderr.take().unwrap();
            assert_eq!(service.stop("-TERM"), Some(0));
            let mut logs = String::new();
            stderr.read_to_string(&mut logs).unwrap();
            assert!(!logs.contains("canary") && !logs.contains("forged"), "{logs}");
            let answered = logs.lines().filter(|line| {
                let event: serde_json::Value = serde_json::from_str(line).unwrap();
                event["message"] == "answered" && event["span"]["http.route"].is_string()
            });
            assert_eq!(answered.count(), 2, "{logs}");
        };
        tokio::task::spawn_blocking(work).await.unwrap();
    });
}

fn migrates_once(backend: Backend) {
    with_empty_database(backend, module_path!(), |place| async move {
        let work = move || {
            let settings = [
                ("LAPAK__DATABASE__URL", place.url.as_str()),
                ("LAPAK__DATABASE__MIGRATE_AT_START", "false"),
            ];
            let run = |arguments: &[&str]| output(&place.dir, &settings, arguments);
            refused(&run(&["serve"]), "run `lapak migrate` first");
            let doctor = run(&["doctor"]);
            let text = String::from_utf8_lossy(&doctor.stdout);
            assert!(text.contains("WRONG database"), "{text}");
            refused(&doctor, "1 of the checks failed");

            // Several at once, as when several instances are rolled out.
            let twins: Vec<Child> =
                (0..3).map(|_| lapak(&place.dir, &settings, &["migrate"]).spawn().unwrap()).collect();
            for twin in twins {
                let done = twin.wait_with_output().unwrap();
                assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            }
            let again = run(&["migrate"]);
            assert!(String::from_utf8_lossy(&again.stdout).contains("up to date"));
            assert!(run(&["doctor"]).status.success());
        };
        tokio::task::spawn_blocking(work).await.unwrap();
    });
}

#[test]
fn the_schema_is_migrated_once_by_whoever_comes_first_sqlite() {
    migrates_once(Backend::Sqlite);
}

#[test]
fn the_schema_is_migrated_once_by_whoever_comes_first_postgres() {
    migrates_once(Backend::Postgres);
}

#[test]
fn it_says_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let run = |settings: &[(&str, &str)]| output(dir, settings, &[]);
    refused(&run(&[("LAPAK_ENV", "productoin")]), "LAPAK_ENV is \"productoin\"");
    refused(&run(&[("LAPAK_ENV", "production")]), "auth.signing_key is missing");
    refused(&run(&[("LAPAK__SERVER__LISTN", "x")]), "listn");
    refused(&run(&[("LAPAK__SERVER__CORS_ORIGINS", "[\"*\"]")]), "server.cors_origins");
    refused(&run(&[("LAPAK__SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/99\"]")]), "10.0.0.0/99");
    refused(&run(&[("LAPAK__LOG__FILTER", "a=b=c")]), "log.filter");
    refused(&run(&[("LAPAK__DATABASE__URL", "mysql://localhost/x")]), "database");
    std::fs::write(dir.join("file"), "").unwrap();
    refused(&run(&[("LAPAK__DATA__DIR", "file/below")]), "data folder");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let settings = [("LAPAK__SERVER__LISTEN", address.as_str())];
    refused(&run(&settings), "cannot listen on");
    drop(taken);
    refused(&output(dir, &settings, &["health"]), "not healthy");
}

#[test]
fn an_unreachable_database_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("LAPAK__DATABASE__URL", "postgres://lapak:geheim@127.0.0.1:1/lapak"),
        ("LAPAK__DATABASE__ACQUIRE_TIMEOUT", "1s"),
    ];
    let output = output(folder.path(), &settings, &[]);
    refused(&output, "the database cannot be reached");
    refused(&output, "refused");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("geheim"));
}

#[test]
fn it_prints_its_document() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("LAPAK__SERVER__BASE_URL", "https://lapak.example/")];
    let output = output(folder.path(), &settings, &["openapi"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["servers"][0]["url"], "https://lapak.example");
    assert_eq!(document["openapi"], "3.1.0");
    // Nothing was made for that.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
