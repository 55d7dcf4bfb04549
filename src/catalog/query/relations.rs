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

/// The product of a variant.
pub fn product_of_variant() -> RelationDef {
    variant::Entity::belongs_to(product::Entity)
        .from(variant::Column::ProductId)
        .to(product::Column::Id)
        .into()
}

/// Pieces of the variant in the query that are sold and have not left yet: those of paid and accepted orders. An order keeps the
/// shop it was placed with, so those of shops that became this one are looked through, too.
pub fn to_hand_over() -> Expr {
    Expr::cust(
        "(SELECT CAST(COALESCE(SUM(sold.quantity), 0) AS integer)
          FROM (SELECT variants.vendor_id AS id UNION ALL
                SELECT from_id AS id FROM vendor_merges WHERE current_id = variants.vendor_id) shops
          JOIN orders ON orders.vendor_id = shops.id AND orders.status IN ('paid', 'accepted')
          JOIN order_lines sold ON sold.order_id = orders.id
          WHERE sold.variant_id = variants.id AND sold.reservation = 'committed' AND sold.portion_date IS NULL)",
    )
}

/// What can be promised of the variant in the query, whose stock is joined: of a bundle as many as its parts allow. A part that is
/// not for sale itself allows none.
pub fn available() -> Expr {
    Expr::cust(
        "CASE WHEN variants.is_bundle THEN COALESCE((
             SELECT MIN(CASE WHEN part_product.status = 'published'
                             THEN (part_stock.on_hand - part_stock.reserved) / bundle_parts.quantity ELSE 0 END)
             FROM bundle_parts JOIN stock part_stock ON part_stock.variant_id = bundle_parts.part_id
             JOIN variants part ON part.id = bundle_parts.part_id
             JOIN products part_product ON part_product.id = part.product_id
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

/// True if something of the product in the outer query can be ordered: a counted variant or a bundle of which a piece can be
/// promised, what is made to order, and what is made by the day if its shop makes it on any day. That today is sold out or closed
/// does not count: the next day can be ordered.
pub fn in_stock() -> Expr {
    let uncounted = Expr::cust("NOT variants.is_bundle AND products.stock_mode <> 'tracked'");
    let sellable = Query::select()
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
        .and_where(available().gt(0).or(uncounted))
        .limit(1)
        .to_owned();
    // Not EXISTS: PostgreSQL would rather hash the whole stock than look for the few variants of a page.
    let sellable = Expr::from(sellable).is_not_null();
    let by_the_day = Expr::col((product::Entity, product::Column::StockMode)).eq("daily");
    sellable.and(by_the_day.not().or(made_some_day()))
}

/// True if the product in the outer query has a plan that is no rest all week, or a day of its own on which something is left.
fn made_some_day() -> Expr {
    Expr::cust(
        "(SELECT 1 FROM meal_plans WHERE meal_plans.product_id = products.id
              AND (meal_plans.weekdays <> '[0,0,0,0,0,0,0]'
                   OR (SELECT 1 FROM meal_days WHERE meal_days.product_id = products.id AND meal_days.is_exception
                           AND NOT meal_days.is_closed AND NOT meal_days.is_sold_out
                           AND meal_days.capacity > meal_days.taken LIMIT 1) IS NOT NULL)) IS NOT NULL",
    )
}
