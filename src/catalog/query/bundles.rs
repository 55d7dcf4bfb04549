//! What bundles are made of.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::catalog::entity::product::Status;
use crate::catalog::entity::{bundle_part, product, stock, variant};
use crate::kernel::{ProductId, VariantId};
use crate::platform::db;

/// A part of a bundle, with what it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PartRow {
    pub bundle_id: VariantId,
    pub part_id: VariantId,
    /// Of it in one bundle.
    pub quantity: i32,
    pub product_id: ProductId,
    pub title: String,
    pub sku: String,
    pub options: String,
    pub unit: String,
    pub on_hand: i32,
    pub reserved: i32,
    pub status: Status,
}

impl PartRow {
    /// True if it is sold now; what is paused or taken down is not sold in a bundle either.
    pub fn is_for_sale(&self) -> bool {
        self.status == Status::Published
    }

    /// How many bundles it is enough for.
    fn enough_for(&self) -> i32 {
        if self.is_for_sale() { (self.on_hand - self.reserved) / Ord::max(self.quantity, 1) } else { 0 }
    }
}

/// The parts of bundles, in the order of their keys, in one statement.
pub async fn parts_of(db: &impl ConnectionTrait, bundles: &[VariantId]) -> Result<Vec<PartRow>, DbErr> {
    if bundles.is_empty() {
        return Ok(Vec::new());
    }
    let part = Expr::col((bundle_part::Entity, bundle_part::Column::PartId));
    let article = Expr::col((variant::Entity, variant::Column::Id))
        .equals((bundle_part::Entity, bundle_part::Column::PartId));
    let page = Expr::col((product::Entity, product::Column::Id))
        .equals((variant::Entity, variant::Column::ProductId));
    let shelf =
        Expr::col((stock::Entity, stock::Column::VariantId)).equals((variant::Entity, variant::Column::Id));
    let mut select = Query::select();
    select
        .from(bundle_part::Entity)
        .join(JoinType::InnerJoin, variant::Entity, article)
        .join(JoinType::InnerJoin, product::Entity, page)
        .join(JoinType::InnerJoin, stock::Entity, shelf)
        .columns([
            (bundle_part::Entity, bundle_part::Column::BundleId),
            (bundle_part::Entity, bundle_part::Column::PartId),
            (bundle_part::Entity, bundle_part::Column::Quantity),
        ])
        .columns([
            (variant::Entity, variant::Column::ProductId),
            (variant::Entity, variant::Column::Sku),
            (variant::Entity, variant::Column::Options),
        ])
        .columns(
            [product::Column::Title, product::Column::Unit, product::Column::Status]
                .map(|column| (product::Entity, column)),
        )
        .columns([(stock::Entity, stock::Column::OnHand), (stock::Entity, stock::Column::Reserved)])
        .and_where(
            Expr::col((bundle_part::Entity, bundle_part::Column::BundleId)).is_in(bundles.iter().copied()),
        )
        .order_by((bundle_part::Entity, bundle_part::Column::BundleId), sea_orm::Order::Asc)
        .order_by_expr(part, sea_orm::Order::Asc);
    db::all(db, &select).await
}

/// The parts of those variants that are bundles; no statement if none is.
pub async fn parts_among<'a>(
    db: &impl ConnectionTrait,
    variants: impl Iterator<Item = &'a variant::Model>,
) -> Result<Vec<PartRow>, DbErr> {
    let bundles: Vec<VariantId> = variants.filter(|row| row.is_bundle).map(|row| row.id).collect();
    parts_of(db, &bundles).await
}

/// How many of a bundle its parts allow.
pub fn allowed(parts: &[PartRow], bundle: VariantId) -> i32 {
    let of_bundle = parts.iter().filter(|part| part.bundle_id == bundle);
    of_bundle.map(PartRow::enough_for).min().unwrap_or(0)
}
