//! Where a shop is paid: hidden, waiting, told to every owner.

use chrono::Duration;
use lapak::cli;
use lapak::vendors::entity::bank_account;
use lapak::vendors::query::payout_account;
use lapak::web::Role;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{act, profile};
use crate::support::shop::{list, text};
use crate::support::{Shop, TestApp, both};

both![
    an_account_counts_after_a_wait,
    every_owner_is_told,
    an_account_needs_the_password_and_right_numbers,
    a_stopped_shop_is_asked_too,
    a_number_is_stored_sealed
];

fn account(number: &str) -> Value {
    json!({"bank_code": "110", "number": number, "holder_name": "Siti Aminah"})
}

async fn set(shop: &Shop, number: &str) -> Value {
    let request = shop.owner.put(&shop.path("/bank-account"));
    request.json(account(number)).send().await.expect(200).json()
}

async fn an_account_counts_after_a_wait(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let counting = async || {
        let found = payout_account(app.db.read(), shop.id.parse().unwrap(), app.now()).await.unwrap();
        found.map(|row| row.id)
    };
    let first = set(&shop, "001234567890").await;
    assert_eq!(first["current"], json!(null));
    assert_eq!(first["waiting"]["number"], "0012****7890");
    assert_eq!(first["waiting"]["holder_name"], "S*** A***");
    assert_eq!(first["waiting"]["bank"], "bjb");
    assert!(counting().await.is_none());
    app.clock.advance(Duration::days(3));
    let old = counting().await.expect("it counts now");

    set(&shop, "001234567891").await;
    let second = set(&shop, "001234567892").await;
    assert_eq!(second["current"]["number"], "0012****7890", "the old one counts meanwhile");
    assert_eq!(second["waiting"]["number"], "0012****7892");
    assert_eq!(counting().await, Some(old));
    app.clock.advance(Duration::days(3));
    let seen = shop.owner.get(&shop.path("/bank-account")).send().await.expect(200).json();
    assert_eq!(seen["current"]["number"], "0012****7892", "the one in between never counts");
    assert_eq!(seen["waiting"], json!(null));

    let open = profile(&shop.owner, &shop.id).await.json();
    assert_eq!(open["status"], "active");
    assert_eq!(open["business"]["unreviewed"], json!(["bank_account"]));
    let officer = app.officer().await;
    let path = format!("/v1/admin/vendors/{}/bank-account", shop.id);
    let by_office = officer.get(&path).send().await.expect(200).json();
    assert_eq!(by_office["current"]["number"], "0012****7892");
    let auditor = app.platform("auditor").await;
    assert_eq!(auditor.get(&path).send().await.expect(200).json(), by_office, "hidden from auditors, too");
    let why = json!({"field": "nik", "reason": "pemeriksaan berkas"});
    let reveal = format!("/v1/admin/vendors/{}/reveal", shop.id);
    auditor.post(&reveal).json(why).send().await.expect_problem(403, "role-missing");
    act(&officer, &shop.id, "confirm", json!({})).await.expect(200);
}

async fn every_owner_is_told(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let partner = app.buyer("Budi").await;
    partner.grant(Role::VendorOwner, shop.id.parse().unwrap()).await;
    app.run_jobs().await;
    let before = app.messenger.kept().len();
    set(&shop, "001234567890").await;
    app.run_jobs().await;
    let mut told: Vec<String> = app
        .messenger
        .kept()
        .split_off(before)
        .into_iter()
        .map(|kept| kept.message.to.as_str().to_owned())
        .collect();
    told.sort_unstable();
    let mut owners = vec![shop.owner.login().to_owned(), partner.login().to_owned()];
    owners.sort_unstable();
    assert_eq!(told, owners);
    let operator = app.operator().await;
    let trail = operator.get("/v1/admin/audit?action=vendor.bank_account_changed").send().await.expect(200);
    assert_eq!(list(&trail.json()["items"]).len(), 1);
    assert!(!trail.text().contains("001234567890"));
}

async fn an_account_needs_the_password_and_right_numbers(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let path = shop.path("/bank-account");
    let wrong = json!({"bank_code": "999", "number": "12", "holder_name": ""});
    let refused = shop.owner.put(&path).json(wrong).send().await.expect_problem(422, "invalid");
    let found: Vec<String> = list(&refused["errors"]).iter().map(|fault| text(&fault["pointer"])).collect();
    assert_eq!(found, ["/bank_code", "/number", "/holder_name"]);
    let manager = app.buyer("Budi").await;
    manager.grant(Role::VendorManager, shop.id.parse().unwrap()).await;
    manager.put(&path).json(account("001234567890")).send().await.expect_problem(403, "role-missing");
    shop.owner.token().await;
    app.clock.advance(Duration::minutes(12));
    let late = shop.owner.put(&path).json(account("001234567890")).send().await;
    late.expect_problem(403, "step-up-required");
}

async fn a_stopped_shop_is_asked_too(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    act(&officer, &shop.id, "suspend", json!({"note": "Laporan pembeli."})).await.expect(200);
    let seen = officer.get(&format!("/v1/admin/vendors/{}", shop.id)).send().await.expect(200);
    set(&shop, "001234567890").await;
    let unseen = officer.post(&format!("/v1/admin/vendors/{}/confirm", shop.id)).if_match(&seen).send().await;
    unseen.expect_problem(412, "stale");
    act(&officer, &shop.id, "reinstate", json!({})).await.expect(200);
    let open = profile(&shop.owner, &shop.id).await.json();
    assert_eq!(open["business"]["unreviewed"], json!(["bank_account"]));

    let other = app.unverified_vendor("Batik Jaya").await;
    other.owner.post(&other.path("/submit")).send().await.expect(200);
    let locked = other.owner.put(&other.path("/bank-account")).json(account("001234567891")).send().await;
    locked.expect_problem(409, "vendor-locked");
}

async fn a_number_is_stored_sealed(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    set(&shop, "001234567890").await;
    let stored = bank_account::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains("001234567890") && !format!("{stored:?}").contains("Siti"));
    let lines = cli::reseal(&app).await.unwrap();
    assert!(lines.iter().any(|(what, _)| *what == "bank accounts"));
}
