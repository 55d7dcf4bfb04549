//! How the tables hang together, for joins.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{EntityTrait, RelationDef};

use crate::catalog::entity::{category, image, product, stock, variant};
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
        .and_where(
            Expr::col((stock::Entity, stock::Column::OnHand))
                .gt(Expr::col((stock::Entity, stock::Column::Reserved))),
        )
        .limit(1)
        .to_owned();
    // Not EXISTS: PostgreSQL would rather hash the whole stock than look for the few variants of a page.
    let available = Expr::from(available).is_not_null();
    Expr::col((product::Entity, product::Column::StockMode)).ne("tracked").or(available)
}
