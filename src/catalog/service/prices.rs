//! Prices in their time: what a variant cost when, and sales that begin and end by the clock.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};

use super::put_figures;
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::price::{ActiveModel, Column, Entity, Model};
use crate::catalog::entity::{product, stock, variant};
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::RefreshPrices;
use crate::catalog::model::figures::{Figures, Priced};
use crate::catalog::model::patch::sale_not_lower;
use crate::catalog::query::{member, product_of, public::variants_of, variant_of};
use crate::kernel::{PriceId, ProductId, Rupiah, VariantId, VendorId};
use crate::platform::jobs::{NewJob, enqueue};

/// How far back the earlier price is looked for.
const LOOK_BACK: Duration = Duration::days(30);

/// A price that is asked from a moment on.
pub(super) struct Asked {
    variant_id: VariantId,
    price: Rupiah,
    since: DateTime<Utc>,
}

impl Asked {
    /// Of a new variant.
    pub(super) fn of(row: &variant::ActiveModel) -> Self {
        Self { variant_id: *row.id.as_ref(), price: *row.price.as_ref(), since: *row.created_at.as_ref() }
    }

    fn row(&self) -> ActiveModel {
        ActiveModel {
            id: Set(PriceId::generate()),
            variant_id: Set(self.variant_id),
            price: Set(self.price),
            is_sale: Set(false),
            starts_at: Set(self.since),
            ends_at: Set(None),
        }
    }
}

/// Notes the first prices of new variants.
pub(super) async fn note_new(txn: &DatabaseTransaction, asked: &[Asked]) -> Result<(), DbErr> {
    if !asked.is_empty() {
        Entity::insert_many(asked.iter().map(Asked::row)).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Notes the prices that differ from what was asked last.
pub(super) async fn note_changed(
    txn: &DatabaseTransaction,
    rows: &[variant::Model],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let open = Entity::find()
        .filter(Column::VariantId.is_in(rows.iter().map(|row| row.id)))
        .filter(Column::IsSale.eq(false))
        .filter(Column::EndsAt.is_null())
        .all(txn)
        .await?;
    let is =
        |row: &&variant::Model| open.iter().any(|one| one.variant_id == row.id && one.price == row.price);
    let changed: Vec<Asked> = rows
        .iter()
        .filter(|row| !is(row))
        .map(|row| Asked { variant_id: row.id, price: row.price, since: now })
        .collect();
    let over: Vec<PriceId> = open
        .iter()
        .filter(|one| changed.iter().any(|row| row.variant_id == one.variant_id))
        .map(|one| one.id)
        .collect();
    if !over.is_empty() {
        Entity::update_many()
            .col_expr(Column::EndsAt, Expr::value(now))
            .filter(Column::Id.is_in(over))
            .exec(txn)
            .await?;
    }
    note_new(txn, &changed).await
}

/// A sale: a lower price for a time.
#[derive(Clone, Copy, Debug)]
pub struct NewSale {
    pub price: Rupiah,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// Plans a sale of a variant, on the version of the product that was seen; it takes the place of an earlier one.
pub async fn set_sale(
    app: &App,
    (vendor_id, variant_id, version): (VendorId, VariantId, i32),
    sale: NewSale,
) -> Result<member::Details, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (before, mut row) = begin_edit(&txn, (vendor_id, variant_id, version), now).await?;
    if sale.price >= row.price {
        return Err(CatalogError::Invalid(vec![sale_not_lower().at("/price")]));
    }
    forget_sale(&txn, variant_id, now).await?;
    let noted = ActiveModel {
        id: Set(PriceId::generate()),
        variant_id: Set(variant_id),
        price: Set(sale.price),
        is_sale: Set(true),
        starts_at: Set(sale.from),
        ends_at: Set(Some(sale.to)),
    };
    Entity::insert(noted).exec_without_returning(&txn).await?;
    row.sale_price = Some(sale.price);
    row.sale_from = Some(sale.from);
    row.sale_to = Some(sale.to);
    row.sale_before = lowest_before(&txn, &row).await?;
    write_sale(&txn, row).await?;
    let job = RefreshPrices { product_id: before.id };
    let jobs = vec![NewJob::at(now, Ord::max(sale.from, now), &job)?, NewJob::at(now, sale.to, &job)?];
    enqueue(&txn, jobs).await?;
    let details = end_edit(&txn, before, now).await?;
    app.commit(txn).await?;
    Ok(details)
}

/// Ends a sale now, or calls a planned one off.
pub async fn end_sale(
    app: &App,
    (vendor_id, variant_id, version): (VendorId, VariantId, i32),
) -> Result<member::Details, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (before, row) = begin_edit(&txn, (vendor_id, variant_id, version), now).await?;
    forget_sale(&txn, variant_id, now).await?;
    write_sale(&txn, without_sale(row)).await?;
    let details = end_edit(&txn, before, now).await?;
    app.commit(txn).await?;
    Ok(details)
}

/// Counts the edit. The product comes before its variants, here as in every other edit, so that two of them wait for each
/// other in one order only.
async fn begin_edit(
    txn: &DatabaseTransaction,
    (vendor_id, variant_id, version): (VendorId, VariantId, i32),
    now: DateTime<Utc>,
) -> Result<(product::Model, variant::Model), CatalogError> {
    let product_id = variant_of(txn, vendor_id, variant_id).await?.product_id;
    let counted = product::Entity::update_many()
        .col_expr(product::Column::Version, Expr::col(product::Column::Version).add(1))
        .col_expr(product::Column::UpdatedAt, Expr::value(now))
        .filter(product::Column::Id.eq(product_id))
        .filter(product::Column::Version.eq(version))
        .exec(txn)
        .await?;
    if counted.rows_affected != 1 {
        return Err(CatalogError::Stale);
    }
    let product = product_of(txn, vendor_id, product_id).await?;
    Ok((product, variant_of(txn, vendor_id, variant_id).await?))
}

/// Shows what is asked now.
async fn end_edit(
    txn: &DatabaseTransaction,
    product: product::Model,
    now: DateTime<Utc>,
) -> Result<member::Details, CatalogError> {
    let (vendor_id, product_id) = (product.vendor_id, product.id);
    show(txn, product, now).await?;
    changes::touched(txn, [product_id], now).await?;
    member::details(txn, vendor_id, product_id).await
}

/// A sale began or ended: the figures of the product follow, and a sale that is over is cleared away.
pub async fn refresh_prices(app: &App, product_id: ProductId) -> Result<(), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let locked = product::Entity::find_by_id(product_id).lock_exclusive().one(&txn).await?;
    let Some(product) = locked else {
        return Ok(());
    };
    for (row, _) in variants_of(&txn, product_id).await? {
        match (row.sale_from, row.sale_to) {
            (_, Some(to)) if to <= now => write_sale(&txn, without_sale(row)).await?,
            (Some(from), Some(_)) if from <= now => {
                let before = lowest_before(&txn, &row).await?;
                write_sale(&txn, variant::Model { sale_before: before, ..row }).await?;
            }
            _ => {}
        }
    }
    if show(&txn, product, now).await? {
        changes::touched(&txn, [product_id], now).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// Writes the figures of a product; false if they were right.
async fn show(
    txn: &DatabaseTransaction,
    before: product::Model,
    now: DateTime<Utc>,
) -> Result<bool, CatalogError> {
    let rows = variants_of(txn, before.id).await?;
    Ok(show_of(txn, before, &rows, now).await?)
}

/// The same of a product whose variants were read.
pub(super) async fn show_of(
    txn: &DatabaseTransaction,
    before: product::Model,
    rows: &[(variant::Model, Option<stock::Model>)],
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut after = before.clone();
    put_figures(&mut after, Figures::of(rows.iter().map(|(row, _)| Priced::stored(row, &before.unit, now))));
    if after == before {
        return Ok(false);
    }
    let row = product::ActiveModel {
        price_min: Set(after.price_min),
        price_max: Set(after.price_max),
        unit_price: Set(after.unit_price),
        unit_price_per: Set(after.unit_price_per),
        ..Default::default()
    };
    product::Entity::update_many().set(row).filter(product::Column::Id.eq(after.id)).exec(txn).await?;
    Ok(true)
}

/// What is planned is taken out of the history; what has begun ends now.
async fn forget_sale(txn: &DatabaseTransaction, id: VariantId, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::VariantId.eq(id))
        .filter(Column::IsSale.eq(true))
        .filter(Column::StartsAt.gte(now))
        .exec(txn)
        .await?;
    Entity::update_many()
        .col_expr(Column::EndsAt, Expr::value(now))
        .filter(Column::VariantId.eq(id))
        .filter(Column::IsSale.eq(true))
        .filter(Column::EndsAt.gt(now))
        .exec(txn)
        .await?;
    Ok(())
}

fn without_sale(row: variant::Model) -> variant::Model {
    variant::Model { sale_price: None, sale_from: None, sale_to: None, sale_before: None, ..row }
}

async fn write_sale(txn: &DatabaseTransaction, row: variant::Model) -> Result<(), DbErr> {
    let changed = variant::ActiveModel {
        sale_price: Set(row.sale_price),
        sale_from: Set(row.sale_from),
        sale_to: Set(row.sale_to),
        sale_before: Set(row.sale_before),
        ..Default::default()
    };
    variant::Entity::update_many().set(changed).filter(variant::Column::Id.eq(row.id)).exec(txn).await?;
    Ok(())
}

/// The lowest price of the 30 days before the sale of a variant begins; none if nothing was asked before.
async fn lowest_before(txn: &DatabaseTransaction, row: &variant::Model) -> Result<Option<Rupiah>, DbErr> {
    let Some(from) = row.sale_from else {
        return Ok(None);
    };
    let asked: Vec<Model> = Entity::find()
        .filter(Column::VariantId.eq(row.id))
        .filter(Column::StartsAt.lt(from))
        .filter(Column::EndsAt.is_null().or(Column::EndsAt.gt(from - LOOK_BACK)))
        .all(txn)
        .await?;
    Ok(asked.iter().map(|one| one.price).min())
}
