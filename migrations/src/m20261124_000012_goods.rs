//! Goods as they are really sold: typed attributes, units, sale prices, wishes for one piece, bundles, and portions of a day.
//!
//! The attributes that every installation starts with are data of this step: once it is frozen, `config/attributes.csv` is, too.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::sea_orm::prelude::{ChronoDateTimeUtc, Uuid};

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE category_attributes (
    id {uuid} PRIMARY KEY,
    category_id {uuid} NOT NULL REFERENCES categories (id),
    key text NOT NULL,
    name_id text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    unit text,
    choices text NOT NULL,
    required {bool} NOT NULL,
    filterable {bool} NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX category_attributes_key ON category_attributes (category_id, key);

CREATE TABLE product_attribute_values (
    product_id {uuid} NOT NULL REFERENCES products (id),
    key text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (product_id, key, value)
);
CREATE INDEX product_attribute_values_filter ON product_attribute_values (key, value, product_id);

CREATE TABLE price_history (
    id {uuid} PRIMARY KEY,
    variant_id {uuid} NOT NULL REFERENCES variants (id),
    price bigint NOT NULL,
    is_sale {bool} NOT NULL,
    starts_at {time} NOT NULL,
    ends_at {time},
    CONSTRAINT price_history_price CHECK (price > 0)
);
CREATE INDEX price_history_variant ON price_history (variant_id, starts_at);

CREATE TABLE bundle_parts (
    bundle_id {uuid} NOT NULL REFERENCES variants (id),
    part_id {uuid} NOT NULL REFERENCES variants (id),
    quantity integer NOT NULL,
    PRIMARY KEY (bundle_id, part_id),
    CONSTRAINT bundle_parts_quantity CHECK (quantity > 0 AND bundle_id <> part_id)
);
CREATE INDEX bundle_parts_part ON bundle_parts (part_id);

CREATE TABLE meal_plans (
    product_id {uuid} PRIMARY KEY REFERENCES products (id),
    weekdays text NOT NULL,
    cutoff_hours integer,
    cutoff_days integer,
    cutoff_minute integer,
    windows text NOT NULL,
    districts text NOT NULL,
    version integer NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE meal_days (
    product_id {uuid} NOT NULL REFERENCES products (id),
    day text NOT NULL,
    planned integer NOT NULL,
    capacity integer NOT NULL,
    taken integer NOT NULL,
    is_exception {bool} NOT NULL,
    is_closed {bool} NOT NULL,
    is_sold_out {bool} NOT NULL,
    PRIMARY KEY (product_id, day),
    CONSTRAINT meal_days_taken CHECK (taken >= 0 AND taken <= capacity AND planned >= 0 AND planned <= capacity)
) {hot};

ALTER TABLE products ADD COLUMN quantity_step integer NOT NULL DEFAULT 1 CHECK (quantity_step >= 1);
ALTER TABLE products ADD COLUMN personalisation text NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN unit_price bigint CHECK (unit_price >= 0);
ALTER TABLE products ADD COLUMN unit_price_per text;
CREATE INDEX products_unit_price ON products (unit_price_per, unit_price, id);
ALTER TABLE product_images ADD COLUMN alt text;
ALTER TABLE variants ADD COLUMN content_amount bigint CHECK (content_amount > 0);
ALTER TABLE variants ADD COLUMN content_unit text;
ALTER TABLE variants ADD COLUMN sale_price bigint CHECK (sale_price > 0);
ALTER TABLE variants ADD COLUMN sale_from {time};
ALTER TABLE variants ADD COLUMN sale_to {time};
ALTER TABLE variants ADD COLUMN sale_before bigint;
ALTER TABLE variants ADD COLUMN is_bundle {bool} NOT NULL DEFAULT false;
ALTER TABLE cart_lines ADD COLUMN personalisation text;
ALTER TABLE order_lines ADD COLUMN personalisation text;
ALTER TABLE order_lines ADD COLUMN surcharge bigint NOT NULL DEFAULT 0 CHECK (surcharge >= 0);
ALTER TABLE order_lines ADD COLUMN parent_id {uuid};
ALTER TABLE order_lines ADD COLUMN portion_date text;
";

const DOWN: &str = "
DROP INDEX products_unit_price;
ALTER TABLE order_lines DROP COLUMN portion_date;
ALTER TABLE order_lines DROP COLUMN parent_id;
ALTER TABLE order_lines DROP COLUMN surcharge;
ALTER TABLE order_lines DROP COLUMN personalisation;
ALTER TABLE cart_lines DROP COLUMN personalisation;
ALTER TABLE variants DROP COLUMN is_bundle;
ALTER TABLE variants DROP COLUMN sale_before;
ALTER TABLE variants DROP COLUMN sale_to;
ALTER TABLE variants DROP COLUMN sale_from;
ALTER TABLE variants DROP COLUMN sale_price;
ALTER TABLE variants DROP COLUMN content_unit;
ALTER TABLE variants DROP COLUMN content_amount;
ALTER TABLE product_images DROP COLUMN alt;
ALTER TABLE products DROP COLUMN unit_price_per;
ALTER TABLE products DROP COLUMN unit_price;
ALTER TABLE products DROP COLUMN personalisation;
ALTER TABLE products DROP COLUMN quantity_step;
";

const ATTRIBUTES: &str = include_str!("../../config/attributes.csv");

/// Ids are the same everywhere: UUIDv7 of 2026-11-24 with the number of the row.
const FIRST_ID: u128 = 0x019a_b30d_d800_7000_8001_0000_0000_0000;

/// The columns that the file names; what is left is the same for all rows.
const COLUMNS: [&str; 14] = [
    "id",
    "category_id",
    "key",
    "name_id",
    "name_en",
    "kind",
    "unit",
    "choices",
    "required",
    "filterable",
    "position",
    "version",
    "created_at",
    "updated_at",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        manager.execute(insert(ATTRIBUTES)?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, DOWN).await?;
        sql::drop_tables(
            manager,
            &[
                "meal_days",
                "meal_plans",
                "bundle_parts",
                "price_history",
                "product_attribute_values",
                "category_attributes",
            ],
        )
        .await
    }
}

/// The seed; rows of one category stand in their order.
fn insert(attributes: &str) -> Result<InsertStatement, DbErr> {
    let bad = |error: &dyn std::fmt::Display| DbErr::Custom(format!("config/attributes.csv: {error}"));
    let mut reader = csv::Reader::from_reader(attributes.as_bytes());
    let rows: Vec<[String; 8]> =
        reader.deserialize().collect::<Result<_, _>>().map_err(|error| bad(&error))?;
    let made: ChronoDateTimeUtc = "2026-11-24T00:00:00Z".parse().map_err(|error| bad(&error))?;
    let mut insert = Query::insert();
    insert.into_table("category_attributes").columns(COLUMNS);
    for (position, row) in (1_i32..).zip(&rows) {
        let [category, key, name_id, name_en, kind, unit, choices, filterable] = row;
        let of = Query::select()
            .column("id")
            .from("categories")
            .and_where(Expr::col("slug").eq(category.as_str()))
            .take();
        let number = u128::try_from(position).map_err(|error| bad(&error))?;
        insert
            .values([
                Uuid::from_u128(FIRST_ID + number).into(),
                Expr::from(of),
                key.as_str().into(),
                name_id.as_str().into(),
                name_en.as_str().into(),
                kind.as_str().into(),
                (!unit.is_empty()).then(|| unit.clone()).into(),
                encoded(choices).into(),
                false.into(),
                (filterable == "yes").into(),
                position.into(),
                1.into(),
                made.into(),
                made.into(),
            ])
            .map_err(|error| bad(&error))?;
    }
    Ok(insert)
}

/// `a|b` as a JSON list.
fn encoded(choices: &str) -> String {
    let quoted = choices.split('|').filter(|choice| !choice.is_empty()).map(|choice| format!("\"{choice}\""));
    format!("[{}]", quoted.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_is_whole() {
        let sql = insert(ATTRIBUTES).unwrap().to_string(SqliteQueryBuilder);
        assert!(sql.matches("FROM \"categories\"").count() > 40);
        assert_eq!(encoded("a|b"), r#"["a","b"]"#);
        assert_eq!(encoded(""), "[]");
    }
}
