//! Edits of published products wait, and the public sees the product as it was.

use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{Product, Reply, Shop, TestApp, both};

both![
    an_edit_waits_with_its_differences with "catalog.moderation = 'all'",
    a_rejected_edit_changes_nothing with "catalog.moderation = 'all'",
    two_officers_decide_once with "catalog.moderation = 'all'",
    without_moderation_nothing_waits,
];

async fn published(app: &TestApp, shop: &Shop, title: &str) -> Product {
    let product = shop.product(title).with("attributes", json!({"bahan": "katun"})).create().await;
    let path = format!("/v1/admin/products/{}/approve", product.id);
    app.officer().await.post(&path).send().await.expect(200);
    product
}

async fn edit(shop: &Shop, product: &Product, body: Value) -> Reply {
    let path = shop.path(&format!("/products/{}", product.id));
    let seen = shop.owner.get(&path).send().await.expect(200);
    shop.owner.patch(&path).if_match(&seen).json(body).send().await
}

fn revision(product: &Product, act: &str) -> String {
    format!("/v1/admin/products/{}/revision{act}", product.id)
}

async fn public_title(app: &TestApp, product: &Product) -> Value {
    app.get(&format!("/v1/products/{}", product.id)).send().await.expect(200).json()["title"].clone()
}

async fn an_edit_waits_with_its_differences(app: TestApp) {
    let shop = app.vendor("Toko Sunting").await;
    let officer = app.officer().await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    let edited = edit(&shop, &cloth, json!({"title": "Batik cap", "attributes": {"bahan": "sutra"}})).await;
    let edited = edited.expect(200).json();
    assert_eq!((&edited["title"], &edited["status"]), (&json!("Batik tulis"), &json!("published")));
    // What no officer looks at is changed at once, and a further edit is added to the one that waits.
    let price = json!({"variants": [{"id": cloth.variant(), "price": 61_000}]});
    assert_eq!(edit(&shop, &cloth, price).await.expect(200).json()["price_min"], 61_000);
    edit(&shop, &cloth, json!({"description": "Pewarna alam", "unit": "pcs"})).await.expect(200);
    assert_eq!(public_title(&app, &cloth).await, "Batik tulis");

    let waiting = officer.get("/v1/admin/product-revisions").send().await.expect(200).json();
    assert_eq!(list(&waiting["items"]).len(), 1);
    let own = shop.path(&format!("/products/{}/revision", cloth.id));
    let mine = shop.owner.get(&own).send().await.expect(200).json();
    let theirs = officer.get(&revision(&cloth, "")).send().await.expect(200).json();
    assert_eq!(mine, theirs);
    let changes: Vec<(String, Value, Value)> = list(&mine["changes"])
        .iter()
        .map(|change| (text(&change["field"]), change["before"].clone(), change["after"].clone()))
        .collect();
    let expected = [
        ("attributes/bahan", "katun", "sutra"),
        ("description", "Batik tulis, buatan Bekasi", "Pewarna alam"),
        ("title", "Batik tulis", "Batik cap"),
    ];
    assert_eq!(
        changes,
        expected.map(|(field, before, after)| (field.to_owned(), json!(before), json!(after)))
    );

    let approve = json!({"id": mine["id"]});
    officer.post(&revision(&cloth, "/approve")).json(approve.clone()).send().await.expect(200);
    let page = app.get(&format!("/v1/products/{}", cloth.id)).send().await.expect(200).json();
    let shown = ["title", "description", "price_min"].map(|name| page[name].clone());
    assert_eq!(shown, [json!("Batik cap"), json!("Pewarna alam"), json!(61_000)]);
    assert_eq!(page["attributes"], json!({"bahan": "sutra"}));
    let again = officer.post(&revision(&cloth, "/approve")).json(approve).send().await;
    again.expect_problem(409, "nothing-waits");
    let after = shop.owner.get(&own).send().await.expect(200).json();
    assert_eq!((&after["status"], &after["changes"]), (&json!("approved"), &json!([])));
}

async fn a_rejected_edit_changes_nothing(app: TestApp) {
    let shop = app.vendor("Toko Ditolak").await;
    let officer = app.officer().await;
    let syrup = published(&app, &shop, "Sirup").await;
    edit(&shop, &syrup, json!({"title": "Sirup obat segala penyakit"})).await.expect(200);
    let reject = |note: &str| officer.post(&revision(&syrup, "/reject")).json(json!({"note": note})).send();
    reject("").await.expect_problem(422, "invalid");
    reject("Klaim kesehatan tidak boleh.").await.expect(200);
    assert_eq!(public_title(&app, &syrup).await, "Sirup");
    let own = shop.path(&format!("/products/{}/revision", syrup.id));
    let told = shop.owner.get(&own).send().await.expect(200).json();
    assert_eq!(
        (&told["status"], &told["note"]),
        (&json!("rejected"), &json!("Klaim kesehatan tidak boleh."))
    );
    // The next one, taken back by the shop.
    edit(&shop, &syrup, json!({"title": "Sirup jahe"})).await.expect(200);
    shop.owner.delete(&own).send().await.expect(200);
    shop.owner.delete(&own).send().await.expect_problem(409, "nothing-waits");
    assert_eq!(public_title(&app, &syrup).await, "Sirup");
    // What could never be made does not wait.
    let unknown = json!({"title": "Sirup", "category": "tidak-ada"});
    edit(&shop, &syrup, unknown).await.expect_problem(422, "invalid");
    reject("apa?").await.expect_problem(409, "nothing-waits");
}

async fn two_officers_decide_once(app: TestApp) {
    let shop = app.vendor("Toko Serentak").await;
    let officer = app.officer().await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    edit(&shop, &cloth, json!({"title": "Batik cap"})).await.expect(200);
    let seen = officer.get(&revision(&cloth, "")).send().await.expect(200).json();
    let approve = || officer.post(&revision(&cloth, "/approve")).json(json!({"id": seen["id"]})).send();
    let reject = officer.post(&revision(&cloth, "/reject")).json(json!({"note": "Tidak jelas."})).send();
    let (one, two, three) = tokio::join!(approve(), reject, approve());
    let mut statuses = [one.status.as_u16(), two.status.as_u16(), three.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    // A decision about another edit than the one that waits is refused.
    edit(&shop, &cloth, json!({"title": "Batik printing"})).await.expect(200);
    approve().await.expect_problem(412, "stale");
}

async fn without_moderation_nothing_waits(app: TestApp) {
    let shop = app.vendor("Toko Bebas").await;
    let tea = shop.product("Teh").create().await;
    edit(&shop, &tea, json!({"title": "Teh melati"})).await.expect(200);
    assert_eq!(public_title(&app, &tea).await, "Teh melati");
    let own = shop.path(&format!("/products/{}/revision", tea.id));
    shop.owner.get(&own).send().await.expect_problem(404, "not-found");
}
