//! How the tables hang together, for joins.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{EntityTrait, RelationDef};

use crate::catalog::entity::{category, image, meal_plan, product, stock, variant};
use crate::vendors::entity::vendor;

/// The shop of a product.
pub fn vendor_of_product() -> RelationDef {
    product::Entity::belongs_to(vendor::Entity).from(product::Column::VendorId).to(vendor::Column::Id).into()
}

/// The category of a product.
pub fn category_of_product() -> RelationDef {
    product::Entity::belongs_to(category::Entity)
        .from(product::Column::CategoryId)
        .to(category::Column::Id)
        .into()
}

/// The stock of a variant.
pub fn stock_of_variant() -> RelationDef {
    variant::Entity::belongs_to(stock::Entity).from(variant::Column::Id).to(stock::Column::VariantId).into()
}

/// The product of a variant.
pub fn product_of_variant() -> RelationDef {
    variant::Entity::belongs_to(product::Entity)
        .from(variant::Column::ProductId)
        .to(product::Column::Id)
        .into()
}

/// What can be promised of the variant in the query, whose stock is joined: of a bundle as many as its parts allow.
pub fn available() -> Expr {
    Expr::cust(
        "CASE WHEN variants.is_bundle THEN COALESCE((
             SELECT MIN((part_stock.on_hand - part_stock.reserved) / bundle_parts.quantity)
             FROM bundle_parts JOIN stock part_stock ON part_stock.variant_id = bundle_parts.part_id
             WHERE bundle_parts.bundle_id = variants.id), 0)
         ELSE stock.on_hand - stock.reserved END",
    )
}

/// `SELECT` of the first picture of the product in the outer query.
pub fn first_image() -> SelectStatement {
    Query::select()
        .column((image::Entity, image::Column::Id))
        .from(image::Entity)
        .and_where(
            Expr::col((image::Entity, image::Column::ProductId))
                .equals((product::Entity, product::Column::Id)),
        )
        .order_by((image::Entity, image::Column::Position), sea_orm::Order::Asc)
        .limit(1)
        .to_owned()
}

/// True if somebody said when the daily product in the outer query is made; until then nobody can order it.
pub fn planned() -> Expr {
    let plan = Query::select()
        .expr(Expr::value(1))
        .from(meal_plan::Entity)
        .and_where(
            Expr::col((meal_plan::Entity, meal_plan::Column::ProductId))
                .equals((product::Entity, product::Column::Id)),
        )
        .to_owned();
    Expr::from(plan).is_not_null()
}

/// True if a piece of any variant of the product in the outer query can be promised.
pub fn in_stock() -> Expr {
    let available = Query::select()
        .expr(Expr::value(1))
        .from(variant::Entity)
        .inner_join(
            stock::Entity,
            Expr::col((stock::Entity, stock::Column::VariantId))
                .equals((variant::Entity, variant::Column::Id)),
        )
        .and_where(
            Expr::col((variant::Entity, variant::Column::ProductId))
                .equals((product::Entity, product::Column::Id)),
        )
        .and_where(available().gt(0))
        .limit(1)
        .to_owned();
    // Not EXISTS: PostgreSQL would rather hash the whole stock than look for the few variants of a page.
    let available = Expr::from(available).is_not_null();
    let mode = |name: &str| Expr::col((product::Entity, product::Column::StockMode)).eq(name);
    mode("made_to_order").or(mode("tracked").and(available)).or(mode("daily").and(planned()))
}
