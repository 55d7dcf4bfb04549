//! Categories, products, variants, stock with its journal, and the feed of the search index.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE categories (
    id {uuid} PRIMARY KEY,
    slug text NOT NULL,
    name_id text NOT NULL,
    name_en text NOT NULL,
    parent_id {uuid} REFERENCES categories (id),
    tax_class text NOT NULL,
    account_codes text NOT NULL,
    required_papers text NOT NULL,
    position integer NOT NULL
);
CREATE UNIQUE INDEX categories_slug ON categories (slug);

CREATE TABLE products (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    category_id {uuid} NOT NULL REFERENCES categories (id),
    slug text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    status text NOT NULL,
    attributes text NOT NULL,
    unit text NOT NULL,
    min_order integer NOT NULL,
    lead_time_days integer NOT NULL,
    stock_mode text NOT NULL,
    tax_class text NOT NULL,
    price_min bigint NOT NULL,
    price_max bigint NOT NULL,
    rating integer NOT NULL,
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    published_at {time},
    CONSTRAINT products_min_order CHECK (min_order >= 1),
    CONSTRAINT products_lead_time CHECK (lead_time_days >= 0),
    CONSTRAINT products_prices CHECK (price_min > 0 AND price_max >= price_min)
);
CREATE UNIQUE INDEX products_slug ON products (slug);
CREATE INDEX products_vendor ON products (vendor_id, id);
CREATE INDEX products_category ON products (category_id, id);
CREATE INDEX products_status ON products (status, id);

CREATE TABLE product_reviews (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES products (id),
    from_status text NOT NULL,
    to_status text NOT NULL,
    note text,
    actor_id {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE INDEX product_reviews_product ON product_reviews (product_id, id);

CREATE TABLE product_images (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES products (id),
    position integer NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX product_images_product ON product_images (product_id, position);

CREATE TABLE variants (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES products (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    sku text NOT NULL,
    price bigint NOT NULL,
    tiers text NOT NULL,
    options text NOT NULL,
    weight_g integer,
    position integer NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT variants_price CHECK (price > 0),
    CONSTRAINT variants_weight CHECK (weight_g IS NULL OR weight_g >= 0)
);
CREATE UNIQUE INDEX variants_sku ON variants (vendor_id, sku);
CREATE INDEX variants_product ON variants (product_id, position);

CREATE TABLE stock (
    variant_id {uuid} PRIMARY KEY REFERENCES variants (id),
    on_hand integer NOT NULL,
    reserved integer NOT NULL,
    CONSTRAINT stock_on_hand CHECK (on_hand >= 0),
    CONSTRAINT stock_reserved CHECK (reserved >= 0 AND reserved <= on_hand)
) {hot};

CREATE TABLE stock_movements (
    id {uuid} PRIMARY KEY,
    variant_id {uuid} NOT NULL REFERENCES variants (id),
    delta integer NOT NULL,
    reason text NOT NULL,
    order_id {uuid},
    actor_id {uuid},
    created_at {time} NOT NULL
);
CREATE INDEX stock_movements_variant ON stock_movements (variant_id, id);

CREATE TABLE catalog_changes (
    seq {sequence},
    xid {xid},
    product_id {uuid} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX catalog_changes_feed ON catalog_changes (xid, seq);
CREATE INDEX catalog_changes_age ON catalog_changes (created_at);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        // Wakes the index feeds of every instance when the transaction commits.
        sql::only(
            manager,
            DbBackend::Postgres,
            &[
                "CREATE FUNCTION lapak_catalog_wake() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_notify('lapak_catalog', ''); RETURN NULL; END $$",
                "CREATE TRIGGER catalog_changes_wake AFTER INSERT ON catalog_changes
             FOR EACH STATEMENT EXECUTE FUNCTION lapak_catalog_wake()",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(
            manager,
            &[
                "catalog_changes",
                "stock_movements",
                "stock",
                "variants",
                "product_images",
                "product_reviews",
                "products",
                "categories",
            ],
        )
        .await?;
        sql::only(manager, DbBackend::Postgres, &["DROP FUNCTION lapak_catalog_wake()"]).await
    }
}
