//! The desk of the industry office.

mod activity;
mod claims;
mod imports;
mod invitations;
mod journey;
mod merges;
mod queue;
pub mod reports;
mod surveys;

use serde_json::Value;

use crate::support::shop::{list, text};
use crate::support::{Person, TestApp};

/// The office's list as it is handed over, with its faults.
pub const LIST: &str = include_str!("../../data/umkm.csv");

/// Sends a list and returns the answer.
pub async fn send(officer: &Person, query: &str, name: &str, bytes: &[u8]) -> Value {
    let path = format!("/v1/admin/vendor-imports{query}");
    officer.post(&path).file(name, "text/csv", bytes).send().await.expect(201).json()
}

/// Sends a list, lets the job run, and returns how it stands.
pub async fn import(app: &TestApp, query: &str, bytes: &[u8]) -> Value {
    let officer = app.officer().await;
    let sent = send(&officer, query, "umkm.csv", bytes).await;
    app.run_jobs().await;
    let path = format!("/v1/admin/vendor-imports/{}", text(&sent["id"]));
    officer.get(&path).send().await.expect(200).json()
}

/// Every line of the report as `line outcome column code`.
pub async fn notes(app: &TestApp, import: &Value) -> Vec<Value> {
    let officer = app.officer().await;
    let base = format!("/v1/admin/vendor-imports/{}/notes?limit=100", text(&import["id"]));
    let (mut all, mut path) = (Vec::new(), base.clone());
    loop {
        let page = officer.get(&path).send().await.expect(200).json();
        all.extend(list(&page["items"]).iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("{base}&cursor={cursor}"),
            None => return all,
        }
    }
}
