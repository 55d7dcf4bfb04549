//! Edits of a product, all or nothing, on the version that the editor has seen.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::Value;

use super::bundles::{self, Made};
use super::create::{Owner, insert_variants, upsert_variants};
use super::papers::settle_one;
use super::publish::look_again;
use super::revise::{ReadEdit, keep};
use super::words::screen;
use super::{SKU, options_of, taken_skus, values};
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::product::{Column, Entity};
use crate::catalog::entity::{category, product, variant};
use crate::catalog::error::{CatalogError, ListingError, unknown_category};
use crate::catalog::model::content::{is_empty, split, take_beside};
use crate::catalog::model::draft::check_set;
use crate::catalog::model::figures::{Figures, Priced};
use crate::catalog::model::patch::unknown_variant;
use crate::catalog::model::personal::encode_fields;
use crate::catalog::model::{Attributes, NewVariant, ProductPatch, VariantPatch, diff};
use crate::catalog::query::{categories, held_product, member, public::variants_of};
use crate::kernel::{CategoryId, FieldError, ProductId, UserId, VariantId, VendorId};

/// Which product, as seen in which version, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub vendor_id: VendorId,
    pub product_id: ProductId,
    pub version: i32,
    pub actor: UserId,
}

/// A checked edit, and the request that it came as, to be kept where edits wait for an officer.
#[derive(Clone, Debug)]
pub struct Edit {
    pub patch: ProductPatch,
    pub request: Value,
    pub read: ReadEdit,
}

/// Changes a product and its variants. Where edits wait, what the public reads waits and the rest is changed at once.
pub async fn edit(app: &App, seen: Seen, edit: Edit) -> Result<member::Details, CatalogError> {
    let skus: Vec<_> = (0..)
        .zip(&edit.patch.variants)
        .filter_map(|(index, variant)| match variant {
            VariantPatch::Add(new) => Some((index, new.sku.clone()?, None)),
            VariantPatch::Change(change) => Some((index, change.sku.clone()?, Some(change.id))),
        })
        .collect();
    match write(app, seen, edit).await {
        Err(CatalogError::Db(error)) if SKU.broken_by(&error) => {
            Err(taken_skus(app.db.read(), seen.vendor_id, &skus).await)
        }
        done => done,
    }
}

async fn write(app: &App, seen: Seen, edit: Edit) -> Result<member::Details, CatalogError> {
    let txn = app.db.begin().await?;
    edit_in(&txn, app, seen, edit).await?;
    let mut details = member::details(&txn, seen.vendor_id, seen.product_id).await?;
    // Another category may need other papers.
    details.product = settle_one(&txn, app, details.product).await?;
    app.commit(txn).await?;
    Ok(details)
}

/// The same in a transaction of the caller, who settles papers; true if something waits for an officer.
pub(in crate::catalog) async fn edit_in(
    txn: &DatabaseTransaction,
    app: &App,
    seen: Seen,
    edit: Edit,
) -> Result<bool, CatalogError> {
    let now = app.now();
    let before = held_product(txn, seen.vendor_id, seen.product_id).await?;
    check_seen(&before, &seen)?;
    let request = diff::said(edit.request);
    screen(txn, before.status, &request).await?;
    let (content, rest) = split(request);
    if is_empty(&content) {
        apply(txn, &before, &seen, edit.patch, now).await?;
        return Ok(false);
    }
    let moderation = app.config.catalog.moderation;
    if moderation.holds_edits(before.status) {
        let rows = rows_of(txn, &before).await?;
        fits(txn, &before, &rows, &edit.patch).await?;
        let waiting = keep(txn, (&before, seen.actor), content.clone(), now).await?;
        if waiting != content {
            // The same of all that waits.
            let all = (edit.read)(take_beside(waiting).0).ok_or(ListingError::DoesNotFit)?;
            fits(txn, &before, &rows, &all).await.map_err(at_the_list)?;
        }
        let direct = (edit.read)(rest).ok_or(ListingError::DoesNotFit)?;
        apply(txn, &before, &seen, direct, now).await?;
        return Ok(true);
    }
    apply(txn, &before, &seen, edit.patch, now).await?;
    let looked_at = moderation.looks_again(before.status);
    look_again(txn, app, before, now).await?;
    Ok(looked_at)
}

/// Refuses what could not be made, before it is kept to be made later.
async fn fits(
    txn: &DatabaseTransaction,
    before: &product::Model,
    rows: &[variant::Model],
    patch: &ProductPatch,
) -> Result<(), CatalogError> {
    let merged = merge(rows.to_vec(), patch.variants.clone())?;
    let category = category_of(txn, patch).await?;
    let after = After::of(before, patch, category.as_ref(), merged.options());
    after.check(txn, before, patch.changes_said()).await
}

/// The variants of a held product.
async fn rows_of(
    txn: &DatabaseTransaction,
    product: &product::Model,
) -> Result<Vec<variant::Model>, CatalogError> {
    Ok(variants_of(txn, product.id).await?.into_iter().map(|(row, _)| row).collect())
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
    let rows = rows_of(txn, before).await?;
    let changes_said = patch.changes_said();
    let merged = merge(rows, std::mem::take(&mut patch.variants))?;
    let category = category_of(txn, &patch).await?;
    let after = After::of(before, &patch, category.as_ref(), merged.options());
    after.check(txn, before, changes_said).await?;
    let figures = merged.figures(patch.unit.as_deref().unwrap_or(&before.unit), now);
    let mode = patch.stock_mode;
    let mut row = changed_row(patch, category.as_ref());
    row.price_min = Set(figures.price_min);
    row.price_max = Set(figures.price_max);
    row.unit_price = Set(figures.unit_price.map(|unit| unit.price));
    row.unit_price_per = Set(figures.unit_price.map(|unit| unit.per.to_owned()));
    row.updated_at = Set(now);
    next_version(txn, seen, row).await?;
    bundles::stay_counted(txn, seen.product_id, mode).await?;
    let owner =
        Owner { product_id: seen.product_id, vendor_id: seen.vendor_id, actor: Some(seen.actor), now };
    merged.write(txn, &owner).await?;
    values::replace(txn, after.said(seen.product_id)).await?;
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

/// The category that the patch names.
async fn category_of(
    txn: &DatabaseTransaction,
    patch: &ProductPatch,
) -> Result<Option<category::Model>, CatalogError> {
    let Some(slug) = &patch.category else {
        return Ok(None);
    };
    let unknown = || CatalogError::Invalid(vec![unknown_category().at("/category")]);
    categories::by_slug(txn, slug).await?.ok_or_else(unknown).map(Some)
}

/// What a product says after the edit.
struct After {
    category_id: CategoryId,
    attributes: Attributes,
    options: Vec<Attributes>,
}

impl After {
    fn of(
        before: &product::Model,
        patch: &ProductPatch,
        category: Option<&category::Model>,
        options: Vec<Attributes>,
    ) -> Self {
        Self {
            category_id: category.map_or(before.category_id, |category| category.id),
            attributes: patch.attributes.clone().unwrap_or_else(|| Attributes::decode(&before.attributes)),
            options,
        }
    }

    /// Checks what the category has rules for, where the edit changes it and the public sees it, or soon will. What is as it was
    /// when it was looked at stays, whatever was required later.
    async fn check(
        &self,
        txn: &DatabaseTransaction,
        before: &product::Model,
        changes_said: bool,
    ) -> Result<(), CatalogError> {
        if !changes_said || before.status.is_hidden() {
            return Ok(());
        }
        let checked = values::check(txn, self.category_id, &self.attributes, &self.options).await;
        checked.map_err(at_the_list)
    }

    fn said(&self, product_id: ProductId) -> values::Said<'_> {
        let (category_id, options) = (self.category_id, self.options.clone());
        values::Said { product_id, category_id, attributes: &self.attributes, options }
    }
}

/// The places of variants in the product, or in all that waits, are not those in the request.
fn at_the_list(error: CatalogError) -> CatalogError {
    match error {
        CatalogError::Invalid(mut faults) => {
            for fault in faults.iter_mut().filter(|fault| fault.pointer.starts_with("/variants/")) {
                "/variants".clone_into(&mut fault.pointer);
            }
            CatalogError::Invalid(faults)
        }
        other => other,
    }
}

/// The columns that the patch names.
fn changed_row(patch: ProductPatch, category: Option<&category::Model>) -> product::ActiveModel {
    let mut row = product::ActiveModel { ..Default::default() };
    if let Some(category) = category {
        row.category_id = Set(category.id);
        row.tax_class = Set(category.tax_class);
    }
    put(&mut row.tax_class, patch.goods.tax_class);
    put(&mut row.quantity_step, patch.goods.quantity_step);
    put(&mut row.personalisation, patch.goods.personalisation.map(|fields| encode_fields(&fields)));
    // The slug stays: links that are out in the world keep working.
    put(&mut row.title, patch.title);
    put(&mut row.description, patch.description);
    put(&mut row.attributes, patch.attributes.map(|attributes| attributes.encode()));
    put(&mut row.unit, patch.unit);
    put(&mut row.min_order, patch.min_order);
    put(&mut row.lead_time_days, patch.lead_time_days);
    put(&mut row.stock_mode, patch.stock_mode);
    row
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
    /// Where in the request the first new variant stands.
    first_added: usize,
    bundles: Vec<Made>,
}

fn merge(rows: Vec<variant::Model>, patches: Vec<VariantPatch>) -> Result<Merged, CatalogError> {
    let (changed, added) = (Vec::new(), Vec::new());
    let mut merged = Merged { rows, changed, added, first_added: 0, bundles: Vec::new() };
    let mut faults: Vec<FieldError> = Vec::new();
    for (index, patch) in patches.into_iter().enumerate() {
        match patch {
            VariantPatch::Add(new) => {
                if merged.added.is_empty() {
                    merged.first_added = index;
                }
                merged.added.push(new);
            }
            VariantPatch::Change(change) => {
                if let Some(parts) = change.goods.parts.clone() {
                    let pointer = format!("/variants/{index}");
                    merged.bundles.push(Made { bundle_id: change.id, parts, pointer });
                }
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
    fn figures(&self, unit: &str, now: DateTime<Utc>) -> Figures {
        let added = self.added.iter().map(|new| Priced::fresh(new, unit));
        Figures::of(self.rows.iter().map(|row| Priced::stored(row, unit, now)).chain(added))
    }

    fn options(&self) -> Vec<Attributes> {
        self.rows.iter().map(options_of).chain(self.added.iter().map(|new| new.options.clone())).collect()
    }

    /// Faults of the whole set; they are put at the list, since the places in it are not those of the request.
    fn faults(&self) -> Vec<FieldError> {
        let options = self.options();
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

    /// Writes changed and new variants.
    async fn write(self, txn: &DatabaseTransaction, owner: &Owner) -> Result<(), CatalogError> {
        let next = self.rows.iter().map(|row| row.position + 1).max().unwrap_or(0);
        let changed = self.rows.into_iter().filter(|row| self.changed.contains(&row.id)).collect();
        bundles::lock(txn, (&self.bundles, &self.added, &self.changed)).await?;
        upsert_variants(txn, changed, owner.now).await?;
        bundles::write(txn, owner.vendor_id, &self.bundles).await?;
        insert_variants(txn, owner, self.added, (next, self.first_added)).await
    }
}
