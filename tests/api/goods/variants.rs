//! Variants from options, copies of products, and the order of pictures.

use serde_json::{Value, json};

use super::{faults, own, page, seen};
use crate::support::shop::{Product, Shop, list, text};
use crate::support::{TestApp, both};

both![
    each_colour_meets_each_size,
    a_copy_is_a_draft_without_stock,
    a_copy_is_not_on_sale,
    a_copy_of_a_bundle_has_its_parts,
    a_copy_of_a_meal_has_its_plan_and_its_texts,
    pictures_are_put_in_order,
    the_tax_class_may_be_the_product_s_own,
];

async fn each_colour_meets_each_size(app: TestApp) {
    let shop = app.vendor("Bengkel Joko").await;
    let options = json!([{"name": "warna", "values": ["hitam", "cokelat"]}, {"name": "ukuran", "values": ["40", "41", "42"]}]);
    let shoe = shop.product("Sepatu kulit").with("category", json!("sepatu-pria")).with("options", options);
    let shoe = shoe.price(250_000).stock(4).create().await;
    assert_eq!(shoe.variants.len(), 6);
    let made = seen(&shop, &shoe).await;
    let variants = made.json()["variants"].clone();
    assert_eq!(variants[0]["options"], json!({"warna": "hitam", "ukuran": "40"}));
    assert!(list(&variants).iter().all(|one| one["stock"] == 4 && text(&one["sku"]).starts_with("LPK-")));
    // One more size, in one more request.
    let path = format!("{}/combinations", own(&shop, &shoe));
    let more = json!({"options": [{"name": "warna", "values": ["hitam", "cokelat"]}, {"name": "ukuran", "values": ["43"]}],
        "template": {"price": 260_000, "stock": 1}});
    let combined = shop.owner.post(&path).if_match(&made).json(more.clone()).send().await.expect(200);
    assert_eq!(list(&combined.json()["variants"]).len(), 8);
    shop.owner.post(&path).if_match(&made).json(more.clone()).send().await.expect_problem(412, "stale");
    let twice =
        shop.owner.post(&path).if_match(&combined).json(more).send().await.expect_problem(422, "invalid");
    assert!(faults(&twice).iter().all(|fault| fault == "/variants options-not-distinct"));
    let many: Vec<String> = (0..11).map(|number| number.to_string()).collect();
    let body = json!({"title": "Terlalu banyak", "description": "", "category": "tas",
        "options": [{"name": "a", "values": many}, {"name": "b", "values": many}], "variants": [{"price": 1}]});
    let refused =
        shop.owner.post(&shop.path("/products")).json(body).send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/options too-many"]);
    let body = json!({"title": "Dua contoh", "description": "", "category": "tas",
        "options": [{"name": "a", "values": ["1"]}], "variants": [{"price": 1}, {"price": 2}]});
    let refused =
        shop.owner.post(&shop.path("/products")).json(body).send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/variants one-template"]);
}

async fn a_copy_is_a_draft_without_stock(app: TestApp) {
    let shop = app.vendor("Toko Salin").await;
    let variants = json!([
        {"price": 90_000, "stock": 3, "sku": "KMJ-M", "options": {"ukuran": "M"}, "tiers": [{"min_quantity": 12, "price": 85_000}]},
        {"price": 95_000, "stock": 5, "options": {"ukuran": "L"}},
    ]);
    let shirt =
        shop.product("Kemeja batik").with("variants", variants).with("attributes", json!({"bahan": "katun"}));
    let shirt = shirt.create().await;
    let picture = shop.picture(&shirt).await;
    let path = format!("{}/copy", own(&shop, &shirt));
    let copy = shop.owner.post(&path).send().await.expect(201);
    assert_eq!(copy.header("etag"), "\"1\"");
    let copy = copy.json();
    assert_eq!((&copy["status"], &copy["title"]), (&json!("draft"), &json!("Kemeja batik")));
    assert_ne!(copy["id"], shirt.id.as_str());
    assert_ne!(copy["slug"], shirt.slug.as_str());
    assert_eq!(copy["attributes"], json!({"bahan": "katun"}));
    let variants = list(&copy["variants"]);
    assert!(variants.iter().all(|one| one["stock"] == 0 && one["sku"] != "KMJ-M"));
    assert_eq!(variants[0]["tiers"], json!([{"min_quantity": 12, "price": 85_000}]));
    let twin = &copy["images"][0];
    assert_ne!(twin["id"], picture.as_str());
    let file = text(&twin["url"]);
    let address = &file[file.find("/files/").unwrap()..];
    app.get(address).send().await.expect(200);
    // Removing the picture of one leaves that of the other.
    shop.owner.delete(&format!("{}/images/{picture}", own(&shop, &shirt))).send().await.expect(204);
    app.run_jobs().await;
    app.get(address).send().await.expect(200);
    let publish = shop.path(&format!("/products/{}/publish", text(&copy["id"])));
    shop.owner.post(&publish).send().await.expect(200);
    assert_eq!(page(&app, &shirt).await["title"], "Kemeja batik");
}

async fn copied(shop: &Shop, product: &Product) -> Value {
    shop.owner.post(&format!("{}/copy", own(shop, product))).send().await.expect(201).json()
}

async fn a_copy_is_not_on_sale(app: TestApp) {
    let shop = app.vendor("Toko Promo").await;
    let rice = shop.product("Beras").with("unit", json!("kg")).price(20_000).create().await;
    let sale = json!({"price": 15_000, "to": app.now() + chrono::Duration::days(2)});
    let path = shop.path(&format!("/variants/{}/sale", rice.variant()));
    let on = shop.owner.put(&path).if_match(&seen(&shop, &rice).await).json(sale).send().await.expect(200);
    assert_eq!(on.json()["price_min"], 15_000);
    let copy = copied(&shop, &rice).await;
    assert_eq!((&copy["price_min"], &copy["price_max"]), (&json!(20_000), &json!(20_000)));
    assert_eq!(copy["variants"][0]["sale"], json!(null));
    let publish = shop.path(&format!("/products/{}/publish", text(&copy["id"])));
    shop.owner.post(&publish).send().await.expect(200);
    let shown = app.get(&format!("/v1/products/{}", text(&copy["id"]))).send().await.expect(200).json();
    assert_eq!(shown["unit_price"], json!({"price": 20_000, "per": "kg"}));
}

async fn a_copy_of_a_bundle_has_its_parts(app: TestApp) {
    let shop = app.vendor("Toko Parsel").await;
    let jar = shop.product("Sambal").price(30_000).stock(4).create().await;
    let parts = json!([{"variant_id": jar.variant(), "quantity": 2}]);
    let variants = json!([{"price": 55_000, "parts": parts}]);
    let hamper = shop.product("Parsel").with("variants", variants).create().await;
    let copy = copied(&shop, &hamper).await;
    assert_eq!(copy["price_min"], 55_000);
    assert_eq!(copy["variants"][0]["parts"][0]["variant_id"], jar.variant());
    assert_eq!(copy["variants"][0]["parts"][0]["quantity"], 2);
}

async fn a_copy_of_a_meal_has_its_plan_and_its_texts(app: TestApp) {
    let shop = app.vendor("Katering Salin").await;
    let meal = shop.product("Nasi kotak").with("category", json!("nasi-kotak")).price(25_000).create().await;
    let put = async |rest: &str, body: Value| {
        let path = format!("{}/{rest}", own(&shop, &meal));
        shop.owner.put(&path).if_match(&seen(&shop, &meal).await).json(body).send().await.expect(200);
    };
    put("meal-plan", json!({"weekdays": [5, 5, 5, 5, 5, 0, 0], "windows": ["10:00-12:00"]})).await;
    put("translations", json!({"en": {"title": "Lunch box", "description": "Rice"}})).await;
    let copy = copied(&shop, &meal).await;
    let path = shop.path(&format!("/products/{}", text(&copy["id"])));
    let plan = shop.owner.get(&format!("{path}/meal-plan")).send().await.expect(200).json();
    assert_eq!(
        (&plan["weekdays"], &plan["windows"]),
        (&json!([5, 5, 5, 5, 5, 0, 0]), &json!(["10:00-12:00"]))
    );
    let texts = shop.owner.get(&format!("{path}/translations")).send().await.expect(200).json();
    assert_eq!(texts["en"]["title"], "Lunch box");
}

async fn pictures_are_put_in_order(app: TestApp) {
    let shop = app.vendor("Toko Gambar").await;
    let batik = shop.product("Batik cap").create().await;
    let (one, two) = (shop.picture(&batik).await, shop.picture(&batik).await);
    let path = format!("{}/images", own(&shop, &batik));
    let order = |items: Value| shop.owner.put(&path).json(json!({"items": items}));
    let turned =
        order(json!([{"id": two, "alt": "Batik dari dekat"}, {"id": one}])).send().await.expect(200).json();
    assert_eq!(
        (&turned["items"][0]["id"], &turned["items"][0]["alt"]),
        (&json!(two), &json!("Batik dari dekat"))
    );
    let shown = page(&app, &batik).await;
    assert_eq!((&shown["images"][0]["id"], &shown["images"][1]["id"]), (&json!(two), &json!(one)));
    let rows = app.get("/v1/products").send().await.json();
    assert!(text(&rows["items"][0]["image"]).contains(&two));
    for wrong in [json!([{"id": one}]), json!([{"id": one}, {"id": one}]), json!([])] {
        let refused = order(wrong).send().await.expect_problem(422, "invalid");
        assert_eq!(faults(&refused), ["/items not-all-pictures"]);
    }
}

async fn the_tax_class_may_be_the_product_s_own(app: TestApp) {
    let shop = app.vendor("Warung Pajak").await;
    let attributes = json!({"halal": "ID32110002910810323", "pirt": "2063216011111-29", "tkdn": "48.02", "asal": "Bekasi"});
    let chips =
        shop.product("Keripik").with("category", json!("keripik")).with("tax_class", json!("ppn_exempt"));
    let chips = chips.with("attributes", attributes).create().await;
    let shown = page(&app, &chips).await;
    assert_eq!(shown["tax_class"], "ppn_exempt");
    assert_eq!(
        shown["compliance"],
        json!({"halal": "ID32110002910810323", "pirt": "2063216011111-29", "bpom": null, "sni": null,
            "tkdn": "48.02", "origin": "Bekasi"})
    );
    super::edit(&shop, &chips, json!({"tax_class": "ppn_standard"})).await.send().await.expect(200);
    assert_eq!(page(&app, &chips).await["tax_class"], "ppn_standard");
}
