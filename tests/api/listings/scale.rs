//! Many products: the same number of statements as with few, and plans that use indexes.
//!
//! `LAPAK_TEST_PRODUCTS` sets how many; 6,000 unless told.

use std::collections::BTreeMap;

use lapak::catalog::entity::{attribute_value, image, product, stock, variant};
use lapak::kernel::{ImageId, ProductId, VariantId, VendorId};
use lapak::vendors::entity::vendor;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IntoActiveModel,
    Statement,
};

use crate::support::run::RUN;
use crate::support::shop::{list, text};
use crate::support::{Reply, TestApp, both};

both![plans_and_statements_stay_with_many_products];

/// Rows of one statement.
const AT_ONCE: usize = 500;
/// Values of an attribute.
const COLOURS: [&str; 20] = [
    "hitam", "putih", "merah", "biru", "hijau", "kuning", "ungu", "abu-abu", "cokelat", "krem", "khaki",
    "maroon", "pink", "navy", "oranye", "emas", "perak", "sogan", "polos", "motif",
];
/// Products of one shop: with a few hundred shops PostgreSQL rightly reads them all to find one.
const OF_A_SHOP: usize = 4;
/// Tables that must never be read as a whole.
const LARGE: [&str; 7] = [
    "products",
    "variants",
    "vendors",
    "stock",
    "product_images",
    "product_attribute_values",
    "catalog_changes",
];

async fn plans_and_statements_stay_with_many_products(app: TestApp) {
    let shop = app.vendor("Toko Induk").await;
    let sample = shop.product("Batik tulis").create().await;
    shop.picture(&sample).await;
    let paths = paths(&shop.slug, &sample.slug);
    let mut few = BTreeMap::new();
    for path in &paths {
        few.insert(path.clone(), ask(&app, path).await.statements);
    }
    seed(&app, RUN.products, sample.id.parse().unwrap()).await;
    let (mut plans, mut faults) = (0, Vec::new());
    for path in &paths {
        let reply = ask(&app, path).await;
        assert_eq!(reply.statements, few[path], "{path}");
        for statement in &reply.sql {
            plans += 1;
            let plan = explain(&app, statement).await;
            if reads_whole_table(&app, &plan) || walks_whole_index(&app, &plan) {
                faults.push(format!("{path}\n{}\n{}", statement.sql, plan.join("\n")));
            }
        }
    }
    assert!(plans > 15, "only {plans} plans");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n\n"));
    let page = ask(&app, "/v1/products?limit=100").await.json();
    assert_eq!(list(&page["items"]).len(), 100);
    assert!(!text(&page["next_cursor"]).is_empty());
}

/// What everybody reads: lists, pages deep in them, details.
fn paths(shop: &str, product: &str) -> Vec<String> {
    vec![
        "/v1/products".to_owned(),
        "/v1/products?category=batik".to_owned(),
        "/v1/products?category=fesyen&limit=100".to_owned(),
        format!("/v1/products?vendor={shop}"),
        "/v1/products?price_min=40000&price_max=60000&sort=price_asc".to_owned(),
        "/v1/products?sort=price_desc".to_owned(),
        "/v1/products?price_min=40000&price_max=60000".to_owned(),
        "/v1/products?sort=unit_price&per=pcs".to_owned(),
        "/v1/products?attr.warna=merah".to_owned(),
        "/v1/products?attr.warna=merah&attr.bahan=katun&category=batik".to_owned(),
        "/v1/products/changes".to_owned(),
        "/v1/products?lang=en".to_owned(),
        format!("/v1/products/{product}"),
        format!("/v1/products/{product}/related"),
        "/v1/vendors".to_owned(),
        "/v1/vendors?district=32.16.09".to_owned(),
        format!("/v1/vendors/{shop}"),
    ]
}

async fn ask(app: &TestApp, path: &str) -> Reply {
    app.get(path).send().await.expect(200)
}

async fn explain(app: &TestApp, statement: &Statement) -> Vec<String> {
    let backend = app.db.backend();
    let (word, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        _ => ("EXPLAIN", "QUERY PLAN"),
    };
    let sql = format!("{word} {}", statement.sql);
    let asked = match &statement.values {
        Some(values) => Statement::from_sql_and_values(backend, sql, values.0.clone()),
        None => Statement::from_string(backend, sql),
    };
    let rows = app.db.read().query_all_raw(asked).await.unwrap();
    rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
}

/// True of a plan with a step that looks at every row of a large table.
fn reads_whole_table(app: &TestApp, plan: &[String]) -> bool {
    let whole = |line: &String, table: &str| match app.db.backend() {
        DbBackend::Sqlite => *line == format!("SCAN {table}"),
        _ => {
            line.contains(&format!("Seq Scan on {table} ")) || line.ends_with(&format!("Seq Scan on {table}"))
        }
    };
    plan.iter().any(|line| LARGE.iter().any(|table| whole(line, table)))
}

/// True of a plan with a step that walks through an index of a large table from end to end, and throws rows away on the way: no
/// condition narrows it, and no page that is full stops it. SQLite does not tell.
fn walks_whole_index(app: &TestApp, plan: &[String]) -> bool {
    if app.db.backend() == DbBackend::Sqlite {
        return false;
    }
    let large = |line: &String| {
        line.contains("Index") && LARGE.iter().any(|table| line.contains(&format!(" on {table} ")))
    };
    plan.iter().enumerate().filter(|(_, line)| large(line)).any(|(place, _)| {
        let above = &plan[..place];
        let stops = above.iter().any(|line| line.contains("Limit  "))
            && !above.iter().any(|line| line.contains("Sort  ") && !line.contains("Incremental"));
        let about: Vec<&String> = plan[place + 1..].iter().take_while(|line| !line.contains("->")).collect();
        let says = |word: &str| about.iter().any(|line| line.trim_start().starts_with(word));
        !stops && says("Filter:") && !says("Index Cond:")
    })
}

/// Copies of one product, a few to a shop, written many rows at a time.
async fn seed(app: &TestApp, count: usize, sample: ProductId) {
    let db = app.db.read();
    let product = product::Entity::find_by_id(sample).one(db).await.unwrap().unwrap();
    let shop = vendor::Entity::find_by_id(product.vendor_id).one(db).await.unwrap().unwrap();
    let variants = variant::Entity::find().all(db).await.unwrap();
    let pictures = image::Entity::find().all(db).await.unwrap();
    let (variant, picture) = (&variants[0], &pictures[0]);
    let txn = app.db.begin().await.unwrap();
    let shops: Vec<VendorId> = (0..count.div_ceil(OF_A_SHOP)).map(|_| VendorId::generate()).collect();
    let row = |(number, id): (usize, &VendorId)| vendor::Model {
        id: *id,
        slug: format!("toko-{number}"),
        name: format!("Toko {number}"),
        nib: None,
        npwp_sealed: None,
        nik_sealed: None,
        nik_index: None,
        ..shop.clone()
    };
    insert(&txn, shops.iter().enumerate().map(row)).await;
    let ids: Vec<ProductId> = (0..count).map(|_| ProductId::generate()).collect();
    let owner = |number: usize| shops[number % shops.len()];
    let copy = |(number, id): (usize, &ProductId)| product::Model {
        id: *id,
        vendor_id: owner(number),
        slug: format!("batik-{number}"),
        title: format!("Batik tulis {number}"),
        price_min: price(number),
        price_max: price(number),
        unit_price: Some(price(number)),
        ..product.clone()
    };
    insert(&txn, ids.iter().enumerate().map(copy)).await;
    let articles: Vec<VariantId> = (0..count).map(|_| VariantId::generate()).collect();
    let copy = |(number, id): (usize, &VariantId)| variant::Model {
        id: *id,
        product_id: ids[number],
        vendor_id: owner(number),
        sku: format!("SKU-{number}"),
        price: price(number),
        ..variant.clone()
    };
    insert(&txn, articles.iter().enumerate().map(copy)).await;
    // Nothing on the shelf needs no movement.
    insert(&txn, articles.iter().map(|id| stock::Model { variant_id: *id, on_hand: 0, reserved: 0 })).await;
    let copy = |id: &ProductId| image::Model { id: ImageId::generate(), product_id: *id, ..picture.clone() };
    insert(&txn, ids.iter().map(copy)).await;
    say(app, &txn, &ids).await;
    txn.execute_unprepared("ANALYZE").await.unwrap();
    txn.commit().await.unwrap();
}

fn price(number: usize) -> lapak::kernel::Rupiah {
    lapak::kernel::Rupiah::new(1_000 + (number as i64 * 7_919) % 200_000).unwrap()
}

async fn insert<M, A>(txn: &DatabaseTransaction, rows: impl Iterator<Item = M>)
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    let rows: Vec<A> = rows.map(|row| row.into_active_model().reset_all()).collect();
    for rows in rows.chunks(AT_ONCE) {
        A::Entity::insert_many(rows.to_vec()).exec_without_returning(txn).await.unwrap();
    }
}

/// Each colour is said by one product in twenty, the material by all; the feed is told of all.
async fn say(app: &TestApp, txn: &DatabaseTransaction, ids: &[ProductId]) {
    lapak::catalog::changes::touched(txn, ids.iter().copied(), app.now()).await.unwrap();
    let said = |(number, id): (usize, &ProductId)| {
        let colour = COLOURS[number % COLOURS.len()].to_owned();
        let one =
            |key: &str, value: String| attribute_value::Model { product_id: *id, key: key.to_owned(), value };
        [one("warna", colour), one("bahan", "katun".to_owned())]
    };
    insert(txn, ids.iter().enumerate().flat_map(said)).await;
}
