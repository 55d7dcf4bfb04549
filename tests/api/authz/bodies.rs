//! Bodies: good ones to get past the parsing, and ones with members that must not be believed.

use serde_json::{Value, json};

use super::actors;
use super::objects::Objects;
use crate::support::openapi::{Operation, document, operations};
use crate::support::people::PASSWORD;
use crate::support::shop::address;
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
    let vendor = objects.shop().to_string();
    let checkout = json!({
        "cart_id": objects.own("carts", "cart_id"),
        "shipping_address": address(),
        "deliveries": [{"vendor_id": vendor, "method": "zone", "date": "2026-11-30", "window": "08.00-10.00"}],
    });
    Some(match operation.id.as_str() {
        "register" => json!({"name": "Mawar", "email": "mawar@contoh.id", "password": "kerupuk-udang-42"}),
        "create_address" => {
            let mut body = address();
            body["label"] = "Rumah".into();
            body
        }
        "update_address" => json!({"label": "Rumah baru"}),
        "put_consent" => json!({"given": true, "version": "1"}),
        "erase_user" => json!({"reason": "permintaan tertulis"}),
        "reveal_vendor_number" => json!({"field": "nik", "reason": "pemeriksaan berkas"}),
        "login" => json!({"login": "mawar@contoh.id", "password": "kerupuk-udang-42"}),
        "request_code" => json!({"phone": "081290009999"}),
        // A wrong one: whoever asks here must be able to go on.
        "change_password" => json!({"current": "bukan kata sandi", "new": "sambal terasi pedas 8"}),
        "reset_password" => json!({"token": "x", "password": "sambal terasi pedas 8"}),
        "change_contact" => json!({"email": "mawar.baru@contoh.id", "password": "bukan kata sandi"}),
        "confirm_contact" => json!({"token": "x"}),
        "create_api_key" => json!({"name": "kasir", "scopes": ["orders:read"], "expires_in_days": 30}),
        "step_up" => json!({"password": PASSWORD}),
        "create_vendor" => json!({
            "name": "Toko Tiga", "legal_form": "person", "phone": "081290001234", "nib": "1234567890123",
            "address": {"line": "Jl. Raya 1", "district_code": "32.16.01", "village_code": "32.16.01.1007"},
        }),
        "create_product" => json!({
            "title": "Keripik tempe", "description": "Renyah", "category": "keripik",
            "attributes": {"rasa": "asin"}, "unit": "pcs", "min_order": 1, "lead_time_days": 0,
            "variants": [{"price": 10_000, "stock": 5, "sku": "KT-1", "weight_g": 100, "options": {"isi": "100 g"},
                "tiers": [{"min_quantity": 10, "price": 9_000}]}],
        }),
        "update_product" => {
            json!({"title": "Keripik tempe", "min_order": 2, "attributes": {"rasa": "pedas"}})
        }
        "appoint_unit_member" => json!({
            "user": objects.own("users", "user_id"), "role": "receiver", "decree": "800/12/2026", "valid_from": "2026-12-01",
        }),
        "update_appointment" => json!({"decree": "800/13/2026", "valid_to": "2027-12-31"}),
        "invite_to_unit" => json!({"role": "treasurer", "decree": "800/14/2026", "valid_from": "2026-12-01"}),
        "update_member" => json!({"role": "staff", "permissions": ["stock"]}),
        "put_cart_line" => json!({"quantity": 1, "note": "yang pedas"}),
        "set_stock" => json!({"on_hand": 50, "reason": "count"}),
        "quote_checkout" => checkout,
        "place_checkout" => {
            let mut body = checkout;
            body["payment_method"] = "sandbox".into();
            body["expected_total"] = 65_000.into();
            body
        }
        _ => sample,
    })
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
