//! Where products are moderated, an officer looks before the public does.

use lapak::config::Moderation;
use serde_json::json;

use super::{has, ok, own, refused};
use crate::support::shop::list;
use crate::support::{TestApp, both};

const ON: &str = "catalog.moderation = true";

both![
    an_officer_decides with "catalog.moderation = true",
    edits_of_the_content_are_looked_at_again with "catalog.moderation = true",
    without_moderation_there_is_nothing_to_decide,
];

async fn an_officer_decides(app: TestApp) {
    assert_eq!(app.config.catalog.moderation, Moderation::All, "{ON}");
    let shop = app.vendor("Toko Baru").await;
    let officer = app.officer().await;
    let product = shop.product("Jamu").draft().create().await;
    let path = own(&shop, &product);
    let public = format!("/v1/products/{}", product.slug);
    let publish = || shop.owner.post(&format!("{path}/publish"));
    let admin = |act: &str| format!("/v1/admin/products/{}{act}", product.id);
    let reject = |note: &str| officer.post(&admin("/reject")).json(json!({"note": note, "version": 1}));
    let approve = |body| officer.post(&admin("/approve")).json(body);

    has(&ok(publish()).await.json(), json!({"status": "in_review"}));
    refused(app.get(&public), 404, "not-found").await;
    let waiting = ok(officer.get("/v1/admin/products?status=in_review")).await.json();
    has(&list(&waiting["items"])[0], json!({"id": product.id}));
    ok(officer.get(&admin(""))).await;

    refused(reject(""), 422, "invalid").await;
    has(&ok(reject("Nomor P-IRT belum ada.")).await.json(), json!({"status": "draft"}));
    let seen = ok(shop.owner.get(&path)).await;
    has(&seen.json()["review"], json!({"note": "Nomor P-IRT belum ada."}));
    let body = json!({"attributes": {"pirt": "2103216011111-29"}});
    ok(shop.owner.patch(&path).if_match(&seen).json(body)).await;

    ok(publish()).await;
    refused(approve(json!({"version": 1})), 412, "stale").await;
    // Whoever did not say what was looked at decides about nothing.
    refused(approve(json!({})), 422, "invalid").await;
    has(
        &app.decides(&product.id, "approve", json!({})).await.expect(200).json(),
        json!({"status": "published"}),
    );
    ok(app.get(&public)).await;
    refused(approve(json!({"version": 2})), 409, "product-state").await;
    refused(shop.owner.post(&admin("/approve")), 403, "role-missing").await;
}

async fn edits_of_the_content_are_looked_at_again(app: TestApp) {
    let shop = app.vendor("Toko Ubah").await;
    let product = shop.product("Sirup").create().await;
    app.decides(&product.id, "approve", json!({})).await.expect(200);
    let path = own(&shop, &product);
    let seen = shop.owner.get(&path).send().await;
    let price = json!({"variants": [{"id": product.variant(), "price": 12_000}]});
    let edited = shop.owner.patch(&path).if_match(&seen).json(price).send().await.expect(200);
    assert_eq!(edited.json()["status"], "published");
    let title = json!({"title": "Sirup obat segala penyakit"});
    let edited = shop.owner.patch(&path).if_match(&edited).json(title).send().await.expect(200);
    assert_eq!(edited.json()["status"], "published");
    let public = app.get(&format!("/v1/products/{}", product.slug)).send().await.expect(200).json();
    assert_eq!(public["title"], "Sirup", "the edit waits");
}

async fn without_moderation_there_is_nothing_to_decide(app: TestApp) {
    let shop = app.vendor("Toko Bebas").await;
    let product = shop.product("Teh").create().await;
    app.decides(&product.id, "approve", json!({})).await.expect_problem(409, "product-state");
}
