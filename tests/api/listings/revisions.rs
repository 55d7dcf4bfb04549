//! Edits of published products wait, and the public sees the product as it was.

use serde_json::{Value, json};

use super::life::act;
use crate::support::shop::{list, text};
use crate::support::{Product, Reply, Shop, TestApp, both};

both![
    an_edit_waits_with_its_differences with "catalog.moderation = 'all'",
    a_rejected_edit_changes_nothing with "catalog.moderation = 'all'",
    two_officers_decide_once with "catalog.moderation = 'all'",
    without_moderation_nothing_waits,
    what_was_added_later_is_not_approved_unseen with "catalog.moderation = 'all'",
    what_nobody_looks_at_is_never_put_back with "catalog.moderation = 'all'",
    what_waits_must_fit_together with "catalog.moderation = 'all'",
    a_product_that_is_taken_back_takes_its_edit_along with "catalog.moderation = 'all'",
];

pub async fn published(app: &TestApp, shop: &Shop, title: &str) -> Product {
    let product = shop.product(title).with("attributes", json!({"bahan": "katun"})).create().await;
    app.decides(&product.id, "approve", json!({})).await.expect(200);
    product
}

pub async fn edit(shop: &Shop, product: &Product, body: Value) -> Reply {
    let path = shop.path(&format!("/products/{}", product.id));
    let seen = shop.owner.get(&path).send().await.expect(200);
    shop.owner.patch(&path).if_match(&seen).json(body).send().await
}

pub fn revision(product: &Product, act: &str) -> String {
    format!("/v1/admin/products/{}/revision{act}", product.id)
}

pub async fn public_title(app: &TestApp, product: &Product) -> Value {
    app.get(&format!("/v1/products/{}", product.id)).send().await.expect(200).json()["title"].clone()
}

async fn an_edit_waits_with_its_differences(app: TestApp) {
    let shop = app.vendor("Toko Sunting").await;
    let officer = app.officer().await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    let edited = edit(&shop, &cloth, json!({"title": "Batik cap", "attributes": {"bahan": "sutra"}})).await;
    let edited = edited.expect(200).json();
    assert_eq!((&edited["title"], &edited["status"]), (&json!("Batik tulis"), &json!("published")));
    assert_eq!(edited["waiting_revision"]["version"], 1);
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

    assert_eq!(mine["version"], 2);
    let approve = json!({"id": mine["id"], "version": 2});
    officer.post(&revision(&cloth, "/approve")).json(approve.clone()).send().await.expect(200);
    let page = app.get(&format!("/v1/products/{}", cloth.id)).send().await.expect(200).json();
    let shown = ["title", "description", "price_min"].map(|name| page[name].clone());
    assert_eq!(shown, [json!("Batik cap"), json!("Pewarna alam"), json!(61_000)]);
    assert_eq!(page["attributes"], json!({"bahan": "sutra"}));
    let again = officer.post(&revision(&cloth, "/approve")).json(approve).send().await;
    again.expect_problem(409, "nothing-waits");
    app.run_jobs().await;
    let told = app.messenger.kept();
    let told = told.iter().filter(|kept| kept.message.text.contains("was approved by the office")).count();
    assert_eq!(told, 2, "of the product and of its edit");
    let after = shop.owner.get(&own).send().await.expect(200).json();
    assert_eq!((&after["status"], &after["changes"]), (&json!("approved"), &json!([])));
}

async fn a_rejected_edit_changes_nothing(app: TestApp) {
    let shop = app.vendor("Toko Ditolak").await;
    let officer = app.officer().await;
    let syrup = published(&app, &shop, "Sirup").await;
    edit(&shop, &syrup, json!({"title": "Sirup obat segala penyakit"})).await.expect(200);
    let seen = officer.get(&revision(&syrup, "")).send().await.expect(200).json();
    let reject = |note: &str| {
        let body = json!({"id": seen["id"], "version": seen["version"], "note": note});
        officer.post(&revision(&syrup, "/reject")).json(body).send()
    };
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
    let looked_at = json!({"id": seen["id"], "version": 1});
    let approve = || officer.post(&revision(&cloth, "/approve")).json(looked_at.clone()).send();
    let no = json!({"id": seen["id"], "version": 1, "note": "Tidak jelas."});
    let reject = officer.post(&revision(&cloth, "/reject")).json(no).send();
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

async fn what_was_added_later_is_not_approved_unseen(app: TestApp) {
    let shop = app.vendor("Toko Susulan").await;
    let officer = app.officer().await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    edit(&shop, &cloth, json!({"title": "Batik cap"})).await.expect(200);
    let seen = officer.get(&revision(&cloth, "")).send().await.expect(200).json();
    edit(&shop, &cloth, json!({"description": "Menyembuhkan segala penyakit"})).await.expect(200);
    let looked_at = json!({"id": seen["id"], "version": seen["version"]});
    let approve = officer.post(&revision(&cloth, "/approve")).json(looked_at.clone());
    approve.send().await.expect_problem(412, "stale");
    let mut reject = looked_at;
    reject["note"] = "Tidak.".into();
    officer.post(&revision(&cloth, "/reject")).json(reject).send().await.expect_problem(412, "stale");
    assert_eq!(public_title(&app, &cloth).await, "Batik tulis");
    approve_now(&app, &cloth).await.expect(200);
    assert_eq!(public_title(&app, &cloth).await, "Batik cap");
}

pub async fn approve_now(app: &TestApp, product: &Product) -> Reply {
    let officer = app.officer().await;
    let seen = officer.get(&revision(product, "")).send().await.expect(200).json();
    let body = json!({"id": seen["id"], "version": seen["version"]});
    officer.post(&revision(product, "/approve")).json(body).send().await
}

async fn what_nobody_looks_at_is_never_put_back(app: TestApp) {
    let shop = app.vendor("Toko Harga").await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    let price = |rupiah: i64| json!([{"id": cloth.variant(), "price": rupiah}]);
    // What waits and what is changed at once come in one request.
    let both = json!({"title": "Batik cap", "min_order": 2, "variants": price(51_000)});
    let answer = edit(&shop, &cloth, both).await.expect(200).json();
    assert_eq!(
        (&answer["title"], &answer["min_order"], &answer["price_min"]),
        (&json!("Batik tulis"), &json!(2), &json!(51_000))
    );
    edit(&shop, &cloth, json!({"variants": price(70_000)})).await.expect(200);
    edit(&shop, &cloth, json!({"unit": "lembar"})).await.expect(200);
    approve_now(&app, &cloth).await.expect(200);
    let page = app.get(&format!("/v1/products/{}", cloth.id)).send().await.expect(200).json();
    let shown = ["title", "price_min", "min_order", "unit"].map(|name| page[name].clone());
    assert_eq!(shown, [json!("Batik cap"), json!(70_000), json!(2), json!("lembar")]);
}

async fn what_waits_must_fit_together(app: TestApp) {
    let shop = app.vendor("Toko Varian").await;
    let variants = json!([{"price": 50_000, "stock": 1, "options": {"no": "0"}}]);
    let cloth = shop.product("Batik tulis").with("variants", variants).create().await;
    app.decides(&cloth.id, "approve", json!({})).await.expect(200);
    let more = |from: i64, sku: Option<&str>| {
        let one = |no: i64| json!({"price": 50_000, "sku": sku, "options": {"no": no}});
        json!({"variants": (from..from + 60).map(one).collect::<Vec<_>>()})
    };
    edit(&shop, &cloth, more(1, None)).await.expect(200);
    let problem = edit(&shop, &cloth, more(101, None)).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "too-many");
    let own = shop.path(&format!("/products/{}/revision", cloth.id));
    shop.owner.delete(&own).send().await.expect(200);
    // A number that another product took while the edit waited.
    let wanted = json!({"variants": [{"price": 5, "sku": "BT-9", "options": {"no": "9"}}]});
    edit(&shop, &cloth, wanted).await.expect(200);
    let taker = json!([{"price": 9_000, "sku": "BT-9"}]);
    shop.product("Sarung").with("variants", taker).create().await;
    approve_now(&app, &cloth).await.expect_problem(409, "revision-does-not-fit");
}

async fn a_product_that_is_taken_back_takes_its_edit_along(app: TestApp) {
    let shop = app.vendor("Toko Tarik").await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    edit(&shop, &cloth, json!({"title": "Batik cap"})).await.expect(200);
    act(&shop, &cloth, "unpublish").send().await.expect(200);
    edit(&shop, &cloth, json!({"title": "Batik baru"})).await.expect(200);
    act(&shop, &cloth, "publish").send().await.expect(200);
    app.decides(&cloth.id, "approve", json!({})).await.expect(200);
    approve_now(&app, &cloth).await.expect_problem(409, "nothing-waits");
    assert_eq!(public_title(&app, &cloth).await, "Batik baru");
}
