//! Pictures of products. The files are written before the row and removed after it, so that no row is without its files.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};
use serde_json::json;

use super::publish::count_change;
use super::revise::keep;
use super::waiting::{discard_files, insert_waiting, wished_images};
use crate::app::App;
use crate::catalog::entity::{image, waiting_image};
use crate::catalog::error::CatalogError;
use crate::catalog::model::content::Place;
use crate::catalog::model::{MAX_IMAGES, media};
use crate::catalog::query::{held_product, images_of, product_of};
use crate::kernel::{ImageId, ProductId, UserId, VendorId};
use crate::platform::files::FilesError;
use crate::platform::images::Picture;

/// A look before the expensive work: is it a product of this shop, and is there room?
pub async fn may_add_image(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<(), CatalogError> {
    product_of(app.db.read(), vendor_id, product_id).await?;
    let images =
        image::Entity::find().filter(image::Column::ProductId.eq(product_id)).count(app.db.read()).await?;
    if images >= MAX_IMAGES as u64 {
        return Err(CatalogError::TooManyImages);
    }
    Ok(())
}

/// Stores the files of a picture and adds it to the product, as the last one; where edits wait, as a part of one.
/// Nobody's pictures are those of the house, which nobody looks at. Returns the version of the product after it, too.
pub async fn add_image(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    actor: Option<UserId>,
    picture: Picture,
) -> Result<(image::Model, i32), CatalogError> {
    let row = store_files(app, product_id, picture).await?;
    let id = row.id;
    match insert_image(app, vendor_id, actor, row).await {
        Ok(image) => Ok(image),
        Err(error) => {
            // The row was not written; files that stay behind here are never shown.
            discard_image(app, id).await.ok();
            Err(error)
        }
    }
}

/// Stores the files of a picture; its row is still to be written.
pub(in crate::catalog) async fn store_files(
    app: &App,
    product_id: ProductId,
    picture: Picture,
) -> Result<image::Model, CatalogError> {
    let id = ImageId::generate();
    let [small, large] = picture.thumbnails;
    let files = [picture.full, small, large];
    for (key, content) in media::keys(id).iter().zip(files) {
        app.files.put(key, content).await?;
    }
    Ok(image::Model {
        id,
        product_id,
        position: 0,
        width: i32::try_from(picture.width).unwrap_or(i32::MAX),
        height: i32::try_from(picture.height).unwrap_or(i32::MAX),
        created_at: app.now(),
        alt: None,
    })
}

async fn insert_image(
    app: &App,
    vendor_id: VendorId,
    actor: Option<UserId>,
    row: image::Model,
) -> Result<(image::Model, i32), CatalogError> {
    let txn = app.db.begin().await?;
    let added = insert_image_in(&txn, app, (vendor_id, actor), row).await?;
    app.commit(txn).await?;
    Ok(added)
}

/// Adds the row of a picture whose files are stored, in a transaction of the caller.
pub(in crate::catalog) async fn insert_image_in(
    txn: &DatabaseTransaction,
    app: &App,
    (vendor_id, actor): (VendorId, Option<UserId>),
    mut row: image::Model,
) -> Result<(image::Model, i32), CatalogError> {
    let now = row.created_at;
    // Two uploads at once wait for each other here, so that the count below holds.
    let product = held_product(txn, vendor_id, row.product_id).await?;
    let holds = app.config.catalog.moderation.holds_edits(product.status);
    if let Some(actor) = actor.filter(|_| holds) {
        let mut wished = wished_images(txn, product.id).await?;
        check_room(wished.len())?;
        row.position = i32::try_from(wished.len()).unwrap_or(i32::MAX);
        wished.push(Place { id: row.id, alt: row.alt.clone() });
        insert_waiting(txn, &row).await?;
        keep(txn, (&product, actor), json!({"images": wished}), now).await?;
    } else {
        let images = images_of(txn, product.id).await?;
        check_room(images.len())?;
        row.position = images.last().map_or(0, |last| last.position + 1);
        image::Entity::insert(row.clone().into_active_model().reset_all())
            .exec_without_returning(txn)
            .await?;
    }
    let version = count_change(txn, app, product, now).await?;
    Ok((row, version))
}

fn check_room(images: usize) -> Result<(), CatalogError> {
    if images < MAX_IMAGES { Ok(()) } else { Err(CatalogError::TooManyImages) }
}

/// Removes a picture, or lets that wait; its files go with a job. Returns the version of the product after it.
pub async fn delete_image(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    actor: UserId,
    image_id: ImageId,
) -> Result<i32, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let product = held_product(&txn, vendor_id, product_id).await?;
    if app.config.catalog.moderation.holds_edits(product.status) {
        let mut wished = wished_images(&txn, product_id).await?;
        let before = wished.len();
        wished.retain(|place| place.id != image_id);
        if wished.len() == before {
            return Err(CatalogError::NotFound);
        }
        keep(&txn, (&product, actor), json!({"images": wished}), now).await?;
        if waiting_image::Entity::delete_by_id(image_id).exec(&txn).await?.rows_affected == 1 {
            discard_files(&txn, vec![image_id], now).await?;
        }
    } else {
        let deleted = image::Entity::delete_many()
            .filter(image::Column::Id.eq(image_id))
            .filter(image::Column::ProductId.eq(product_id))
            .exec(&txn)
            .await?;
        if deleted.rows_affected != 1 {
            return Err(CatalogError::NotFound);
        }
        discard_files(&txn, vec![image_id], now).await?;
    }
    let version = count_change(&txn, app, product, now).await?;
    app.commit(txn).await?;
    Ok(version)
}

/// Removes the files of a picture.
pub async fn discard_image(app: &App, image_id: ImageId) -> Result<(), FilesError> {
    for key in media::keys(image_id) {
        app.files.delete(&key).await?;
    }
    Ok(())
}
