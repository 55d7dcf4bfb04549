//! A copy of a product: everything but its stock, its numbers, its sales and its history.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set};

use super::create::{Owner, insert_rows, put_figures};
use super::{made_up_sku, options_of, values};
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::product::{self, Status};
use crate::catalog::entity::{image, meal_plan, stock, translation, variant};
use crate::catalog::error::CatalogError;
use crate::catalog::model::figures::{Figures, Priced};
use crate::catalog::model::{Attributes, media};
use crate::catalog::query::{images_of, member, product_of, public::variants_of, translations};
use crate::kernel::{ImageId, ProductId, Slug, UserId, VariantId, VendorId};

/// Copies a product of this shop into a new draft.
pub async fn copy(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
    actor: UserId,
) -> Result<member::Details, CatalogError> {
    product_of(app.db.read(), vendor_id, product_id).await?;
    let pictures = copy_files(app, product_id).await?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let before = product_of(&txn, vendor_id, product_id).await?;
    let twins = copied_variants(&txn, &before, now).await?;
    let mut new = copied_product(before.clone(), now);
    // What is on sale is shown at the price of the sale; the copy is not.
    put_figures(&mut new, Figures::of(twins.iter().map(|(_, row)| Priced::stored(row, &before.unit, now))));
    product::Entity::insert(new.clone().into_active_model().reset_all()).exec_without_returning(&txn).await?;
    let owner = Owner { product_id: new.id, vendor_id, actor: Some(actor), now };
    copy_variants(&txn, &before, &owner, twins).await?;
    copy_plan(&txn, (product_id, new.id), now).await?;
    copy_translations(&txn, (product_id, new.id), now).await?;
    copy_images(&txn, (product_id, new.id), &pictures, now).await?;
    changes::touched(&txn, [new.id], now).await?;
    let details = member::details(&txn, vendor_id, new.id).await?;
    app.commit(txn).await?;
    Ok(details)
}

fn copied_product(before: product::Model, now: DateTime<Utc>) -> product::Model {
    let id = ProductId::generate();
    product::Model {
        id,
        slug: Slug::of(&before.title).with_suffix(id.0).to_string(),
        status: Status::Draft,
        rating: 0,
        version: 1,
        created_at: now,
        updated_at: now,
        published_at: None,
        ..before
    }
}

/// The variants of a copy, each with the id of the one it is made of.
async fn copied_variants(
    txn: &DatabaseTransaction,
    before: &product::Model,
    now: DateTime<Utc>,
) -> Result<Vec<(VariantId, variant::Model)>, CatalogError> {
    let stored = variants_of(txn, before.id).await?;
    let twin = |(row, _): (variant::Model, Option<stock::Model>)| {
        let id = VariantId::generate();
        let copied = variant::Model {
            id,
            sku: made_up_sku(id),
            created_at: now,
            // A sale belongs to what was on sale.
            sale_price: None,
            sale_from: None,
            sale_to: None,
            sale_before: None,
            ..row
        };
        (row.id, copied)
    };
    Ok(stored.into_iter().map(twin).collect())
}

async fn copy_variants(
    txn: &DatabaseTransaction,
    before: &product::Model,
    owner: &Owner,
    twins: Vec<(VariantId, variant::Model)>,
) -> Result<(), CatalogError> {
    let attributes = Attributes::decode(&before.attributes);
    let options = twins.iter().map(|(_, row)| options_of(row)).collect();
    let ids: BTreeMap<VariantId, VariantId> = twins.iter().map(|(id, row)| (*id, row.id)).collect();
    let rows = twins.into_iter().map(|(_, row)| {
        let stock = stock::ActiveModel { variant_id: Set(row.id), on_hand: Set(0), reserved: Set(0) };
        let row = variant::Model { product_id: owner.product_id, ..row };
        (row.into_active_model().reset_all(), stock, None)
    });
    insert_rows(txn, rows.collect()).await?;
    let (product_id, category_id) = (owner.product_id, before.category_id);
    let said = values::Said { product_id, category_id, attributes: &attributes, options };
    values::insert(txn, &[said]).await?;
    Ok(super::bundles::copy(txn, &ids).await?)
}

/// When a daily product is made; what was said about single days was said of the other one.
async fn copy_plan(
    txn: &DatabaseTransaction,
    (from, to): (ProductId, ProductId),
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    if let Some(plan) = meal_plan::Entity::find_by_id(from).one(txn).await? {
        let row = meal_plan::Model { product_id: to, version: 1, updated_at: now, ..plan };
        meal_plan::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(txn).await?;
    }
    Ok(())
}

async fn copy_translations(
    txn: &DatabaseTransaction,
    (from, to): (ProductId, ProductId),
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let stored = translations::of_product(txn, from).await?;
    let rows: Vec<translation::ActiveModel> = stored
        .into_iter()
        .map(|text| translation::Model { product_id: to, updated_at: now, ..text })
        .map(|row| row.into_active_model().reset_all())
        .collect();
    if !rows.is_empty() {
        translation::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Copies the files first, so that no row is without them; files that stay behind are never shown.
async fn copy_files(app: &App, product_id: ProductId) -> Result<Vec<(ImageId, ImageId)>, CatalogError> {
    let mut twins = Vec::new();
    for picture in images_of(app.db.read(), product_id).await? {
        let twin = ImageId::generate();
        for (from, to) in media::keys(picture.id).iter().zip(media::keys(twin)) {
            if let Some(content) = app.files.get(from).await? {
                app.files.put(&to, content).await?;
            }
        }
        twins.push((picture.id, twin));
    }
    Ok(twins)
}

async fn copy_images(
    txn: &DatabaseTransaction,
    (from, to): (ProductId, ProductId),
    twins: &[(ImageId, ImageId)],
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let stored = images_of(txn, from).await?;
    let rows: Vec<image::ActiveModel> = stored
        .into_iter()
        .filter_map(|picture| {
            let (_, twin) = twins.iter().find(|(id, _)| *id == picture.id)?;
            let row = image::Model { id: *twin, product_id: to, created_at: now, ..picture };
            Some(row.into_active_model().reset_all())
        })
        .collect();
    if !rows.is_empty() {
        image::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}
