//! Bodies: good ones to get past the parsing, and ones with members that must not be believed.

mod catalog;
mod fulfilment;
mod identity;
mod money;
mod office;
mod sales;
mod vendors;

use serde_json::{Value, json};

use super::actors;
use super::objects::Objects;
use crate::support::openapi::{Operation, document, operations};
use crate::support::{TestApp, both};

both![members_nobody_asked_for_are_refused, nobody_registers_with_a_role];

/// What somebody might try to slip in.
const SLIPPED_IN: &[&str] = &[
    "id",
    "role",
    "roles",
    "is_admin",
    "vendor_id_owner",
    "user_id",
    "status",
    "vendor_id",
    "vendor",
    "buyer_id",
    "email_verified",
    "status_override",
    "balance",
    "created_at",
    "version",
    "password",
    "email",
];

/// A body that means something where the sample made from the schema does not.
pub fn good(operation: &Operation, objects: &Objects) -> Option<Value> {
    let sample = operation.sample_body(document())?;
    let id = operation.id.as_str();
    let good = identity::good(id, objects)
        .or_else(|| vendors::good(id))
        .or_else(|| office::good(id))
        .or_else(|| money::good(id))
        .or_else(|| catalog::good(id))
        .or_else(|| fulfilment::good(id))
        .or_else(|| sales::good(id, objects));
    Some(good.unwrap_or(sample))
}

async fn members_nobody_asked_for_are_refused(app: TestApp) {
    let objects = Objects::make(&app).await;
    let everything = actors::everything(&objects).await;
    let document = document();
    let (mut count, mut faults) = (0, Vec::new());
    for operation in operations() {
        if operation.content_type() != Some("application/json") {
            continue;
        }
        let path = operation.fill(|before, name| objects.own(before, name));
        for name in SLIPPED_IN {
            if knows(operation, document, name) {
                continue;
            }
            count += 1;
            let mut request = app.request(operation.method.clone(), &path).json(json!({*name: true}));
            if operation.has("x-idempotency") {
                request = request.key("kunci-yang-panjang");
            }
            if operation.has("x-if-match") {
                request = request.header("if-match", "\"1\"");
            }
            let reply = everything.send_as(request).send().await;
            let pointer = reply.json()["errors"][0]["pointer"].clone();
            if reply.status != 422 || pointer != format!("/{name}") {
                faults.push(format!("{} with {name}: {} {}", operation.id, reply.status, reply.text()));
            }
        }
    }
    assert!(count > 100, "only {count} bodies");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn knows(operation: &Operation, document: &Value, member: &str) -> bool {
    let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
    let reference = schema["$ref"].as_str().unwrap_or_default().trim_start_matches('#');
    let schema = document.pointer(reference).unwrap_or(schema);
    schema["properties"][member].is_object()
}

async fn nobody_registers_with_a_role(app: TestApp) {
    for (member, value) in [
        ("role", json!("operator")),
        ("roles", json!(["operator"])),
        ("is_admin", json!(true)),
        ("vendor_id", json!("01900000-0000-7000-8000-000000000001")),
        ("email_verified", json!(true)),
        ("status", json!("active")),
        ("id", json!("01900000-0000-7000-8000-000000000001")),
    ] {
        let mut body = json!({"name": "Mawar", "email": "mawar@contoh.id", "password": "kerupuk-udang-42"});
        body[member] = value;
        let reply = app.post("/v1/auth/register").json(body).send().await;
        reply.expect(422);
    }
    let mawar = app.buyer("Mawar").await;
    let me = mawar.get("/v1/me").send().await.expect(200).json();
    assert_eq!(me["roles"], json!(["buyer"]));
    assert_eq!(me["vendors"], json!([]));
}
