//! An officer in a shop: only with its owner's word, only in its catalogue, and never unseen.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{Person, Reply, Shop, TestApp, both};

both![
    an_officer_helps_with_the_owners_word_only,
    a_word_ends_and_is_taken_back,
    help_ends_at_the_catalogue,
    an_officer_held_back_does_not_help with "auth.second_factor_roles = ['officer']",
];

async fn agree(app: &TestApp, shop: &Shop, days: i64) -> Reply {
    let body = json!({"expires_at": app.now() + Duration::days(days)});
    shop.owner.put(&shop.path("/assistance")).json(body).send().await
}

async fn make(by: &Person, shop: &Shop) -> Reply {
    let body = json!({"title": "Batik tulis", "description": "", "category": "batik", "variants": [{"price": 50_000}]});
    by.post(&shop.path("/products")).json(body).send().await
}

async fn used(operator: &Person) -> Vec<Value> {
    let trail = operator.get("/v1/admin/audit?action=assistance.used").send().await.expect(200).json();
    list(&trail["items"]).to_vec()
}

async fn an_officer_helps_with_the_owners_word_only(app: TestApp) {
    let (shop, other) = (app.vendor("Dapur Bu Siti").await, app.vendor("Lain").await);
    let (officer, operator) = (app.officer().await, app.operator().await);
    make(&officer, &shop).await.expect_problem(403, "role-missing");
    assert!(used(&operator).await.is_empty(), "a refusal is no act");
    agree(&app, &shop, 7).await.expect(200);
    let made = make(&officer, &shop).await.expect(201).json();
    make(&officer, &other).await.expect_problem(403, "role-missing");
    let buyer = app.buyer("ani").await;
    make(&buyer, &shop).await.expect_problem(403, "role-missing");

    let path = shop.path(&format!("/products/{}", text(&made["id"])));
    officer.get(&path).send().await.expect(200);
    // What the public sees is decided by those who run the shop.
    officer.post(&format!("{path}/publish")).send().await.expect_problem(403, "role-missing");
    let stock = shop.path(&format!("/variants/{}/stock", text(&made["variants"][0]["id"])));
    officer.put(&stock).json(json!({"on_hand": 3, "reason": "count"})).send().await.expect(200);
    let acts = used(&operator).await;
    assert_eq!(acts.len(), 2, "neither reading nor a refusal is an act: {acts:?}");
    for act in &acts {
        assert_eq!(act["acting_as"], "officer for vendor:owner");
        assert_eq!(act["object_id"], shop.id.as_str());
        assert_eq!(act["actor_id"], officer.id().to_string());
    }
    let may = officer.get("/v1/admin/assistance").send().await.expect(200).json();
    assert_eq!(list(&may["items"]).len(), 1);
}

async fn a_word_ends_and_is_taken_back(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    for days in [0, 91] {
        agree(&app, &shop, days).await.expect_problem(422, "invalid");
    }
    shop.owner.get(&shop.path("/assistance")).send().await.expect_problem(404, "not-found");
    agree(&app, &shop, 7).await.expect(200);
    make(&officer, &shop).await.expect(201);
    app.clock.advance(Duration::days(7));
    make(&officer, &shop).await.expect_problem(403, "role-missing");
    let may = officer.get("/v1/admin/assistance").send().await.expect(200).json();
    assert_eq!(may["items"], json!([]));
    agree(&app, &shop, 7).await.expect(200);
    make(&officer, &shop).await.expect(201);
}

async fn help_ends_at_the_catalogue(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    agree(&app, &shop, 7).await.expect(200);
    make(&officer, &shop).await.expect(201);
    for path in ["/orders", "/profile", "/papers", "/members"] {
        let reply = officer.get(&shop.path(path)).send().await;
        assert_eq!(reply.status, 403, "{path}: {}", reply.text());
    }
    // The office still decides about the shop.
    let suspend = format!("/v1/admin/vendors/{}/suspend", shop.id);
    officer.post(&suspend).json(json!({"note": "Laporan pembeli."})).send().await.expect(200);
    let me = officer.get("/v1/me").send().await.expect(200).json();
    assert_eq!(me["vendors"], json!([]));
    shop.owner.delete(&shop.path("/assistance")).send().await.expect(204);
    let seen = shop.owner.get(&shop.path("/assistance")).send().await.expect(200).json();
    assert_eq!(seen["holds"], false);
    make(&officer, &shop).await.expect_problem(403, "role-missing");
    let operator = app.operator().await;
    for action in ["assistance.granted", "assistance.revoked"] {
        let path = format!("/v1/admin/audit?action={action}");
        let trail = operator.get(&path).send().await.expect(200).json();
        assert_eq!(list(&trail["items"]).len(), 1, "{action}");
    }
}

async fn an_officer_held_back_does_not_help(app: TestApp) {
    let shop = app.unverified_vendor("Dapur Bu Siti").await;
    let officer = app.officer().await;
    agree(&app, &shop, 7).await.expect(200);
    make(&officer, &shop).await.expect_problem(403, "role-missing");
}
