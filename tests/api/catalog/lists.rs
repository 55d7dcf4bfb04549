//! The lists of the public and of the shops.

use std::collections::BTreeSet;

use lapak::vendors::entity::vendor;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{has, ok, own, page};
use crate::support::shop::{Shop, list, text};
use crate::support::{TestApp, both};

both![
    a_category_shows_everything_below_it,
    pages_are_stable_while_products_are_added,
    only_what_may_be_seen_is_listed,
    shops_list_their_own,
    statements_do_not_grow_with_the_list,
    a_list_is_narrowed_and_sorted_by_price,
    the_public_learns_no_figures,
    an_unchanged_answer_is_not_sent_again,
    categories_are_there_from_the_start,
    strange_addresses_are_just_absent,
];

async fn titles(app: &TestApp, path: &str) -> Vec<String> {
    let page = app.get(path).send().await.expect(200).json();
    list(&page["items"]).iter().map(|item| text(&item["title"])).collect()
}

async fn set_status(app: &TestApp, shop: &Shop, status: vendor::Status) {
    let txn = app.db.begin().await.unwrap();
    vendor::Entity::update_many()
        .col_expr(vendor::Column::Status, Expr::value(status))
        .filter(vendor::Column::Slug.eq(shop.slug.as_str()))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

async fn a_category_shows_everything_below_it(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    shop.product("Keripik tempe").with("category", json!("keripik")).create().await;
    shop.product("Kacang bawang").with("category", json!("kacang")).create().await;
    shop.product("Kemeja batik").create().await;
    assert_eq!(titles(&app, "/v1/products?category=keripik").await, ["Keripik tempe"]);
    let snacks = titles(&app, "/v1/products?category=camilan").await;
    assert_eq!(snacks, ["Kacang bawang", "Keripik tempe"]);
    assert_eq!(titles(&app, "/v1/products?category=makanan-minuman").await, snacks);
    assert_eq!(titles(&app, "/v1/products?category=tidak-ada").await.len(), 0);
    let of_shop = format!("/v1/products?category=batik&vendor={}", shop.slug);
    assert_eq!(titles(&app, &of_shop).await, ["Kemeja batik"]);
}

async fn pages_are_stable_while_products_are_added(app: TestApp) {
    let shop = app.vendor("Toko Panjang").await;
    for number in 0..7 {
        shop.product(&format!("Barang {number}")).create().await;
    }
    let mut seen: Vec<String> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get(&format!("/v1/products?limit=3{cursor}")).send().await.expect(200).json();
        seen.extend(list(&page["items"]).iter().map(|item| text(&item["title"])));
        shop.product(&format!("Baru {}", seen.len())).create().await;
        match &page["next_cursor"] {
            Value::Null => break,
            next => cursor = format!("&cursor={}", text(next)),
        }
    }
    let expected: Vec<String> = (0..7).rev().map(|number| format!("Barang {number}")).collect();
    assert_eq!(seen, expected);
    for bad in ["limit=0", "limit=101", "limit=x", "cursor=x", "page=2", "limit=-1"] {
        let reply = app.get(&format!("/v1/products?{bad}")).send().await;
        reply.expect_problem(422, "invalid");
    }
}

async fn only_what_may_be_seen_is_listed(app: TestApp) {
    let shop = app.vendor("Toko Buka").await;
    let product = shop.product("Tampak").create().await;
    shop.product("Konsep").draft().create().await;
    assert_eq!(titles(&app, "/v1/products").await, ["Tampak"]);
    let page = format!("/v1/products/{}", product.slug);
    for status in [vendor::Status::Suspended, vendor::Status::Draft, vendor::Status::Submitted] {
        set_status(&app, &shop, status).await;
        assert_eq!(titles(&app, "/v1/products").await.len(), 0, "{status:?}");
        app.get(&page).send().await.expect_problem(404, "not-found");
    }
    set_status(&app, &shop, vendor::Status::Unclaimed).await;
    assert_eq!(titles(&app, "/v1/products").await, ["Tampak"]);
    assert_eq!(app.get(&page).send().await.json()["orderable"], false);
}

async fn shops_list_their_own(app: TestApp) {
    let shop = app.vendor("Toko Sendiri").await;
    let other = app.vendor("Toko Tetangga").await;
    other.product("Milik tetangga").create().await;
    shop.product("Satu").draft().create().await;
    let two = shop.product("Dua").with("variants", super::two_sizes()).create().await;
    let items = |page: Value| -> Vec<String> {
        list(&page["items"]).iter().map(|item| text(&item["title"])).collect()
    };
    let path = shop.path("/products");
    let all = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!(all["items"][0]["id"], two.id);
    assert_eq!((&all["items"][0]["stock"], &all["items"][0]["available"]), (&json!(3), &json!(3)));
    assert_eq!(items(all), ["Dua", "Satu"]);
    let drafts = shop.owner.get(&format!("{path}?status=draft")).send().await.json();
    assert_eq!(items(drafts), ["Satu"]);
    let first = shop.owner.get(&format!("{path}?limit=1")).send().await.json();
    let next = format!("{path}?limit=1&cursor={}", text(&first["next_cursor"]));
    let last = shop.owner.get(&next).send().await.json();
    assert_eq!(last["next_cursor"], Value::Null);
    assert_eq!(items(last), ["Satu"]);
    shop.owner.get(&format!("{path}?status=sold")).send().await.expect_problem(422, "invalid");
}

async fn statements_do_not_grow_with_the_list(app: TestApp) {
    let shop = app.vendor("Toko Ramai").await;
    let product = shop.product("Pertama").create().await;
    let own = own(&shop, &product);
    let page = format!("/v1/products/{}", product.slug);
    let count = async || {
        let mut counts = Vec::new();
        for path in ["/v1/products", "/v1/products?category=fesyen", "/v1/categories", &page] {
            counts.push(app.get(path).send().await.expect(200).statements);
        }
        for path in [shop.path("/products"), own.clone()] {
            counts.push(shop.owner.get(&path).send().await.expect(200).statements);
        }
        counts
    };
    let few = count().await;
    for number in 0..12 {
        shop.product(&format!("Lagi {number}"))
            .with("variants", super::two_sizes_unnumbered())
            .create()
            .await;
    }
    let seen = shop.owner.get(&own).send().await;
    let variants: Vec<Value> = (0..30).map(|n| json!({"price": 1000 + n, "options": {"no": n}})).collect();
    let first = json!({"id": product.variant(), "options": {"no": "x"}});
    let variants: Vec<Value> = std::iter::once(first).chain(variants).collect();
    let edit = shop.owner.patch(&own).if_match(&seen).json(json!({"variants": variants}));
    edit.send().await.expect(200);
    let many = count().await;
    assert_eq!(few, many);
    assert!(many[0] <= 3 && many[1] <= 3 && many[3] <= 5, "{many:?}");
}

/// Stops the test unless the object has exactly these members.
#[track_caller]
fn shows(value: &Value, names: &str) {
    let shown: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(shown, names.split_whitespace().collect());
}

async fn the_public_learns_no_figures(app: TestApp) {
    let shop = app.vendor("Toko Rahasia").await;
    let product = shop.product("Beras").stock(4321).create().await;
    shop.product("Garam").stock(0).create().await;
    let page = page(&app, &product).await;
    shows(
        &page,
        "id slug title lang description category vendor attributes unit min_order lead_time_days stock_mode price_min price_max
         rating in_stock orderable variants images published_at updated_at quantity_step tax_class personalisation compliance
         unit_price meal",
    );
    shows(&page["vendor"], "id slug name district_code");
    shows(
        &page["variants"][0],
        "id sku price sale tiers options weight_g content unit_price parts in_stock max_quantity",
    );
    has(&page["variants"][0], json!({"max_quantity": 99}));
    let rows = ok(app.get("/v1/products")).await;
    assert!(!rows.text().contains("4321") && !page.to_string().contains("4321"));
    let rows = rows.json();
    shows(
        &rows["items"][0],
        "id slug title category vendor unit price_min price_max rating unit_price in_stock orderable image published_at",
    );
    has(&rows["items"][0], json!({"in_stock": false}));
    has(&rows["items"][1], json!({"in_stock": true}));
}

async fn an_unchanged_answer_is_not_sent_again(app: TestApp) {
    let shop = app.vendor("Toko Tetap").await;
    let product = shop.product("Peci").create().await;
    for path in
        ["/v1/categories".to_owned(), "/v1/products".to_owned(), format!("/v1/products/{}", product.slug)]
    {
        let first = app.get(&path).send().await.expect(200);
        assert!(first.header("cache-control").starts_with("public"), "{path}");
        let again = app.get(&path).header("if-none-match", first.header("etag")).send().await;
        again.expect(304);
    }
    let kept = app.get("/v1/products").send().await;
    let count = json!({"on_hand": 0, "reason": "count"});
    let path = shop.path(&format!("/variants/{}/stock", product.variant()));
    shop.owner.put(&path).json(count).send().await.expect(200);
    let again = app.get("/v1/products").header("if-none-match", kept.header("etag")).send().await;
    again.expect(200);
}

async fn categories_are_there_from_the_start(app: TestApp) {
    let tree = app.get("/v1/categories").send().await.expect(200).json();
    let items = list(&tree["items"]);
    assert_eq!(items.len(), 64);
    let slugs: BTreeSet<String> = items.iter().map(|item| text(&item["slug"])).collect();
    for item in items {
        assert!(item["parent"].is_null() || slugs.contains(&text(&item["parent"])));
    }
    let chips = items.iter().find(|item| item["slug"] == "keripik").unwrap();
    assert_eq!((&chips["parent"], &chips["name_en"]), (&json!("camilan"), &json!("Chips")));
    assert_eq!(chips["required_papers"], json!(["pirt", "halal"]));
}

async fn strange_addresses_are_just_absent(app: TestApp) {
    for slug in [
        "tidak-ada",
        "%00",
        "a%00b",
        "..",
        "%2e%2e",
        "A%20B",
        "%f0%9f%92%a5",
        "019abe38-0000-7000-8000-000000000000",
    ] {
        let reply = app.get(&format!("/v1/products/{slug}")).send().await;
        reply.expect_problem(404, "not-found");
    }
    for filter in ["vendor=..", "category='"] {
        assert_eq!(titles(&app, &format!("/v1/products?{filter}")).await.len(), 0);
    }
    for name in ["category", "vendor"] {
        let reply = app.get(&format!("/v1/products?{name}=a%00b")).send().await;
        let problem = reply.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], format!("?{name}"));
    }
}

async fn a_list_is_narrowed_and_sorted_by_price(app: TestApp) {
    let shop = app.vendor("Toko Harga").await;
    for (title, price) in [("Sedang", 50_000), ("Murah", 5_000), ("Mahal", 500_000), ("Sama", 50_000)] {
        shop.product(title).price(price).create().await;
    }
    let titles = async |query: &str| {
        let (mut titles, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/products?{query}&limit=1{cursor}");
            let page = app.get(&path).send().await.expect(200).json();
            titles.extend(list(&page["items"]).iter().map(|row| row["title"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return titles,
            }
        }
    };
    assert_eq!(titles("sort=price_asc").await, ["Murah", "Sedang", "Sama", "Mahal"]);
    assert_eq!(titles("sort=price_desc").await, ["Mahal", "Sama", "Sedang", "Murah"]);
    assert_eq!(titles("sort=newest").await, ["Sama", "Mahal", "Murah", "Sedang"]);
    assert_eq!(titles("price_min=6000&price_max=60000").await, ["Sama", "Sedang"]);
    app.get("/v1/products?sort=acak").send().await.expect_problem(422, "invalid");
}
