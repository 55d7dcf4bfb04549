//! The schema goes up, down and up again, and is what the entities say.

use std::collections::{BTreeMap, BTreeSet};

use lapak::config::{Config, Environment};
use lapak::platform::db::Db;
use lapak::{cart, catalog, identity, office, orders, payments, platform, vendors, web};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, Database, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    Statement,
};
use serde_json::json;

use crate::support::database::Place;
use crate::support::run::with_empty_database;
use crate::support::{Backend, TestApp, both};

both![entities_are_what_the_schema_is];

/// Tables that no entity stands for, each with its reason.
const NO_ENTITY: &[(&str, &str)] =
    &[("seaql_migrations", "kept by the migration runner"), ("settings", "read by name only")];

/// Which columns a table has, and whether they may be null.
type Tables = BTreeMap<String, BTreeMap<String, bool>>;

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct ColumnRow {
    table_name: String,
    column_name: String,
    nullable: bool,
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Object {
    name: String,
    definition: String,
}

mod up_down_up {
    use super::*;

    #[test]
    fn sqlite() {
        with_empty_database(Backend::Sqlite, module_path!(), |place| async move {
            super::up_down_up(&place.url).await;
        });
    }

    #[test]
    fn postgres() {
        with_empty_database(Backend::Postgres, module_path!(), |place| async move {
            super::up_down_up(&place.url).await;
        });
    }
}

async fn up_down_up(url: &str) {
    let config = Config::with(Environment::Test, "").unwrap();
    let db = Db::connect(url, &config.database).await.unwrap();
    db.migrate().await.unwrap();
    let first = objects(&db).await;
    assert!(first.len() > 20);
    db.migrate_down().await.unwrap();
    let left: Vec<Object> =
        objects(&db).await.into_iter().filter(|object| !object.name.contains("seaql_migrations")).collect();
    assert_eq!(left, []);
    db.migrate().await.unwrap();
    assert_eq!(objects(&db).await, first);
    assert!(db.pending_migrations().await.unwrap().is_empty());
    db.close().await.unwrap();
}

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

/// Everything that migrations make, with its definition.
async fn objects(db: &Db) -> Vec<Object> {
    let sql = match db.backend() {
        DbBackend::Sqlite => {
            "SELECT type || ' ' || name AS name, COALESCE(sql, '') AS definition FROM sqlite_master
             WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        _ => {
            "SELECT 'column ' || table_name || '.' || column_name AS name,
                    data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '') AS definition
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL SELECT 'constraint ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
                       WHERE connamespace = 'public'::regnamespace
             UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION ALL SELECT 'type ' || typname, typtype::text FROM pg_type
                       WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
             ORDER BY 1"
        }
    };
    Object::find_by_statement(Statement::from_string(db.backend(), sql)).all(db.read()).await.unwrap()
}

async fn entities_are_what_the_schema_is(app: TestApp) {
    let mut entities = Tables::new();
    add_accounts(&app, &mut entities).await;
    add_people_and_shops(&app, &mut entities).await;
    add_sales(&app, &mut entities).await;
    add_office(&app, &mut entities).await;
    let mut schema = schema(&app.db).await;
    for (table, reason) in NO_ENTITY {
        assert!(schema.remove(*table).is_some(), "{table} ({reason}) is gone");
    }
    let tables = |tables: &Tables| tables.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(tables(&entities), tables(&schema), "entities and tables, one by one");
    assert_eq!(entities, schema, "columns and whether they may be null");
}

async fn add_accounts(app: &TestApp, entities: &mut Tables) {
    add::<platform::audit::entity::Entity>(app, entities).await;
    add::<platform::audit::seal::Entity>(app, entities).await;
    add::<platform::audit::sealed_row::Entity>(app, entities).await;
    add::<platform::person::entity::Entity>(app, entities).await;
    add::<identity::entity::address::Entity>(app, entities).await;
    add::<identity::entity::api_key::Entity>(app, entities).await;
    add::<identity::entity::assistance::Entity>(app, entities).await;
    add::<identity::entity::consent::Entity>(app, entities).await;
    add::<identity::entity::contact_change::Entity>(app, entities).await;
    add::<identity::entity::invitation::Entity>(app, entities).await;
    add::<identity::entity::one_time_token::Entity>(app, entities).await;
    add::<identity::entity::recovery_code::Entity>(app, entities).await;
    add::<identity::entity::second_factor::Entity>(app, entities).await;
    add::<identity::entity::throttle::Entity>(app, entities).await;
}

async fn add_people_and_shops(app: &TestApp, entities: &mut Tables) {
    add::<platform::jobs::entity::Entity>(app, entities).await;
    add::<platform::lease::Entity>(app, entities).await;
    add::<web::idempotency::Entity>(app, entities).await;
    add::<identity::entity::user::Entity>(app, entities).await;
    add::<identity::entity::session::Entity>(app, entities).await;
    add::<identity::entity::refresh_token::Entity>(app, entities).await;
    add::<identity::entity::membership::Entity>(app, entities).await;
    add::<identity::entity::work_unit::Entity>(app, entities).await;
    add::<vendors::entity::profile::Entity>(app, entities).await;
    add::<vendors::entity::storefront::Entity>(app, entities).await;
    add::<vendors::entity::area::Entity>(app, entities).await;
    add::<vendors::entity::paper::Entity>(app, entities).await;
    add::<vendors::entity::bank_account::Entity>(app, entities).await;
    add::<vendors::entity::vendor::Entity>(app, entities).await;
    add::<vendors::entity::review::Entity>(app, entities).await;
    add::<catalog::entity::category::Entity>(app, entities).await;
    add::<catalog::entity::product::Entity>(app, entities).await;
    add::<catalog::entity::review::Entity>(app, entities).await;
    add::<catalog::entity::image::Entity>(app, entities).await;
    add::<catalog::entity::variant::Entity>(app, entities).await;
    add::<catalog::entity::stock::Entity>(app, entities).await;
    add::<catalog::entity::movement::Entity>(app, entities).await;
    add::<catalog::entity::change::Entity>(app, entities).await;
    add::<catalog::entity::attribute::Entity>(app, entities).await;
    add::<catalog::entity::attribute_value::Entity>(app, entities).await;
    add::<catalog::entity::price::Entity>(app, entities).await;
    add::<catalog::entity::bundle_part::Entity>(app, entities).await;
    add::<catalog::entity::meal_plan::Entity>(app, entities).await;
    add::<catalog::entity::meal_day::Entity>(app, entities).await;
    add::<catalog::entity::alert::Entity>(app, entities).await;
    add::<catalog::entity::import::Entity>(app, entities).await;
    add::<catalog::entity::import_note::Entity>(app, entities).await;
    add::<catalog::entity::picture_source::Entity>(app, entities).await;
    add::<catalog::entity::translation::Entity>(app, entities).await;
    add::<catalog::entity::slug::Entity>(app, entities).await;
    add::<catalog::entity::schedule::Entity>(app, entities).await;
    add::<catalog::entity::revision::Entity>(app, entities).await;
    add::<catalog::entity::waiting_image::Entity>(app, entities).await;
    add::<catalog::entity::banned_word::Entity>(app, entities).await;
    add::<catalog::entity::report::Entity>(app, entities).await;
    add::<catalog::entity::count::Entity>(app, entities).await;
    add::<catalog::entity::count_line::Entity>(app, entities).await;
}

async fn add_sales(app: &TestApp, entities: &mut Tables) {
    add::<cart::entity::cart::Entity>(app, entities).await;
    add::<cart::entity::line::Entity>(app, entities).await;
    add::<orders::entity::purchase::Entity>(app, entities).await;
    add::<orders::entity::order::Entity>(app, entities).await;
    add::<orders::entity::line::Entity>(app, entities).await;
    add::<orders::entity::event::Entity>(app, entities).await;
    add::<payments::entity::payment::Entity>(app, entities).await;
    add::<payments::entity::refund::Entity>(app, entities).await;
    add::<payments::entity::account::Entity>(app, entities).await;
    add::<payments::entity::transfer::Entity>(app, entities).await;
}

async fn add_office(app: &TestApp, entities: &mut Tables) {
    add::<office::entity::import::Entity>(app, entities).await;
    add::<office::entity::note::Entity>(app, entities).await;
    add::<office::entity::duplicate::Entity>(app, entities).await;
    add::<office::entity::register::Entity>(app, entities).await;
    add::<office::entity::survey::Entity>(app, entities).await;
    add::<office::entity::training::Entity>(app, entities).await;
    add::<office::entity::participant::Entity>(app, entities).await;
    add::<office::entity::template::Entity>(app, entities).await;
    add::<office::entity::assignment::Entity>(app, entities).await;
    add::<office::entity::claim_code::Entity>(app, entities).await;
    add::<office::entity::claim::Entity>(app, entities).await;
    add::<vendors::entity::merge::Entity>(app, entities).await;
}

/// Notes what an entity says, and that it can be selected.
async fn add<E>(app: &TestApp, entities: &mut Tables)
where
    E: EntityTrait + Default,
    E::Column: Iterable,
{
    let columns =
        E::Column::iter().map(|column| (column.as_str().to_owned(), column.def().is_null())).collect();
    let table = E::default().table_name().to_owned();
    E::find().all(app.db.read()).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    assert!(entities.insert(table.clone(), columns).is_none(), "{table} is listed twice");
}

async fn schema(db: &Db) -> Tables {
    let sql = match db.backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS table_name, c.name AS column_name, (c.\"notnull\" = 0 AND c.pk = 0) AS nullable
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT table_name::text AS table_name, column_name::text AS column_name, is_nullable = 'YES' AS nullable
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows =
        ColumnRow::find_by_statement(Statement::from_string(db.backend(), sql)).all(db.read()).await.unwrap();
    let mut tables = Tables::new();
    for row in rows {
        tables.entry(row.table_name).or_default().insert(row.column_name, row.nullable);
    }
    tables
}
