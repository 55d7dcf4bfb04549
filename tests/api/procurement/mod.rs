//! How offices of the government buy: dated rules about people and approvals, and budgets.

mod budget;
mod rules;

use lapak::web::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::shop::text;
use crate::support::{Person, TestApp};

/// A line of a budget.
pub fn line(year: i32, ceiling: i64) -> Value {
    json!({
        "year": year, "sub_activity": "1.02.01.2.06.0004", "title": "Makan dan minum rapat",
        "account_code": "5.1.02.01.01.0052", "fund_source": "apbd", "rup_code": "54321098", "ceiling": ceiling,
    })
}

/// A work unit of a kind.
async fn unit(app: &TestApp, code: &str, kind: &str) -> String {
    let body = json!({"code": code, "name": "Dinas Perindustrian", "kind": kind});
    let made = app.operator().await.post("/v1/admin/work-units").json(body).send().await.expect(201).json();
    assert_eq!(made["kind"], kind);
    text(&made["id"])
}

/// Somebody who serves the unit.
async fn serving(app: &TestApp, unit: &str, name: &str, role: Role) -> Person {
    let person = app.buyer(name).await;
    person.grant(role, unit.parse::<Uuid>().unwrap()).await;
    person
}
