//! Every privileged act leaves its row: who, as what, from where, before and after.

use lapak::identity::model::{Login, Registration};
use lapak::identity::service::{accounts, office};
use lapak::web::Role;
use serde_json::{Value, json};

use crate::payments::trade;
use crate::support::shop::text;
use crate::support::{Person, TestApp, both, list, png};

both![
    decisions_about_shops_are_written_down,
    decisions_about_products_are_written_down with "catalog.moderation = true",
    what_finance_does_is_written_down,
    what_the_machine_does_is_written_down,
    identity_facts_are_written_down_as_commitments,
    a_refused_act_leaves_nothing,
];

/// What an auditor finds, the oldest first, without the acts by which people arrive.
async fn events(app: &TestApp, query: &str) -> Vec<Value> {
    let auditor = app.platform("auditor").await;
    let page = auditor.get(&format!("/v1/admin/audit?limit=100&{query}")).send().await.expect(200).json();
    let arrives =
        |event: &Value| ["user.registered", "session.opened"].iter().any(|action| event["action"] == *action);
    list(&page["items"]).iter().rev().filter(|event| !arrives(event)).cloned().collect()
}

#[track_caller]
fn actions(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["action"].as_str().unwrap()).collect()
}

async fn decisions_about_shops_are_written_down(app: TestApp) {
    let officer = app.officer().await;
    let shop = app.vendor("Toko Satu").await;
    let act = async |act: &str, body: Value| {
        let path = format!("/v1/admin/vendors/{}/{act}", shop.id);
        officer.post(&path).header("x-request-id", "permintaan-1").json(body).send().await
    };
    act("suspend", json!({"note": "Laporan dari Ani, 0812"})).await.expect(200);
    act("reinstate", json!({})).await.expect(200);
    let events = events(&app, &format!("object={}", shop.id)).await;
    let expected = ["vendor.submitted", "vendor.verified", "vendor.suspended", "vendor.reinstated"];
    assert_eq!(actions(&events), expected);
    assert_eq!(events[0]["acting_as"], "vendor:owner");
    let stop = &events[2];
    assert_eq!(stop["actor_id"], officer.id().to_string());
    assert_eq!(stop["acting_as"], "officer");
    assert_eq!(stop["address"], "127.0.0.1");
    assert_eq!(stop["request_id"], "permintaan-1");
    // What people wrote about people has no place here.
    assert_eq!(stop["detail"], json!({"from": "active", "to": "suspended", "fields": []}));
}

async fn decisions_about_products_are_written_down(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let product = shop.product("Keripik").create().await;
    app.decides(&product.id, "reject", json!({"note": "Foto buram"})).await.expect(200);
    let publish = shop.path(&format!("/products/{}/publish", product.id));
    shop.owner.post(&publish).send().await.expect(200);
    app.decides(&product.id, "approve", json!({})).await.expect(200);
    let path = format!("/v1/admin/products/{}/unpublish", product.id);
    app.officer().await.post(&path).json(json!({"note": "Barang tiruan"})).send().await.expect(200);
    let events = events(&app, &format!("object={}", product.id)).await;
    assert_eq!(actions(&events), ["product.rejected", "product.approved", "product.taken_down"]);
}

async fn what_finance_does_is_written_down(app: TestApp) {
    let (trade, finance) = (trade(&app, "manual_transfer").await, app.finance().await);
    let payment = format!("/v1/admin/payments/{}", trade.purchase.payment_id);
    let proof = format!("/v1/payments/{}/proof", trade.purchase.payment_id);
    trade.buyer.post(&proof).file("bukti", "image/png", &png(8, 8)).send().await.expect(200);
    let no = json!({"note": "Uang belum masuk"});
    finance.post(&format!("{payment}/reject")).json(no).send().await.expect(200);
    for _ in 0..2 {
        finance.post(&format!("{payment}/confirm")).key("kunci-bayar-9").send().await.expect(200);
    }
    trade.buyer.moves(trade.order(), "cancel").await.expect(200);
    app.run_jobs().await;
    let refunds = finance.get("/v1/admin/refunds?status=pending").send().await.expect(200).json();
    let refund = format!("/v1/admin/refunds/{}/confirm", text(&refunds["items"][0]["id"]));
    finance.post(&refund).key("kunci-kembali-1").send().await.expect(200);
    app.advance(chrono::Duration::seconds(1));
    finance.post(&refund).key("kunci-kembali-2").send().await.expect(200);
    let events = events(&app, &format!("actor={}", finance.id())).await;
    assert_eq!(actions(&events), ["payment.proof_rejected", "payment.confirmed", "refund.confirmed"]);
    assert_eq!(events[1]["detail"]["amount"], 300_000);
}

async fn what_the_machine_does_is_written_down(app: TestApp) {
    let form = Registration::parse("Siti", "kerupuk-udang-42", Some("siti@contoh.id"), None).unwrap();
    office::create(&app, form, Role::Operator).await.unwrap();
    let siti = || Login::parse("siti@contoh.id").unwrap();
    office::grant(&app, siti(), Role::Officer, None).await.unwrap();
    office::revoke(&app, siti(), Role::Officer, None).await.unwrap();
    office::revoke(&app, siti(), Role::Officer, None).await.unwrap();
    // Without an operator nobody could give roles, whoever takes the last one away.
    office::revoke(&app, siti(), Role::Operator, None).await.unwrap_err();
    office::create_unit(&app, "4.01", "Sekretariat").await.unwrap();
    accounts::reset_password(&app, siti(), "keripik tempe 7".into()).await.unwrap();
    let events = events(&app, "").await;
    let expected = ["role.granted", "role.granted", "role.revoked", "work_unit.created", "password.changed"];
    assert_eq!(actions(&events), expected);
    assert!(events.iter().all(|event| event["acting_as"] == "system" && event["actor_id"].is_null()));
    assert!(!events.iter().any(|event| event.to_string().contains("siti@")));
}

async fn identity_facts_are_written_down_as_commitments(app: TestApp) {
    let siti: Person = app.buyer("Siti").await;
    let body = json!({
        "name": "Dapur", "legal_form": "person", "phone": "081290001234",
        "address": {"line": "Jl. Raya 1", "district_code": "32.16.09"},
    });
    let made = siti.post("/v1/vendors").json(body).send().await.expect(201);
    let id = text(&made.json()["id"]);
    let path = format!("/v1/vendors/{id}/profile");
    let named =
        siti.patch(&path).if_match(&made).json(json!({"name": "Dapur Siti"})).send().await.expect(200);
    let facts = json!({"nik": "3216014101900001", "nib": "9941308099781"});
    siti.patch(&path).if_match(&named).json(facts).send().await.expect(200);
    let events = events(&app, &format!("object={id}")).await;
    assert_eq!(actions(&events), ["vendor.facts_changed", "vendor.facts_changed"]);
    assert_eq!(events[0]["detail"]["facts"], json!(["name"]));
    let detail = &events[1]["detail"];
    assert_eq!(detail["facts"], json!(["nib", "nik"]));
    assert_eq!(detail["before"]["nik"], json!(null));
    assert!(detail["after"]["nik"].is_string() && detail["after"]["nib"].is_string());
    for number in ["3216014101900001", "9941308099781"] {
        assert!(!events[1].to_string().contains(number));
    }
}

async fn a_refused_act_leaves_nothing(app: TestApp) {
    let (shop, officer) = (app.vendor("Toko Satu").await, app.officer().await);
    let before = events(&app, "").await.len();
    let path = format!("/v1/admin/vendors/{}/verify", shop.id);
    officer.post(&path).send().await.expect_problem(409, "vendor-state");
    shop.owner.post(&path).send().await.expect_problem(403, "role-missing");
    app.post(&path).send().await.expect_problem(401, "unauthorized");
    assert_eq!(events(&app, "").await.len(), before);
}
