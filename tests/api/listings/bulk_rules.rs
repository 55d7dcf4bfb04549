//! Lists go by the rules of edits by hand: moderation, and who may do what.

use lapak::web::authz::Role;
use serde_json::json;

use super::bulk::{counts, done, errors, export, form, products, send};
use super::life::act;
use super::revisions::approve_now;
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    edits_wait_for_an_officer_as_by_hand with "catalog.moderation = 'all'",
    what_is_seen_on_a_picture_waits_beside_a_new_one with "catalog.moderation = 'all'",
    who_may_not_publish_or_count_does_neither,
    a_list_can_say_when_something_is_shown,
    what_no_workbook_can_hold_is_fetched_as_csv,
];

async fn edits_wait_for_an_officer_as_by_hand(app: TestApp) {
    let shop = app.vendor("Toko Selundup").await;
    let row = |title: &str, price: i64| {
        format!("sku,judul,kategori,harga,status\nO-1,{title},keripik,{price},published\n").into_bytes()
    };
    let new = done(&app, send(&shop, "", &row("Opak", 5_000), None), &shop).await;
    assert_eq!((counts(&new), &new["held"]), ([1, 0, 0, 0], &json!(1)));
    assert_eq!(errors(&shop, &new).await[0][3], "held");
    let product = products(&shop).await.remove(0);
    assert_eq!(product["status"], "in_review");
    app.decides(&text(&product["id"]), "approve", json!({})).await.expect(200);
    let edit = done(&app, send(&shop, "", &row("Opak ajaib", 5_000), None), &shop).await;
    assert_eq!((counts(&edit), &edit["held"]), ([0, 1, 0, 0], &json!(1)));
    let waiting = products(&shop).await;
    assert_eq!(waiting[0]["title"], "Opak");
    // Sent again it waits as it did.
    let again = done(&app, send(&shop, "", &row("Opak ajaib", 5_000), None), &shop).await;
    assert_eq!((counts(&again), &again["held"]), ([0, 0, 1, 0], &json!(1)));
    assert_eq!(products(&shop).await, waiting);
    let priced = done(&app, send(&shop, "", &row("Opak", 6_000), None), &shop).await;
    assert_eq!((counts(&priced), &priced["held"]), ([0, 1, 0, 0], &json!(0)));
}

async fn what_is_seen_on_a_picture_waits_beside_a_new_one(app: TestApp) {
    let shop = app.vendor("Toko Foto Lama").await;
    let variants = json!([{"price": 5_000, "stock": 5, "sku": "O-1"}]);
    let opak = shop.product("Opak").with("variants", variants).draft().create().await;
    let shown = text(&shop.upload(&opak).await["url"]);
    act(&shop, &opak, "publish").send().await.expect(200);
    app.decides(&opak.id, "approve", json!({})).await.expect(200);
    shop.picture(&opak).await;
    let table = format!("sku,gambar,gambar_alt\nO-1,{shown},Depan\n").into_bytes();
    let first = done(&app, send(&shop, "", &table, None), &shop).await;
    assert_eq!((counts(&first), &first["held"]), ([0, 1, 0, 0], &json!(1)));
    let waiting = products(&shop).await;
    let again = done(&app, send(&shop, "", &table, None), &shop).await;
    assert_eq!((counts(&again), &again["held"]), ([0, 0, 1, 0], &json!(1)));
    assert_eq!(products(&shop).await, waiting);
    approve_now(&app, &opak).await.expect(200);
    let images = products(&shop).await.remove(0)["images"].clone();
    assert_eq!((list(&images).len(), &images[0]["alt"]), (2, &json!("Depan")));
}

async fn who_may_not_publish_or_count_does_neither(app: TestApp) {
    let shop = app.vendor("Toko Staf").await;
    shop.product("Opak")
        .with("variants", json!([{"price": 5_000, "stock": 5, "sku": "O-1"}]))
        .draft()
        .create()
        .await;
    let staff = app.buyer("staf").await;
    staff.grant(Role::VendorStaff, shop.id.parse().unwrap()).await;
    let table = b"sku,harga,stok,status\nO-1,6000,9,published\n".as_slice();
    let import = done(&app, form(staff.post(&shop.path("/product-imports")), table, None), &shop).await;
    assert_eq!(counts(&import), [0, 1, 0, 0]);
    let rows = errors(&shop, &import).await;
    assert_eq!(
        (rows.len(), &rows[0][1..4]),
        (1, ["status", "published", "not-permitted"].map(str::to_owned).as_slice())
    );
    let product = products(&shop).await.remove(0);
    assert_eq!((&product["status"], &product["variants"][0]["stock"]), (&json!("draft"), &json!(9)));
    // A key for the catalogue counts nothing.
    let key = text(&shop.owner.api_key(&["catalog:write"]).await["key"]);
    let table = b"sku,harga,stok\nO-1,7000,3\n".as_slice();
    let by_key = form(app.post(&shop.path("/product-imports")).bearer(&key), table, None);
    let import = done(&app, by_key, &shop).await;
    let rows = errors(&shop, &import).await;
    assert_eq!(
        (counts(&import), rows[0][1].as_str(), rows[0][3].as_str()),
        ([0, 1, 0, 0], "stok", "not-permitted")
    );
    let variant = &products(&shop).await[0]["variants"][0];
    assert_eq!((&variant["price"], &variant["stock"]), (&json!(7_000), &json!(9)));
}

async fn a_list_can_say_when_something_is_shown(app: TestApp) {
    let shop = app.vendor("Toko Jadwal").await;
    let row = |at: &str| {
        format!("sku,judul,kategori,harga,status,tayang_pada\nO-1,Opak,keripik,5000,scheduled,{at}\n")
    };
    let at = (app.now() + chrono::Duration::days(3)).to_rfc3339();
    let import = done(&app, send(&shop, "", row(&at).as_bytes(), None), &shop).await;
    assert_eq!(counts(&import), [1, 0, 0, 0], "{:?}", errors(&shop, &import).await);
    assert_eq!(products(&shop).await[0]["status"], "scheduled");
    let again = done(&app, send(&shop, "", &export(&shop, "xlsx").await.body, None), &shop).await;
    assert_eq!(counts(&again), [0, 0, 1, 0]);
    let past = (app.now() - chrono::Duration::days(3)).to_rfc3339();
    let import = done(&app, send(&shop, "", row(&past).as_bytes(), None), &shop).await;
    assert_eq!(errors(&shop, &import).await[0][1..4], ["tayang_pada", past.as_str(), "out-of-range"]);
    assert_eq!(products(&shop).await[0]["status"], "scheduled");
}

async fn what_no_workbook_can_hold_is_fetched_as_csv(app: TestApp) {
    let shop = app.vendor("Toko Cerewet").await;
    let said: serde_json::Map<String, serde_json::Value> =
        (0..35).map(|number| (format!("sifat {number}"), json!("x".repeat(1000)))).collect();
    shop.product("Opak").with("attributes", said.into()).draft().create().await;
    let path = shop.path("/products/export?format=xlsx");
    shop.owner.get(&path).send().await.expect_problem(422, "too-large-for-xlsx");
    let import = done(&app, send(&shop, "", &export(&shop, "csv").await.body, None), &shop).await;
    assert_eq!(counts(&import), [0, 0, 1, 0]);
}
