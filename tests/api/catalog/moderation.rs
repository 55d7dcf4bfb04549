//! Where products are moderated, an officer looks before the public does.

use serde_json::json;

use super::own;
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

const ON: &str = "catalog.moderation = true";

both![
    an_officer_decides with "catalog.moderation = true",
    edits_of_the_content_are_looked_at_again with "catalog.moderation = true",
    without_moderation_there_is_nothing_to_decide,
];

async fn an_officer_decides(app: TestApp) {
    assert!(app.config.catalog.moderation, "{ON}");
    let shop = app.vendor("Toko Baru").await;
    let officer = app.officer().await;
    let product = shop.product("Jamu").draft().create().await;
    let path = own(&shop, &product);
    let admin = format!("/v1/admin/products/{}", product.id);
    let public = format!("/v1/products/{}", product.slug);
    let publish = || shop.owner.post(&format!("{path}/publish"));
    assert_eq!(publish().send().await.expect(200).json()["status"], "in_review");
    app.get(&public).send().await.expect_problem(404, "not-found");
    let waiting = officer
        .get("/v1/admin/products?status=in_review")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(text(&list(&waiting["items"])[0]["id"]), product.id);
    officer.get(&admin).send().await.expect(200);

    let reject = officer.post(&format!("{admin}/reject"));
    reject
        .json(json!({"note": ""}))
        .send()
        .await
        .expect_problem(422, "invalid");
    let reject = officer.post(&format!("{admin}/reject"));
    let rejected = reject
        .json(json!({"note": "Nomor P-IRT belum ada."}))
        .send()
        .await
        .expect(200);
    assert_eq!(rejected.json()["status"], "draft");
    let seen = shop.owner.get(&path).send().await;
    assert_eq!(seen.json()["review"]["note"], "Nomor P-IRT belum ada.");

    let edit = shop
        .owner
        .patch(&path)
        .if_match(&seen)
        .json(json!({"attributes": {"pirt": "2103216011111-29"}}));
    edit.send().await.expect(200);
    publish().send().await.expect(200);
    let approve = officer.post(&format!("{admin}/approve"));
    approve
        .json(json!({"version": 1}))
        .send()
        .await
        .expect_problem(412, "stale");
    let approved = officer.post(&format!("{admin}/approve")).send().await.expect(200);
    assert_eq!(approved.json()["status"], "published");
    app.get(&public).send().await.expect(200);
    let again = officer.post(&format!("{admin}/approve")).send().await;
    again.expect_problem(409, "product-state");
    shop.owner
        .post(&format!("{admin}/approve"))
        .send()
        .await
        .expect_problem(403, "role-missing");
}

async fn edits_of_the_content_are_looked_at_again(app: TestApp) {
    let shop = app.vendor("Toko Ubah").await;
    let officer = app.officer().await;
    let product = shop.product("Sirup").create().await;
    officer
        .post(&format!("/v1/admin/products/{}/approve", product.id))
        .send()
        .await
        .expect(200);
    let path = own(&shop, &product);
    let seen = shop.owner.get(&path).send().await;
    let price = json!({"variants": [{"id": product.variant(), "price": 12_000}]});
    let edited = shop
        .owner
        .patch(&path)
        .if_match(&seen)
        .json(price)
        .send()
        .await
        .expect(200);
    assert_eq!(edited.json()["status"], "published");
    let title = json!({"title": "Sirup obat segala penyakit"});
    let edited = shop
        .owner
        .patch(&path)
        .if_match(&edited)
        .json(title)
        .send()
        .await
        .expect(200);
    assert_eq!(edited.json()["status"], "in_review");
    app.get(&format!("/v1/products/{}", product.slug))
        .send()
        .await
        .expect_problem(404, "not-found");
}

async fn without_moderation_there_is_nothing_to_decide(app: TestApp) {
    let shop = app.vendor("Toko Bebas").await;
    let product = shop.product("Teh").create().await;
    let approve = app
        .officer()
        .await
        .post(&format!("/v1/admin/products/{}/approve", product.id));
    approve.send().await.expect_problem(409, "product-state");
}
