//! How a shop presents itself: its page, its pictures, its code, its holidays, and where it delivers.

use chrono::Duration;
use lapak::platform::files::FileKey;
use serde_json::{Value, json};

use super::profile;
use crate::support::shop::{Product, list, text};
use crate::support::{Person, Reply, Shop, TestApp, both, png};

both![
    the_page_shows_all_of_it_in_few_statements,
    faults_of_a_storefront_are_named,
    another_picture_takes_the_place_of_the_first,
    a_code_leads_to_the_page,
    a_shop_on_holiday_takes_no_orders,
    the_most_specific_area_sets_the_fee,
    a_place_outside_the_areas_is_refused_by_name,
];

async fn put(shop: &Shop, path: &str, body: Value) -> Reply {
    let seen = profile(&shop.owner, &shop.id).await;
    shop.owner.put(&shop.path(path)).if_match(&seen).json(body).send().await
}

async fn picture(shop: &Shop, slot: &str) -> Value {
    let request = shop.owner.put(&shop.path(slot)).file("x.png", "image/png", &png(40, 30));
    request.send().await.expect(200).json()
}

async fn page(app: &TestApp, shop: &Shop) -> Reply {
    app.get(&format!("/v1/vendors/{}", shop.slug)).send().await.expect(200)
}

async fn the_page_shows_all_of_it_in_few_statements(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let bare = page(&app, &shop).await;
    assert_eq!(bare.statements, 5);
    assert_eq!(bare.json()["storefront"]["hours"], json!([]));
    let hours = json!([{"day": 1, "opens": "08:00", "closes": "16:00"}, {"day": 6, "opens": "09:00", "closes": "12:00"}]);
    let pickup = json!({"address": {"line": "Pasar Lama Blok A", "district_code": "32.16.09"}, "note": "Tanya Bu Siti"});
    let said = json!({"story": "Sejak 1998.", "hours": hours, "pickup": pickup});
    put(&shop, "/storefront", said.clone()).await.expect(200);
    let areas: Vec<Value> =
        (1..=20).map(|at| json!({"district_code": format!("32.16.{at:02}"), "fee": at * 1000})).collect();
    put(&shop, "/delivery-areas", json!({"items": areas})).await.expect(200);
    put(
        &shop,
        "/business",
        json!({"sector": "kuliner", "turnover": 1, "export_ready": true, "export_countries": ["DE"]}),
    )
    .await
    .expect(200);
    picture(&shop, "/logo").await;
    picture(&shop, "/banner").await;

    let full = page(&app, &shop).await;
    assert_eq!(full.statements, 5, "however much there is");
    let full = full.json();
    let front = &full["storefront"];
    assert_eq!((&front["story"], &front["hours"]), (&said["story"], &hours));
    assert_eq!(front["pickup"]["address"]["district"], "Cikarang Utara");
    assert_eq!(list(&front["delivery_areas"]).len(), 20);
    assert_eq!(front["is_closed"], false);
    assert!(front["logo"]["url"].is_string() && front["banner"]["thumbnails"][1].is_string());
    assert_eq!((&full["size_class"], &full["is_umk"]), (&json!("micro"), &json!(true)));
    assert_eq!(full["export_countries"], json!(["DE"]));
    assert!(full["capital"].is_null() && full["turnover"].is_null() && full["nib"].is_null());
    let link = text(&full["share_url"]);
    let shared = app.get(&link[link.find("/v1/").unwrap()..]).send().await.expect(200).json();
    assert_eq!(shared["id"], full["id"], "the link leads to the shop");
    let elsewhere = "https://belanja.example/toko/{slug}";
    let other = app.another_instance_with(|config| config.vendors.share_url = elsewhere.to_owned()).await;
    let page = other.get(&format!("/v1/vendors/{}", shop.id)).send().await.expect(200).json();
    assert_eq!(page["share_url"], "https://belanja.example/toko/dapur-bu-siti");
    other.close().await;
    let own = shop.owner.get(&shop.path("/storefront")).send().await.expect(200).json();
    assert_eq!(own, *front);
}

async fn faults_of_a_storefront_are_named(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let wrong = json!({
        "hours": [{"day": 9, "opens": "8", "closes": "16:00"}],
        "pickup": {"address": {"line": "", "district_code": "32.75.01"}},
    });
    let refused = put(&shop, "/storefront", wrong).await.expect_problem(422, "invalid");
    let found: Vec<String> = list(&refused["errors"]).iter().map(|fault| text(&fault["pointer"])).collect();
    assert_eq!(
        found,
        ["/hours/0/day", "/hours/0/opens", "/pickup/address/line", "/pickup/address/district_code"]
    );
    let areas = json!({"items": [{"district_code": "32.75.01", "fee": -1}]});
    put(&shop, "/delivery-areas", areas).await.expect_problem(422, "invalid");
    let late = json!({"reopens_on": "2020-01-01"});
    let holiday = shop.owner.put(&shop.path("/holiday")).json(late).send().await;
    assert_eq!(holiday.expect_problem(422, "invalid")["errors"][0]["code"], "reopening");
    let unseen = shop.owner.put(&shop.path("/storefront")).json(json!({})).send().await;
    unseen.expect_problem(428, "if-match-required");
    let no_picture = shop.owner.put(&shop.path("/logo")).file("x.png", "image/png", b"GIF89a").send().await;
    no_picture.expect_problem(415, "unsupported-media-type");
}

async fn another_picture_takes_the_place_of_the_first(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let key = |picture: &Value| {
        let url = text(&picture["url"]);
        FileKey::parse(url.split_once("/files/").unwrap().1).unwrap()
    };
    let first = key(&picture(&shop, "/logo").await);
    assert!(app.files.get(&first).await.unwrap().is_some());
    let second = key(&picture(&shop, "/logo").await);
    app.run_jobs().await;
    assert!(app.files.get(&first).await.unwrap().is_none());
    assert!(app.files.get(&second).await.unwrap().is_some());
    app.get(&format!("/files/{second}")).send().await.expect(200);
}

async fn a_code_leads_to_the_page(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let path = format!("/v1/vendors/{}/qr", shop.slug);
    let drawn = app.get(&path).send().await.expect(200);
    assert_eq!(drawn.header("content-type"), "image/svg+xml");
    assert!(drawn.text().contains("<svg"));
    let by_id = app.get(&format!("/v1/vendors/{}/qr?format=svg", shop.id)).send().await.expect(200);
    assert_eq!(by_id.body, drawn.body);
    let pixels = app.get(&format!("{path}?format=png")).send().await.expect(200);
    let drawn = image::load_from_memory(&pixels.body).unwrap();
    assert!(drawn.width() >= 512 && drawn.width() == drawn.height());
    app.get(&format!("{path}?format=gif")).send().await.expect(422);
    app.get("/v1/vendors/tidak-ada/qr").send().await.expect_problem(404, "not-found");
}

/// A cart with one piece, and what a quote for it says.
async fn quote(
    buyer: &Person,
    product: &Product,
    (method, district, village): (&str, &str, Option<&str>),
) -> Reply {
    let cart = text(&buyer.post("/v1/carts").send().await.expect(201).json()["id"]);
    let path = format!("/v1/carts/{cart}/lines/{}", product.variant());
    buyer.put(&path).json(json!({"quantity": 1})).send().await.expect(200);
    let mut body = buyer.checkout().deliver_by(method).item(product, 1).quote_body(&cart);
    body["shipping_address"]["district_code"] = json!(district);
    if let Some(village) = village {
        body["shipping_address"]["village_code"] = json!(village);
    }
    buyer.post("/v1/checkouts/quote").json(body).send().await
}

async fn a_shop_on_holiday_takes_no_orders(app: TestApp) {
    let (shop, buyer) = (app.vendor("Dapur Bu Siti").await, app.buyer("ani").await);
    let product = shop.product("Batik tulis").create().await;
    let late = buyer.checkout().item(&product, 1).body().await;
    let day = (app.now() + Duration::days(5)).date_naive();
    let holiday = shop.owner.put(&shop.path("/holiday"));
    holiday.json(json!({"reopens_on": day, "note": "Mudik"})).send().await.expect(204);
    let closed = page(&app, &shop).await.json();
    assert_eq!(closed["storefront"]["is_closed"], true);
    assert_eq!(closed["storefront"]["holiday_note"], "Mudik");
    let refused =
        quote(&buyer, &product, ("pickup", "32.16.09", None)).await.expect_problem(409, "shop-closed");
    assert_eq!(refused["vendors"][0]["name"], "Dapur Bu Siti");
    assert_eq!(refused["vendors"][0]["reopens_on"], day.to_string());
    let placed = buyer.post("/v1/checkouts").key("kunci-libur-1").json(late.clone()).send().await;
    placed.expect_problem(409, "shop-closed");

    // It opens by itself on the day, or at once when its owner says so.
    app.clock.advance(Duration::days(5));
    assert_eq!(page(&app, &shop).await.json()["storefront"]["is_closed"], false);
    buyer.post("/v1/checkouts").key("kunci-libur-2").json(late).send().await.expect(201);
    let day = (app.now() + Duration::days(5)).date_naive();
    let holiday = shop.owner.put(&shop.path("/holiday"));
    holiday.json(json!({"reopens_on": day})).send().await.expect(204);
    quote(&buyer, &product, ("pickup", "32.16.09", None)).await.expect_problem(409, "shop-closed");
    shop.owner.delete(&shop.path("/holiday")).send().await.expect(204);
    quote(&buyer, &product, ("pickup", "32.16.09", None)).await.expect(200);
}

async fn the_most_specific_area_sets_the_fee(app: TestApp) {
    let (shop, plain, buyer) =
        (app.vendor("Dapur Bu Siti").await, app.vendor("Toko Biasa").await, app.buyer("ani").await);
    let (chips, batik) =
        (shop.product("Keripik").create().await, plain.product("Batik tulis").create().await);
    let other = app.buyer("budi").await;
    let shipping = async |product: &Product, method: &str, district: &str, village: Option<&str>| {
        // One cart, one shop.
        let buyer = if product.id == batik.id { &other } else { &buyer };
        let reply = quote(buyer, product, (method, district, village)).await;
        let quote = reply.expect(200).json();
        quote["vendors"][0]["shipping"].as_i64().unwrap()
    };
    assert_eq!(shipping(&chips, "zone", "32.16.09", None).await, 15_000, "the flat fee until it names areas");
    let areas = json!({"items": [
        {"district_code": "32.16.01", "fee": 8000},
        {"district_code": "32.16.01", "village_code": "32.16.01.1007", "fee": 3000},
    ]});
    put(&shop, "/delivery-areas", areas).await.expect(200);
    assert_eq!(shipping(&chips, "zone", "32.16.01", Some("32.16.01.1007")).await, 3_000);
    assert_eq!(shipping(&chips, "zone", "32.16.01", None).await, 8_000);
    assert_eq!(shipping(&chips, "own_courier", "32.16.09", None).await, 10_000);
    assert_eq!(shipping(&chips, "pickup", "32.16.09", None).await, 0);
    assert_eq!(shipping(&batik, "zone", "32.16.09", None).await, 15_000, "another shop keeps the flat fee");
    put(&shop, "/delivery-areas", json!({"items": []})).await.expect(200);
    assert_eq!(shipping(&chips, "zone", "32.16.09", None).await, 15_000);
}

async fn a_place_outside_the_areas_is_refused_by_name(app: TestApp) {
    let (shop, buyer) = (app.vendor("Dapur Bu Siti").await, app.buyer("ani").await);
    let chips = shop.product("Keripik").create().await;
    let body = buyer.checkout().deliver_by("zone").item(&chips, 1).body().await;
    put(&shop, "/delivery-areas", json!({"items": [{"district_code": "32.16.01", "fee": 8000}]}))
        .await
        .expect(200);
    let refused = quote(&buyer, &chips, ("zone", "32.16.09", None)).await;
    let refused = refused.expect_problem(409, "outside-delivery-areas");
    assert_eq!(refused["vendors"], json!([{"vendor_id": shop.id, "name": "Dapur Bu Siti"}]));
    assert!(text(&refused["detail"]).contains("Dapur Bu Siti"));
    let placed = buyer.post("/v1/checkouts").key("kunci-luar-1").json(body).send().await;
    placed.expect_problem(409, "outside-delivery-areas");
}
