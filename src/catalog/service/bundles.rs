//! What bundles are made of.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, Set,
};

use crate::catalog::entity::bundle_part::{ActiveModel, Column, Entity};
use crate::catalog::entity::product::{self, StockMode};
use crate::catalog::entity::variant;
use crate::catalog::error::CatalogError;
use crate::catalog::model::goods::Part;
use crate::catalog::query::relations::product_of_variant;
use crate::kernel::fields::{Fault, Fields};
use crate::kernel::{VariantId, VendorId};

/// Bundles with what they are to be made of, each with the place of its fault in the request.
pub(super) struct Made {
    pub bundle_id: VariantId,
    pub parts: Vec<Part>,
    pub pointer: String,
}

/// Writes what bundles are made of, anew. Parts are counted articles of the same shop, and no bundles themselves.
pub(super) async fn write(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    bundles: &[Made],
) -> Result<(), CatalogError> {
    if bundles.is_empty() {
        return Ok(());
    }
    let wanted: BTreeSet<VariantId> =
        bundles.iter().flat_map(|made| made.parts.iter().map(|part| part.variant_id)).collect();
    let found = variant::Entity::find()
        .join(JoinType::InnerJoin, product_of_variant())
        .select_also(product::Entity)
        .filter(variant::Column::Id.is_in(wanted.iter().copied()))
        .filter(variant::Column::VendorId.eq(vendor_id))
        .all(txn)
        .await?;
    let counted = |product: &Option<product::Model>| {
        product.as_ref().is_some_and(|product| product.stock_mode == StockMode::Tracked)
    };
    let usable: BTreeSet<VariantId> = found
        .iter()
        .filter(|(part, product)| !part.is_bundle && counted(product))
        .map(|(part, _)| part.id)
        .collect();
    let mut fields = Fields::new();
    for made in bundles {
        for (index, part) in made.parts.iter().enumerate() {
            if !usable.contains(&part.variant_id) || part.variant_id == made.bundle_id {
                fields.push(format!("{}/parts/{index}/variant_id", made.pointer), no_part());
            }
        }
    }
    if fields.any() {
        return Err(CatalogError::Invalid(fields.into_errors()));
    }
    replace(txn, bundles).await
}

async fn replace(txn: &DatabaseTransaction, bundles: &[Made]) -> Result<(), CatalogError> {
    let ids = bundles.iter().map(|made| made.bundle_id);
    Entity::delete_many().filter(Column::BundleId.is_in(ids)).exec(txn).await?;
    let rows = bundles.iter().flat_map(|made| made.parts.iter().map(|part| row(made.bundle_id, *part)));
    let rows: Vec<ActiveModel> = rows.collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Makes twins of bundles of the same parts.
pub(super) async fn copy(
    txn: &DatabaseTransaction,
    twins: &BTreeMap<VariantId, VariantId>,
) -> Result<(), DbErr> {
    let stored = Entity::find().filter(Column::BundleId.is_in(twins.keys().copied())).all(txn).await?;
    let rows: Vec<ActiveModel> = stored
        .into_iter()
        .filter_map(|part| {
            let twin = twins.get(&part.bundle_id)?;
            Some(row(*twin, Part { variant_id: part.part_id, quantity: part.quantity }))
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

fn row(bundle_id: VariantId, part: Part) -> ActiveModel {
    ActiveModel { bundle_id: Set(bundle_id), part_id: Set(part.variant_id), quantity: Set(part.quantity) }
}

fn no_part() -> Fault {
    Fault::new(
        "no-part",
        "Bagian harus barang toko ini yang stoknya dihitung, dan bukan paket.",
        "A part must be a counted article of this shop, and no bundle.",
    )
}
