//! A new product, as a draft.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, Set};

use super::bundles::{self, Made};
use super::{SKU, made_up_sku, prices, taken_skus, values};
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::movement::Reason;
use crate::catalog::entity::product::Status;
use crate::catalog::entity::{category, movement, product, stock, variant};
use crate::catalog::error::{CatalogError, unknown_category};
use crate::catalog::model::figures::{Figures, Priced};
use crate::catalog::model::personal::encode_fields;
use crate::catalog::model::{NewProduct, NewVariant};
use crate::catalog::query::{categories, member};
use crate::kernel::{MovementId, ProductId, Slug, UserId, VariantId, VendorId};

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
    let txn = app.db.begin().await?;
    let product_id = create_in(&txn, (vendor_id, actor), new, app.now()).await?;
    let details = member::details(&txn, vendor_id, product_id).await?;
    app.commit(txn).await?;
    Ok(details)
}

/// The same in a transaction of the caller.
pub(in crate::catalog) async fn create_in(
    txn: &DatabaseTransaction,
    (vendor_id, actor): (VendorId, UserId),
    new: NewProduct,
    now: DateTime<Utc>,
) -> Result<ProductId, CatalogError> {
    let category = categories::by_slug(txn, &new.fields.category)
        .await?
        .ok_or_else(|| CatalogError::Invalid(vec![unknown_category().at("/category")]))?;
    let (product_id, row) = product_row(vendor_id, &category, &new, now);
    product::Entity::insert(row).exec_without_returning(txn).await?;
    let owner = Owner { product_id, vendor_id, actor: Some(actor), now };
    let said = values::Said::new((product_id, category.id), &new.fields.attributes, &new.variants);
    values::insert(txn, &[said]).await?;
    insert_variants(txn, &owner, new.variants, (0, 0)).await?;
    changes::touched(txn, [product_id], now).await?;
    Ok(product_id)
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
    let figures = Figures::of(new.variants.iter().map(|variant| Priced::fresh(variant, &fields.unit)));
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
        tax_class: Set(fields.goods.tax_class.unwrap_or(category.tax_class)),
        price_min: Set(figures.price_min),
        price_max: Set(figures.price_max),
        rating: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        published_at: Set(None),
        quantity_step: Set(fields.goods.quantity_step),
        personalisation: Set(encode_fields(&fields.goods.personalisation)),
        unit_price: Set(figures.unit_price.map(|unit| unit.price)),
        unit_price_per: Set(figures.unit_price.map(|unit| unit.per.to_owned())),
        needs_review: Set(false),
    };
    (id, row)
}

/// Writes what a product shows of its prices into its row.
pub(in crate::catalog) fn put_figures(row: &mut product::Model, figures: Figures) {
    row.price_min = figures.price_min;
    row.price_max = figures.price_max;
    row.unit_price = figures.unit_price.map(|unit| unit.price);
    row.unit_price_per = figures.unit_price.map(|unit| unit.per.to_owned());
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
        content_amount: Set(new.goods.content.map(|content| content.amount)),
        content_unit: Set(new.goods.content.map(|content| content.unit.name.to_owned())),
        sale_price: Set(None),
        sale_from: Set(None),
        sale_to: Set(None),
        sale_before: Set(None),
        is_bundle: Set(!new.goods.parts.is_empty()),
    };
    // A bundle has no shelf of its own.
    let pieces = if new.goods.parts.is_empty() { new.stock } else { 0 };
    let stock = stock::ActiveModel { variant_id: Set(id), on_hand: Set(pieces), reserved: Set(0) };
    // Movements add up to what is on hand; nothing needs none.
    let first = (pieces > 0).then(|| movement::ActiveModel {
        id: Set(MovementId::generate()),
        variant_id: Set(id),
        delta: Set(pieces),
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
    (first_position, first_place): (i32, usize),
) -> Result<(), CatalogError> {
    let mut rows = Vec::with_capacity(variants.len());
    let mut bundles = Vec::new();
    for (place, (position, new)) in (first_place..).zip((first_position..).zip(variants)) {
        let parts = new.goods.parts.clone();
        let row = variant_rows(owner, new, position);
        if !parts.is_empty() {
            bundles.push(Made {
                bundle_id: *row.0.id.as_ref(),
                parts,
                pointer: format!("/variants/{place}"),
            });
        }
        rows.push(row);
    }
    insert_rows(txn, rows).await?;
    bundles::write(txn, owner.vendor_id, &bundles).await
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
    let prices: Vec<_> = variants.iter().map(prices::Asked::of).collect();
    variant::Entity::insert_many(variants).exec_without_returning(txn).await?;
    prices::note_new(txn, &prices).await?;
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
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use variant::Column;
    if rows.is_empty() {
        return Ok(());
    }
    let update = OnConflict::column(Column::Id)
        .update_columns([Column::Price, Column::Tiers, Column::Sku, Column::WeightG, Column::Options])
        .update_columns([Column::ContentAmount, Column::ContentUnit, Column::IsBundle])
        .to_owned();
    prices::note_changed(txn, &rows, now).await?;
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    variant::Entity::insert_many(rows).on_conflict(update).exec_without_returning(txn).await?;
    Ok(())
}
