//! What an installation had before a step is there after it.

use lapak::config::{Config, Environment};
use lapak::platform::db::Db;
use lapak::{catalog, orders};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, EntityTrait};
use serde_json::json;

use crate::support::database::Place;
use crate::support::run::with_empty_database;
use crate::support::{Backend, TestApp};

mod what_was_there_is_brought_along {
    use super::*;

    #[test]
    fn sqlite() {
        with_empty_database(Backend::Sqlite, module_path!(), |place| async move {
            super::what_was_there_is_brought_along(&place, Backend::Sqlite).await;
        });
    }

    #[test]
    fn postgres() {
        with_empty_database(Backend::Postgres, module_path!(), |place| async move {
            super::what_was_there_is_brought_along(&place, Backend::Postgres).await;
        });
    }
}

/// A shop, what it lists and what it sold, as an installation of step 9 has them.
const AT_STEP_9: &str = r#"
INSERT INTO users (id, name, email, password_hash, status, created_at)
    VALUES ('019ab30d-d800-7000-8000-00000000000a', 'Ani', 'ani@contoh.id', 'x', 'active', '2026-01-02T00:00:00+00:00');
INSERT INTO vendors (id, slug, name, legal_form, status, phone, address_line, district_code, description, version, created_at, updated_at)
    VALUES ('019ab30d-d800-7000-8000-00000000000b', 'dapur-lama', 'Dapur Lama', 'person', 'active', '+6281290001234', 'Jl. Raya 1',
        '32.16.09', '', 1, '2026-01-02T00:00:00+00:00', '2026-01-02T00:00:00+00:00');
INSERT INTO products (id, vendor_id, category_id, slug, title, description, status, attributes, unit, min_order, lead_time_days,
        stock_mode, tax_class, price_min, price_max, rating, version, created_at, updated_at, published_at)
    SELECT '019ab30d-d800-7000-8000-00000000000c', '019ab30d-d800-7000-8000-00000000000b', id, 'keripik-lama', 'Keripik lama', '',
        'published', '{"Berat":"250 gram","tkdn":"48,02"}', 'ons', 1, 0, 'tracked', tax_class, 9000, 10000, 0, 3,
        '2026-01-02T00:00:00+00:00', '2026-01-02T00:00:00+00:00', '2026-01-02T00:00:00+00:00'
    FROM categories WHERE slug = 'keripik';
INSERT INTO products (id, vendor_id, category_id, slug, title, description, status, attributes, unit, min_order, lead_time_days,
        stock_mode, tax_class, price_min, price_max, rating, version, created_at, updated_at, published_at)
    SELECT '019ab30d-d800-7000-8000-00000000000d', '019ab30d-d800-7000-8000-00000000000b', id, 'nasi-lama', 'Nasi lama', '',
        'published', '{}', 'kotak', 1, 0, 'daily', tax_class, 25000, 25000, 0, 1,
        '2026-01-02T00:00:00+00:00', '2026-01-02T00:00:00+00:00', '2026-01-02T00:00:00+00:00'
    FROM categories WHERE slug = 'nasi-kotak';
INSERT INTO variants (id, product_id, vendor_id, sku, price, tiers, options, position, created_at)
    VALUES ('019ab30d-d800-7000-8000-0000000000c1', '019ab30d-d800-7000-8000-00000000000c',
        '019ab30d-d800-7000-8000-00000000000b', 'K-1', 10000, '', '{"rasa":"pedas"}', 0, '2026-01-02T00:00:00+00:00'),
    ('019ab30d-d800-7000-8000-0000000000c2', '019ab30d-d800-7000-8000-00000000000c',
        '019ab30d-d800-7000-8000-00000000000b', 'K-2', 9000, '', '{"rasa":"manis"}', 1, '2026-01-02T00:00:00+00:00'),
    ('019ab30d-d800-7000-8000-0000000000d1', '019ab30d-d800-7000-8000-00000000000d',
        '019ab30d-d800-7000-8000-00000000000b', 'N-1', 25000, '', '{}', 0, '2026-01-02T00:00:00+00:00');
INSERT INTO stock (variant_id, on_hand, reserved) SELECT id, 0, 0 FROM variants;
INSERT INTO purchases (id, buyer_id, payment_method, goods_total, shipping_total, tax_total, discount_total, total, shipping_address, created_at)
    VALUES ('019ab30d-d800-7000-8000-0000000000e0', '019ab30d-d800-7000-8000-00000000000a', 'cod', 20000, 0, 0, 0, 20000, '{}',
        '2026-02-02T00:00:00+00:00');
INSERT INTO orders (id, number, purchase_id, vendor_id, buyer_id, status, payment_method, goods_total, shipping_total, tax_total,
        discount_total, total, delivery_method, placed_at, updated_at)
    VALUES ('019ab30d-d800-7000-8000-0000000000e1', 'LPK-1', '019ab30d-d800-7000-8000-0000000000e0',
        '019ab30d-d800-7000-8000-00000000000b', '019ab30d-d800-7000-8000-00000000000a', 'completed', 'cod', 20000, 0, 0, 0, 20000,
        'pickup', '2026-02-02T00:00:00+00:00', '2026-02-02T00:00:00+00:00');
INSERT INTO order_lines (id, order_id, variant_id, product_id, title, sku, options, unit, unit_price, quantity, line_total, reservation, position)
    VALUES ('019ab30d-d800-7000-8000-0000000000e2', '019ab30d-d800-7000-8000-0000000000e1', '019ab30d-d800-7000-8000-0000000000c1',
        '019ab30d-d800-7000-8000-00000000000c', 'Keripik lama', 'K-1', '{}', 'ons', 10000, 2, 20000, 'committed', 0);
"#;

/// Steps that an installation of before has behind it.
const STEPS_BEFORE: u32 = 9;

/// Ids are bytes on SQLite.
fn with_ids(sql: &str, backend: Backend) -> String {
    let id = "'019ab30d-";
    let mut pieces = sql.split(id);
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |sql, piece| match backend {
        Backend::Postgres => sql + id + piece,
        Backend::Sqlite => {
            let (rest, behind) = piece.split_once('\'').unwrap();
            format!("{sql}X'019ab30d{}'{behind}", rest.replace('-', ""))
        }
    })
}

async fn what_was_there_is_brought_along(place: &Place, backend: Backend) {
    let old = Database::connect(&place.url).await.unwrap();
    Migrator::up(&old, Some(STEPS_BEFORE)).await.unwrap();
    old.execute_unprepared(&with_ids(AT_STEP_9, backend)).await.unwrap();
    old.close().await.unwrap();
    let config = Config::with(Environment::Test, "").unwrap();
    let db = Db::connect(&place.url, &config.database).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await.unwrap();

    let app = TestApp::start(place, backend, "").await;
    app.run_jobs().await;
    let asked = catalog::entity::price::Entity::find().all(app.db.read()).await.unwrap();
    let mut prices: Vec<i64> = asked.iter().map(|one| one.price.get()).collect();
    prices.sort_unstable();
    assert_eq!(prices, [9_000, 10_000, 25_000], "every price has its history");
    assert!(asked.iter().all(|one| one.ends_at.is_none() && !one.is_sale && one.starts_at < app.now()));
    let page = async |slug: &str| app.get(&format!("/v1/products/{slug}")).send().await.expect(200).json();
    let chips = page("keripik-lama").await;
    assert_eq!(chips["unit_price"], json!({"price": 90_000, "per": "kg"}));
    assert_eq!(chips["price_min"], 9_000);
    for query in
        ["attr.berat=250", "attr.tkdn=48.02", "attr.rasa=pedas", "attr.rasa=manis", "sort=unit_price&per=kg"]
    {
        let found = app.get(&format!("/v1/products?{query}")).send().await.expect(200).json();
        assert_eq!(found["items"][0]["slug"], "keripik-lama", "{query}");
    }
    let meal = page("nasi-lama").await;
    assert_eq!(
        (&meal["in_stock"], &meal["variants"][0]["in_stock"]),
        (&json!(false), &json!(false)),
        "no plan yet"
    );
    let line = orders::entity::line::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    assert_eq!((line.surcharge.get(), line.line_total.get(), line.parent_id), (0, 20_000, None));
    // Done once.
    app.run_jobs().await;
    assert_eq!(page("keripik-lama").await, chips);
    app.close().await;
}
