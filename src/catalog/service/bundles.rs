//! What bundles are made of.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, LockType, Query};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::catalog::entity::bundle_part::{ActiveModel, Column, Entity};
use crate::catalog::entity::product::{self, StockMode};
use crate::catalog::entity::variant;
use crate::catalog::error::{CatalogError, MealError};
use crate::catalog::model::NewVariant;
use crate::catalog::model::goods::Part;
use crate::catalog::query::relations::product_of_variant;
use crate::kernel::fields::{Fault, Fields};
use crate::kernel::{ProductId, VariantId, VendorId};

/// Bundles with what they are to be made of, each with the place of its fault in the request.
pub(super) struct Made {
    pub bundle_id: VariantId,
    pub parts: Vec<Part>,
    pub pointer: String,
}

/// Locks bundles with all that they are to be made of, and what changes with them, in the order of keys: two edits at once see
/// each other. Orders, which hold on to variants, do not wait for it.
pub(super) async fn lock(
    txn: &DatabaseTransaction,
    (bundles, added, changed): (&[Made], &[NewVariant], &[VariantId]),
) -> Result<(), DbErr> {
    let of_new = added.iter().flat_map(|new| &new.goods.parts);
    let parts = bundles.iter().flat_map(|made| &made.parts).chain(of_new).map(|part| part.variant_id);
    let mut all: BTreeSet<VariantId> = parts.collect();
    if all.is_empty() && bundles.is_empty() {
        return Ok(());
    }
    all.extend(changed);
    locked(txn, variant::Column::Id.is_in(all)).await
}

/// Refuses to stop counting what bundles are made of.
pub(super) async fn stay_counted(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    mode: Option<StockMode>,
) -> Result<(), CatalogError> {
    if mode.is_none_or(|mode| mode == StockMode::Tracked) {
        return Ok(());
    }
    // Whoever makes a bundle of it now has these locked, too.
    locked(txn, variant::Column::ProductId.eq(product_id)).await?;
    let own = Query::select()
        .column(variant::Column::Id)
        .from(variant::Entity)
        .and_where(variant::Column::ProductId.eq(product_id))
        .take();
    let used = Entity::find().filter(Column::PartId.in_subquery(own)).limit(1).one(txn).await?;
    if used.is_some() { Err(MealError::PartOfBundle.into()) } else { Ok(()) }
}

async fn locked(txn: &DatabaseTransaction, which: Expr) -> Result<(), DbErr> {
    let rows = variant::Entity::find().select_only().column(variant::Column::Id).filter(which);
    let rows = rows.order_by_asc(variant::Column::Id).lock(LockType::NoKeyUpdate);
    rows.into_tuple::<VariantId>().all(txn).await?;
    Ok(())
}

/// Writes what bundles are made of, anew. Parts are counted articles of the same shop, and no bundles themselves; what is a part
/// becomes no bundle.
pub(super) async fn write(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    bundles: &[Made],
) -> Result<(), CatalogError> {
    if bundles.is_empty() {
        return Ok(());
    }
    let ids: Vec<VariantId> = bundles.iter().map(|made| made.bundle_id).collect();
    lock(txn, (bundles, &[], &ids)).await?;
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
    let parts = parts_elsewhere(txn, bundles).await?;
    let mut fields = Fields::new();
    for made in bundles {
        if !made.parts.is_empty() && parts.contains(&made.bundle_id) {
            fields.push(format!("{}/parts", made.pointer), is_part());
        }
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

/// Those of the bundles that other bundles are made of.
async fn parts_elsewhere(txn: &DatabaseTransaction, bundles: &[Made]) -> Result<BTreeSet<VariantId>, DbErr> {
    let ids = || bundles.iter().map(|made| made.bundle_id);
    let found = Entity::find().filter(Column::PartId.is_in(ids())).filter(Column::BundleId.is_not_in(ids()));
    Ok(found.all(txn).await?.into_iter().map(|part| part.part_id).collect())
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

fn is_part() -> Fault {
    Fault::new(
        "is-part",
        "Varian ini bagian dari paket lain, jadi tidak bisa menjadi paket.",
        "This variant is a part of another bundle, so it cannot become one.",
    )
}
