//! Nothing that the public reads or sees gets past the office: pictures, other languages, slugs, and every other text.

use serde_json::{Value, json};

use super::life::act;
use super::revisions::{approve_now, edit, published, revision};
use crate::support::shop::{list, text};
use crate::support::{Product, Reply, Shop, TestApp, both, png};

both![
    pictures_wait with "catalog.moderation = 'all'",
    other_names_wait with "catalog.moderation = 'all'",
    every_text_waits with "catalog.moderation = 'all'",
    a_picture_is_part_of_what_is_looked_at with "catalog.moderation = 'all'",
    what_was_scheduled_is_looked_at_again with "catalog.moderation = 'new'",
    no_text_carries_a_banned_word,
    names_are_not_changed_without_end,
];

async fn upload(shop: &Shop, product: &Product) -> Reply {
    let path = shop.path(&format!("/products/{}/images", product.id));
    shop.owner.post(&path).file("a.png", "image/png", &png(64, 64)).send().await
}

async fn page(app: &TestApp, product: &Product) -> Value {
    app.get(&format!("/v1/products/{}", product.id)).send().await.expect(200).json()
}

fn ids(images: &Value) -> Vec<String> {
    list(images).iter().map(|image| text(&image["id"])).collect()
}

async fn pictures_wait(app: TestApp) {
    let shop = app.vendor("Toko Foto").await;
    let cloth = shop.product("Batik tulis").draft().create().await;
    let first = text(&upload(&shop, &cloth).await.expect(201).json()["id"]);
    act(&shop, &cloth, "publish").send().await.expect(200);
    app.decides(&cloth.id, "approve", json!({})).await.expect(200);

    let added = upload(&shop, &cloth).await.expect(201);
    assert!(!added.header("etag").is_empty());
    let (second, third) = (text(&added.json()["id"]), text(&upload(&shop, &cloth).await.json()["id"]));
    let path = shop.path(&format!("/products/{}/images", cloth.id));
    // One that waits is taken back, the one that is seen is to go, and what is left says what is to be seen.
    shop.owner.delete(&format!("{path}/{third}")).send().await.expect(204);
    let order = json!({"items": [{"id": second, "alt": "Kain"}, {"id": first}]});
    let shown = shop.owner.put(&path).json(order).send().await.expect(200).json();
    assert_eq!(ids(&shown["items"]), std::slice::from_ref(&first));
    shop.owner.delete(&format!("{path}/{first}")).send().await.expect(204);
    shop.owner.delete(&format!("{path}/{first}")).send().await.expect_problem(404, "not-found");
    assert_eq!(ids(&page(&app, &cloth).await["images"]), std::slice::from_ref(&first));

    let officer = app.officer().await;
    let seen = officer.get(&revision(&cloth, "")).send().await.expect(200).json();
    assert_eq!(ids(&seen["new_images"]), std::slice::from_ref(&second));
    let expected =
        json!({"field": "images", "before": [{"id": first}], "after": [{"id": second, "alt": "Kain"}]});
    assert_eq!(seen["changes"], json!([expected]));
    approve_now(&app, &cloth).await.expect(200);
    let after = page(&app, &cloth).await;
    assert_eq!((ids(&after["images"]), &after["images"][0]["alt"]), (vec![second.clone()], &json!("Kain")));

    // A rejected one leaves nothing behind.
    let fourth = upload(&shop, &cloth).await.expect(201).json();
    let seen = officer.get(&revision(&cloth, "")).send().await.expect(200).json();
    let reject = json!({"id": seen["id"], "version": 1, "note": "Buram."});
    officer.post(&revision(&cloth, "/reject")).json(reject).send().await.expect(200);
    app.run_jobs().await;
    assert_eq!(ids(&page(&app, &cloth).await["images"]), [second]);
    let file = url::Url::parse(&text(&fourth["url"])).unwrap();
    assert_eq!(app.get(file.path()).send().await.status, 404);
}

async fn other_names_wait(app: TestApp) {
    let shop = app.vendor("Toko Ekspor").await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    let path = shop.path(&format!("/products/{}/translations", cloth.id));
    let seen = shop.owner.get(&path).send().await.expect(200);
    let english = json!({"title": "Hand-drawn batik", "description": "Made in Bekasi"});
    let body = json!({"en": english, "de": null});
    let answer = shop.owner.put(&path).if_match(&seen).json(body).send().await.expect(200);
    assert_eq!(answer.json()["en"], Value::Null);
    let rename = shop.path(&format!("/products/{}/rename", cloth.id));
    let renamed = shop.owner.post(&rename).json(json!({"slug": "batik-asli"})).send().await.expect(200);
    assert_eq!(renamed.json()["slug"], cloth.slug.as_str());
    assert_ne!(renamed.header("etag"), answer.header("etag"));
    let english_page = format!("/v1/products/{}?lang=en", cloth.id);
    assert_eq!(app.get(&english_page).send().await.expect(200).json()["title"], "Batik tulis");
    app.get("/v1/products/batik-asli").send().await.expect_problem(404, "not-found");

    let waiting = app.officer().await.get(&revision(&cloth, "")).send().await.expect(200).json();
    let mut fields: Vec<String> =
        list(&waiting["changes"]).iter().map(|change| text(&change["field"])).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["slug", "translations/en"]);
    approve_now(&app, &cloth).await.expect(200);
    let after = app.get("/v1/products/batik-asli?lang=en").send().await.expect(200).json();
    assert_eq!((&after["title"], &after["slug"]), (&json!("Hand-drawn batik"), &json!("batik-asli")));
    let office =
        app.officer().await.get(&format!("/v1/admin/products/{}", cloth.id)).send().await.expect(200);
    assert_eq!(office.json()["translations"]["en"], english);
}

async fn every_text_waits(app: TestApp) {
    let shop = app.vendor("Toko Teks").await;
    let cloth = published(&app, &shop, "Batik tulis").await;
    for (number, change) in [
        json!({"personalisation": [{"name": "ukiran", "choices": ["hati"]}]}),
        json!({"unit": "lembar"}),
        json!({"variants": [{"id": cloth.variant(), "options": {"warna": "sogan"}}]}),
        json!({"variants": [{"id": cloth.variant(), "sku": "MURAH"}]}),
    ]
    .into_iter()
    .enumerate()
    {
        let before = page(&app, &cloth).await;
        edit(&shop, &cloth, change).await.expect(200);
        let after = page(&app, &cloth).await;
        for name in ["personalisation", "unit", "variants"] {
            assert_eq!(before[name], after[name], "{number}");
        }
    }
    let waiting = app.officer().await.get(&revision(&cloth, "")).send().await.expect(200).json();
    assert_eq!(list(&waiting["changes"]).len(), 4);
    approve_now(&app, &cloth).await.expect(200);
    let after = page(&app, &cloth).await;
    assert_eq!((&after["unit"], &after["variants"][0]["sku"]), (&json!("lembar"), &json!("MURAH")));
    assert_eq!(after["variants"][0]["options"], json!({"warna": "sogan"}));
    assert_eq!(after["personalisation"][0]["name"], "ukiran");
}

async fn a_picture_is_part_of_what_is_looked_at(app: TestApp) {
    let shop = app.vendor("Toko Tukar").await;
    let cloth = shop.product("Batik tulis").create().await;
    let officer = app.officer().await;
    let path = format!("/v1/admin/products/{}", cloth.id);
    let seen = officer.get(&path).send().await.expect(200).json();
    upload(&shop, &cloth).await.expect(201);
    let approve = officer.post(&format!("{path}/approve")).json(json!({"version": seen["version"]}));
    approve.send().await.expect_problem(412, "stale");
}

async fn what_was_scheduled_is_looked_at_again(app: TestApp) {
    let shop = app.vendor("Toko Jadwal").await;
    let cloth = shop.product("Batik tulis").draft().create().await;
    let at = json!({"publish_at": (app.now() + chrono::Duration::hours(2)).to_rfc3339()});
    act(&shop, &cloth, "schedule").json(at).send().await.expect(200);
    let approved = app.decides(&cloth.id, "approve", json!({})).await.expect(200);
    assert_eq!(approved.json()["status"], "scheduled");
    upload(&shop, &cloth).await.expect(201);
    let path = shop.path(&format!("/products/{}", cloth.id));
    assert_eq!(shop.owner.get(&path).send().await.expect(200).json()["status"], "in_review");
}

async fn no_text_carries_a_banned_word(app: TestApp) {
    let shop = app.vendor("Toko Gelap").await;
    let cloth = shop.product("Batik tulis").create().await;
    let image = text(&upload(&shop, &cloth).await.expect(201).json()["id"]);
    for (field, change) in [
        ("personalisation/name", json!({"personalisation": [{"name": "nark0ba"}]})),
        ("personalisation/choices", json!({"personalisation": [{"name": "isi", "choices": ["n4rkoba"]}]})),
        ("unit", json!({"unit": "narkoba"})),
        ("sku", json!({"variants": [{"id": cloth.variant(), "sku": "NARKOBA-1"}]})),
        ("options/narkoba", json!({"variants": [{"id": cloth.variant(), "options": {"narkoba": "1 g"}}]})),
        ("attributes/narkoba", json!({"attributes": {"narkoba": "1 g"}})),
    ] {
        let problem = edit(&shop, &cloth, change).await.expect_problem(422, "banned-words");
        assert_eq!(problem["words"][0]["field"], field);
    }
    let rename = shop.path(&format!("/products/{}/rename", cloth.id));
    let rename = shop.owner.post(&rename).json(json!({"slug": "jual-narkoba"}));
    rename.send().await.expect_problem(422, "banned-words");
    let order = json!({"items": [{"id": image, "alt": "N A R K O B A"}]});
    let images = shop.path(&format!("/products/{}/images", cloth.id));
    shop.owner.put(&images).json(order).send().await.expect_problem(422, "banned-words");
}

async fn names_are_not_changed_without_end(app: TestApp) {
    let shop = app.vendor("Toko Ganti").await;
    let cloth = shop.product("Batik tulis").create().await;
    let path = shop.path(&format!("/products/{}/rename", cloth.id));
    for number in 0..11 {
        let reply = shop.owner.post(&path).json(json!({"slug": format!("batik-{number}")})).send().await;
        match number {
            10 => drop(reply.expect_problem(429, "too-many-names")),
            _ => drop(reply.expect(200)),
        }
    }
    // Those that it has had are no new ones.
    shop.owner.post(&path).json(json!({"slug": "batik-3"})).send().await.expect(200);
}
