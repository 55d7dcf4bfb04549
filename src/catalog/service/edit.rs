//! Edits of a product, all or nothing, on the version that the editor has seen.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::Value;

use super::create::{Owner, insert_variants, price_range, upsert_variants};
use super::publish::set_status;
use super::revise::keep;
use super::words::check_patch;
use super::{SKU, options_of, taken_skus};
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::product::{Column, Entity, Status};
use crate::catalog::entity::{product, variant};
use crate::catalog::error::{CatalogError, unknown_category};
use crate::catalog::model::draft::check_set;
use crate::catalog::model::life::Mover;
use crate::catalog::model::patch::unknown_variant;
use crate::catalog::model::{Attributes, NewVariant, ProductPatch, VariantPatch};
use crate::catalog::query::{categories, member, product_of, public::variants_of};
use crate::config::Moderation;
use crate::kernel::{FieldError, ProductId, UserId, VariantId, VendorId};

/// Which product, as seen in which version, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub vendor_id: VendorId,
    pub product_id: ProductId,
    pub version: i32,
    pub actor: UserId,
}

/// Changes a product and its variants.
/// `request` is the same as it came, to be kept where edits wait for an officer.
pub async fn edit(
    app: &App,
    seen: Seen,
    patch: ProductPatch,
    request: Value,
) -> Result<member::Details, CatalogError> {
    let skus: Vec<_> = (0..)
        .zip(&patch.variants)
        .filter_map(|(index, variant)| match variant {
            VariantPatch::Add(new) => Some((index, new.sku.clone()?, None)),
            VariantPatch::Change(change) => Some((index, change.sku.clone()?, Some(change.id))),
        })
        .collect();
    match write(app, seen, patch, request).await {
        Err(CatalogError::Db(error)) if SKU.broken_by(&error) => {
            Err(taken_skus(app.db.read(), seen.vendor_id, &skus).await)
        }
        done => done,
    }
}

async fn write(
    app: &App,
    seen: Seen,
    patch: ProductPatch,
    request: Value,
) -> Result<member::Details, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let before = product_of(&txn, seen.vendor_id, seen.product_id).await?;
    check_seen(&before, &seen)?;
    if !matches!(before.status, Status::Draft | Status::Archived) {
        check_patch(&txn, &patch).await?;
    }
    let content = patch.changes_content();
    let moderation = app.config.catalog.moderation;
    if content && before.status == Status::Published && moderation.holds_edits() {
        fits(&txn, &seen, &patch).await?;
        let row = product::ActiveModel { updated_at: Set(now), ..Default::default() };
        next_version(&txn, &seen, row).await?;
        keep(&txn, &seen, request, now).await?;
    } else {
        apply(&txn, &before, &seen, patch, now).await?;
        // It was looked at as it was before.
        if content && before.status == Status::Scheduled && moderation != Moderation::Off {
            let product = product_of(&txn, seen.vendor_id, seen.product_id).await?;
            set_status(&txn, product, (Status::InReview, Mover::Shop), now).await?;
        }
    }
    let details = member::details(&txn, seen.vendor_id, seen.product_id).await?;
    app.commit(txn).await?;
    Ok(details)
}

/// Refuses what could not be made, before it is kept to be made later.
async fn fits(txn: &DatabaseTransaction, seen: &Seen, patch: &ProductPatch) -> Result<(), CatalogError> {
    let stored = variants_of(txn, seen.product_id).await?;
    merge(stored.into_iter().map(|(row, _)| row).collect(), patch.variants.clone())?;
    changed_row(txn, patch.clone()).await?;
    Ok(())
}

/// Makes an edit on the version that was seen.
pub(super) async fn apply(
    txn: &DatabaseTransaction,
    before: &product::Model,
    seen: &Seen,
    mut patch: ProductPatch,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    check_seen(before, seen)?;
    // Variants change only together with the version, so what is read here is what is guarded below.
    let stored = variants_of(txn, seen.product_id).await?;
    let merged =
        merge(stored.into_iter().map(|(row, _)| row).collect(), std::mem::take(&mut patch.variants))?;
    let mut row = changed_row(txn, patch).await?;
    (row.price_min, row.price_max) = {
        let (min, max) = price_range(merged.prices());
        (Set(min), Set(max))
    };
    row.updated_at = Set(now);
    next_version(txn, seen, row).await?;
    let owner =
        Owner { product_id: seen.product_id, vendor_id: seen.vendor_id, actor: Some(seen.actor), now };
    merged.write(txn, &owner).await?;
    Ok(changes::touched(txn, [seen.product_id], now).await?)
}

fn check_seen(before: &product::Model, seen: &Seen) -> Result<(), CatalogError> {
    if before.version == seen.version { Ok(()) } else { Err(CatalogError::Stale) }
}

/// Writes a row as the version after the one that was seen.
async fn next_version(
    txn: &DatabaseTransaction,
    seen: &Seen,
    row: product::ActiveModel,
) -> Result<(), CatalogError> {
    let updated = Entity::update_many()
        .set(row)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(seen.product_id))
        .filter(Column::VendorId.eq(seen.vendor_id))
        .filter(Column::Version.eq(seen.version))
        .exec(txn)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(CatalogError::Stale) }
}

/// The columns that the patch names.
async fn changed_row(
    txn: &DatabaseTransaction,
    patch: ProductPatch,
) -> Result<product::ActiveModel, CatalogError> {
    let mut row = product::ActiveModel { ..Default::default() };
    if let Some(slug) = &patch.category {
        let category = categories::by_slug(txn, slug)
            .await?
            .ok_or_else(|| CatalogError::Invalid(vec![unknown_category().at("/category")]))?;
        row.category_id = Set(category.id);
        row.tax_class = Set(category.tax_class);
    }
    // The slug stays: links that are out in the world keep working.
    put(&mut row.title, patch.title);
    put(&mut row.description, patch.description);
    put(&mut row.attributes, patch.attributes.map(|attributes| attributes.encode()));
    put(&mut row.unit, patch.unit);
    put(&mut row.min_order, patch.min_order);
    put(&mut row.lead_time_days, patch.lead_time_days);
    put(&mut row.stock_mode, patch.stock_mode);
    Ok(row)
}

fn put<T: Into<sea_orm::Value>>(column: &mut ActiveValue<T>, value: Option<T>) {
    if let Some(value) = value {
        *column = Set(value);
    }
}

/// The variants after the edit.
struct Merged {
    rows: Vec<variant::Model>,
    changed: Vec<VariantId>,
    added: Vec<NewVariant>,
}

fn merge(rows: Vec<variant::Model>, patches: Vec<VariantPatch>) -> Result<Merged, CatalogError> {
    let mut merged = Merged { rows, changed: Vec::new(), added: Vec::new() };
    let mut faults: Vec<FieldError> = Vec::new();
    for (index, patch) in patches.into_iter().enumerate() {
        match patch {
            VariantPatch::Add(new) => merged.added.push(new),
            VariantPatch::Change(change) => {
                let row = merged.rows.iter_mut().find(|row| row.id == change.id);
                match row.map(|row| change.apply(row)) {
                    None => faults.push(unknown_variant().at(format!("/variants/{index}/id"))),
                    Some(Err(mut fault)) => {
                        fault.pointer.insert_str(0, &format!("/variants/{index}"));
                        faults.push(fault);
                    }
                    Some(Ok(())) => merged.changed.push(change.id),
                }
            }
        }
    }
    faults.extend(merged.faults());
    if faults.is_empty() { Ok(merged) } else { Err(CatalogError::Invalid(faults)) }
}

impl Merged {
    fn prices(&self) -> impl Iterator<Item = crate::kernel::Rupiah> + Clone {
        let added = self.added.iter().map(|new| new.price);
        self.rows.iter().map(|row| row.price).chain(added)
    }

    /// Faults of the whole set; they are put at the list, since the places in it are not those of the request.
    fn faults(&self) -> Vec<FieldError> {
        let options: Vec<Attributes> = self
            .rows
            .iter()
            .map(options_of)
            .chain(self.added.iter().map(|new| new.options.clone()))
            .collect();
        let skus = self
            .rows
            .iter()
            .map(|row| Some(row.sku.as_str()))
            .chain(self.added.iter().map(|new| new.sku.as_deref()));
        let set: Vec<_> = options.iter().zip(skus).collect();
        let mut faults = check_set(&set).err().unwrap_or_default();
        for fault in &mut faults {
            "/variants".clone_into(&mut fault.pointer);
        }
        faults
    }

    /// Writes changed and new variants, in four statements.
    async fn write(self, txn: &DatabaseTransaction, owner: &Owner) -> Result<(), CatalogError> {
        let next = self.rows.iter().map(|row| row.position + 1).max().unwrap_or(0);
        let changed = self.rows.into_iter().filter(|row| self.changed.contains(&row.id)).collect();
        upsert_variants(txn, changed).await?;
        Ok(insert_variants(txn, owner, self.added, next).await?)
    }
}
