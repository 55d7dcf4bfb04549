//! A copy of everything that is known about a person.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use chrono::Duration;
use lapak::office::entity::claim;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::deeds;
use crate::support::shop::address;
use crate::support::{Person, Reply, Shop, TestApp, both};

both![
    a_person_gets_everything with "server.trusted_proxies = [\"127.0.0.0/8\"]",
    an_archive_takes_a_fixed_number_of_statements,
    it_needs_the_password_shown_lately,
];

async fn export(who: &Person) -> Reply {
    who.post("/v1/me/export").header("x-forwarded-for", "203.0.113.77").send().await
}

fn unpack(reply: &Reply) -> BTreeMap<String, Value> {
    let mut zip = zip::ZipArchive::new(Cursor::new(reply.body.to_vec())).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    names.into_iter().map(|name| (name.clone(), read(&name))).collect()
}

async fn a_person_gets_everything(app: TestApp) {
    let shop = app.vendor("Dapur").await;
    let product = shop.product("Keripik").create().await;
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let mut home = address();
    home["label"] = "Rumah".into();
    ani.post("/v1/me/addresses").json(home).send().await.expect(201);
    let said = json!({"given": true, "version": "1"});
    ani.put("/v1/me/consents/marketing").json(said).send().await.expect(200);
    let purchase = ani.buy(&product).await;
    let foreign = budi.buy(&product).await;
    let report = json!({"reason": "other", "text": "Fotonya buram sekali"});
    ani.post(&format!("/v1/products/{}/report", product.id)).json(report).send().await.expect(201);
    claimed(&app, &shop, &ani).await;
    export(&ani).await.expect(200);
    let reply = export(&ani).await.expect(200);
    assert_eq!(reply.header("content-type"), "application/zip");
    // reliability.md 53
    assert_eq!(reply.header("cache-control"), "private, no-store");

    let files = unpack(&reply);
    assert_eq!(files["profile.json"]["email"], ani.login());
    assert_eq!(files["sessions.json"][0]["revoked_at"], Value::Null);
    assert_eq!(files["addresses.json"][0]["address"]["recipient"], "Ani Suryani");
    assert_eq!(files["consents.json"][0]["kind"], "marketing");
    assert_eq!(files["purchases.json"][0]["id"], purchase.id.as_str());
    assert_eq!(files["purchases.json"][0]["shipping_address"]["line"], "Jl. Melati 5, RT 02/03");
    assert_eq!(files["orders.json"][0]["lines"][0]["title"], "Keripik");
    assert_eq!(files["payments.json"][0]["id"], purchase.payment_id.as_str());
    assert_eq!(files["content_reports.json"][0]["text"], "Fotonya buram sekali");
    assert_eq!(files["claims.json"][0]["vendor_id"], shop.id.as_str());
    assert_eq!(files["claim_codes.json"], json!([]));
    let mine = files["audit.json"].as_array().unwrap();
    let exported = mine.iter().find(|deed| deed["action"] == "person.exported").unwrap();
    assert_eq!(exported["address"], "203.0.113.77");
    for name in ["memberships.json", "api_keys.json", "contact_changes.json", "cart.json"] {
        assert!(files[name].is_array(), "{name}");
    }
    let all = serde_json::to_string(&files).unwrap();
    for foreign in [foreign.id.as_str(), budi.login(), "argon2", "hash", "secret"] {
        assert!(!all.contains(foreign), "{foreign}");
    }
    let written = deeds(&app, "person.exported").await;
    assert_eq!(written.len(), 2);
    assert_eq!((written[0].actor_id, written[0].object_id), (Some(ani.id()), ani.id().0));
}

/// As if the shop had been on the office's list.
async fn claimed(app: &TestApp, shop: &Shop, by: &Person) {
    let row = claim::Model {
        vendor_id: shop.id.parse().unwrap(),
        user_id: by.id(),
        method: claim::Method::Officer,
        phone: "+6281290001234".to_owned(),
        created_at: app.now(),
    };
    let txn = app.db.begin().await.unwrap();
    claim::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

async fn an_archive_takes_a_fixed_number_of_statements(app: TestApp) {
    let shop = app.vendor("Dapur").await;
    let product = shop.product("Keripik").stock(100).create().await;
    let ani = app.buyer("Ani").await;
    ani.buy(&product).await;
    export(&ani).await.expect(200);
    let few = export(&ani).await.expect(200);
    for _ in 0..4 {
        ani.buy(&product).await;
    }
    let more = export(&ani).await.expect(200);
    assert_eq!(unpack(&more)["orders.json"].as_array().unwrap().len(), 5);
    assert_eq!(few.statements, more.statements);
}

async fn it_needs_the_password_shown_lately(app: TestApp) {
    let ani = app.buyer("Ani").await;
    app.post("/v1/me/export").send().await.expect_problem(401, "unauthorized");
    export(&ani).await.expect(200);
    app.advance(Duration::minutes(11));
    export(&ani).await.expect_problem(403, "step-up-required");
    assert_eq!(deeds(&app, "person.exported").await.len(), 1);
}
