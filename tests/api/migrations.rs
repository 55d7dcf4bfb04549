//! The schema goes up, down and up again, and is what the entities say.

mod brought;

use std::collections::{BTreeMap, BTreeSet};

use lapak::config::{Config, Environment};
use lapak::platform::db::Db;
use lapak::{
    cart, catalog, documents, identity, notifications, office, orders, payments, platform, procurement,
    settlement, tax, vendors, web,
};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable, Statement};

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
    add_news_and_papers(&app, &mut entities).await;
    let mut schema = schema(&app.db).await;
    for (table, reason) in NO_ENTITY {
        assert!(schema.remove(*table).is_some(), "{table} ({reason}) is gone");
    }
    let tables = |tables: &Tables| tables.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(tables(&entities), tables(&schema), "entities and tables, one by one");
    assert_eq!(entities, schema, "columns and whether they may be null");
}

async fn add_news_and_papers(app: &TestApp, entities: &mut Tables) {
    add::<platform::news::entity::Entity>(app, entities).await;
    add::<notifications::entity::notification::Entity>(app, entities).await;
    add::<notifications::entity::language::Entity>(app, entities).await;
    add::<notifications::entity::choice::Entity>(app, entities).await;
    add::<notifications::entity::ticket::Entity>(app, entities).await;
    add::<documents::entity::counter::Entity>(app, entities).await;
    add::<documents::entity::document::Entity>(app, entities).await;
    add::<documents::entity::file::Entity>(app, entities).await;
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
    add_fulfilment(app, entities).await;
    add::<payments::entity::payment::Entity>(app, entities).await;
    add::<payments::entity::refund::Entity>(app, entities).await;
    add::<payments::entity::refund_line::Entity>(app, entities).await;
    add::<payments::entity::account::Entity>(app, entities).await;
    add::<tax::entity::rule::Entity>(app, entities).await;
    add::<tax::entity::order_tax::Entity>(app, entities).await;
    add::<tax::entity::profile::Entity>(app, entities).await;
    add::<tax::entity::letter::Entity>(app, entities).await;
    add::<tax::entity::year::Entity>(app, entities).await;
    add::<settlement::entity::commission_rule::Entity>(app, entities).await;
    add::<settlement::entity::order_commission::Entity>(app, entities).await;
    add::<settlement::entity::order_terms::Entity>(app, entities).await;
    add::<settlement::entity::batch::Entity>(app, entities).await;
    add::<settlement::entity::payout::Entity>(app, entities).await;
    add::<procurement::entity::duty_rule::Entity>(app, entities).await;
    add::<procurement::entity::approval_rule::Entity>(app, entities).await;
    add::<procurement::entity::budget_line::Entity>(app, entities).await;
    add::<payments::entity::transfer::Entity>(app, entities).await;
    gateways(app, entities).await;
}

async fn gateways(app: &TestApp, entities: &mut Tables) {
    add::<payments::entity::charge::Entity>(app, entities).await;
    add::<payments::entity::event::Entity>(app, entities).await;
    add::<payments::entity::repayment::Entity>(app, entities).await;
    add::<payments::entity::refund_account::Entity>(app, entities).await;
    add::<payments::entity::bank_statement::Entity>(app, entities).await;
    add::<payments::entity::bank_line::Entity>(app, entities).await;
    add::<vendors::entity::payment_settings::Entity>(app, entities).await;
    add::<platform::gateways::sandbox::Entity>(app, entities).await;
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

async fn add_fulfilment(app: &TestApp, entities: &mut Tables) {
    add::<platform::calendar::Entity>(app, entities).await;
    add::<orders::entity::act::Entity>(app, entities).await;
    add::<orders::entity::conversation::Entity>(app, entities).await;
    add::<orders::entity::dispute::Entity>(app, entities).await;
    add::<orders::entity::dispute_post::Entity>(app, entities).await;
    add::<orders::entity::file::Entity>(app, entities).await;
    add::<orders::entity::message::Entity>(app, entities).await;
    add::<orders::entity::return_line::Entity>(app, entities).await;
    add::<orders::entity::returns::Entity>(app, entities).await;
    add::<orders::entity::shipment::Entity>(app, entities).await;
    add::<orders::entity::shipment_line::Entity>(app, entities).await;
}
