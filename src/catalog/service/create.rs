//! A new product, as a draft.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, Set};

use super::{SKU, made_up_sku, taken_skus};
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::movement::Reason;
use crate::catalog::entity::product::Status;
use crate::catalog::entity::{category, movement, product, stock, variant};
use crate::catalog::error::{CatalogError, unknown_category};
use crate::catalog::model::{NewProduct, NewVariant};
use crate::catalog::query::{categories, member};
use crate::kernel::{MovementId, ProductId, Rupiah, Slug, UserId, VariantId, VendorId};

/// Writes a product with its variants and their first stock.
pub async fn create(
    app: &App,
    vendor_id: VendorId,
    actor: UserId,
    new: NewProduct,
) -> Result<member::Details, CatalogError> {
    let skus: Vec<_> = (0..)
        .zip(&new.variants)
        .filter_map(|(index, variant)| Some((index, variant.sku.clone()?, None)))
        .collect();
    match write(app, vendor_id, actor, new).await {
        Err(CatalogError::Db(error)) if SKU.broken_by(&error) => {
            Err(taken_skus(app.db.read(), vendor_id, &skus).await)
        }
        done => done,
    }
}

async fn write(
    app: &App,
    vendor_id: VendorId,
    actor: UserId,
    new: NewProduct,
) -> Result<member::Details, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let category = categories::by_slug(&txn, &new.fields.category)
        .await?
        .ok_or_else(|| CatalogError::Invalid(vec![unknown_category().at("/category")]))?;
    let (product_id, row) = product_row(vendor_id, &category, &new, now);
    product::Entity::insert(row).exec_without_returning(&txn).await?;
    let owner = Owner { product_id, vendor_id, actor: Some(actor), now };
    insert_variants(&txn, &owner, new.variants, 0).await?;
    changes::touched(&txn, [product_id], now).await?;
    let details = member::details(&txn, vendor_id, product_id).await?;
    app.commit(txn).await?;
    Ok(details)
}

/// A new row of `products`.
pub(in crate::catalog) fn product_row(
    vendor_id: VendorId,
    category: &category::Model,
    new: &NewProduct,
    now: DateTime<Utc>,
) -> (ProductId, product::ActiveModel) {
    let id = ProductId::generate();
    let fields = &new.fields;
    let (price_min, price_max) = price_range(new.variants.iter().map(|variant| variant.price));
    let row = product::ActiveModel {
        id: Set(id),
        vendor_id: Set(vendor_id),
        category_id: Set(category.id),
        slug: Set(Slug::of(&fields.title).with_suffix(id.0).to_string()),
        title: Set(fields.title.clone()),
        description: Set(fields.description.clone()),
        status: Set(Status::Draft),
        attributes: Set(fields.attributes.encode()),
        unit: Set(fields.unit.clone()),
        min_order: Set(fields.min_order),
        lead_time_days: Set(fields.lead_time_days),
        stock_mode: Set(fields.stock_mode),
        tax_class: Set(category.tax_class),
        price_min: Set(price_min),
        price_max: Set(price_max),
        rating: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        published_at: Set(None),
    };
    (id, row)
}

/// The lowest and the highest price.
pub(in crate::catalog) fn price_range(prices: impl Iterator<Item = Rupiah> + Clone) -> (Rupiah, Rupiah) {
    (prices.clone().min().unwrap_or_default(), prices.max().unwrap_or_default())
}

/// Whose variants these are, and who writes them when.
pub(in crate::catalog) struct Owner {
    pub product_id: ProductId,
    pub vendor_id: VendorId,
    pub actor: Option<UserId>,
    pub now: DateTime<Utc>,
}

/// The rows of one new variant.
pub(in crate::catalog) type VariantRows =
    (variant::ActiveModel, stock::ActiveModel, Option<movement::ActiveModel>);

/// Makes the rows of a variant.
pub(in crate::catalog) fn variant_rows(owner: &Owner, new: NewVariant, position: i32) -> VariantRows {
    let id = VariantId::generate();
    let row = variant::ActiveModel {
        id: Set(id),
        product_id: Set(owner.product_id),
        vendor_id: Set(owner.vendor_id),
        sku: Set(new.sku.unwrap_or_else(|| made_up_sku(id))),
        price: Set(new.price),
        tiers: Set(new.tiers.encode()),
        options: Set(new.options.encode()),
        weight_g: Set(new.weight_g),
        position: Set(position),
        created_at: Set(owner.now),
    };
    let stock = stock::ActiveModel { variant_id: Set(id), on_hand: Set(new.stock), reserved: Set(0) };
    // Movements add up to what is on hand; nothing needs none.
    let first = (new.stock > 0).then(|| movement::ActiveModel {
        id: Set(MovementId::generate()),
        variant_id: Set(id),
        delta: Set(new.stock),
        reason: Set(Reason::Initial),
        order_id: Set(None),
        actor_id: Set(owner.actor),
        created_at: Set(owner.now),
    });
    (row, stock, first)
}

/// Writes new variants with their first stock, in three statements.
pub(in crate::catalog) async fn insert_variants(
    txn: &DatabaseTransaction,
    owner: &Owner,
    variants: Vec<NewVariant>,
    first_position: i32,
) -> Result<(), DbErr> {
    let rows =
        (first_position..).zip(variants).map(|(position, new)| variant_rows(owner, new, position)).collect();
    insert_rows(txn, rows).await
}

/// Writes the rows of many variants.
pub(in crate::catalog) async fn insert_rows(
    txn: &DatabaseTransaction,
    rows: Vec<VariantRows>,
) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut variants = Vec::with_capacity(rows.len());
    let mut stocks = Vec::with_capacity(rows.len());
    let mut movements = Vec::new();
    for (variant, stock, movement) in rows {
        variants.push(variant);
        stocks.push(stock);
        movements.extend(movement);
    }
    variant::Entity::insert_many(variants).exec_without_returning(txn).await?;
    stock::Entity::insert_many(stocks).exec_without_returning(txn).await?;
    if !movements.is_empty() {
        movement::Entity::insert_many(movements).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Writes changed variants, in one statement.
pub(in crate::catalog) async fn upsert_variants(
    txn: &DatabaseTransaction,
    rows: Vec<variant::Model>,
) -> Result<(), DbErr> {
    use variant::Column;
    if rows.is_empty() {
        return Ok(());
    }
    let update = OnConflict::column(Column::Id)
        .update_columns([Column::Price, Column::Tiers, Column::Sku, Column::WeightG, Column::Options])
        .to_owned();
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    variant::Entity::insert_many(rows).on_conflict(update).exec_without_returning(txn).await?;
    Ok(())
}
