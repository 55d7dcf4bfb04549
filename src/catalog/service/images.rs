//! Pictures of products. The files are written before the row and removed after it, so that no row is without its files.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::{image, product};
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::DeleteImage;
use crate::catalog::model::{MAX_IMAGES, media};
use crate::catalog::query::product_of;
use crate::kernel::{ImageId, ProductId, VendorId};
use crate::platform::files::FilesError;
use crate::platform::images::Picture;
use crate::platform::jobs::{NewJob, enqueue};

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

/// Stores the files of a picture and adds it to the product, as the last one.
pub async fn add_image(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
    picture: Picture,
) -> Result<image::Model, CatalogError> {
    let row = store_files(app, product_id, picture).await?;
    let id = row.id;
    match insert_image(app, vendor_id, row).await {
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
    row: image::Model,
) -> Result<image::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let row = insert_image_in(&txn, vendor_id, row).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Adds the row of a picture whose files are stored, as the last one of its product.
pub(in crate::catalog) async fn insert_image_in(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    mut row: image::Model,
) -> Result<image::Model, CatalogError> {
    // Two uploads at once wait for each other here, so that the count below holds.
    let locked = product::Entity::update_many()
        .col_expr(product::Column::UpdatedAt, Expr::value(row.created_at))
        .filter(product::Column::Id.eq(row.product_id))
        .filter(product::Column::VendorId.eq(vendor_id))
        .exec(txn)
        .await?;
    if locked.rows_affected != 1 {
        return Err(CatalogError::NotFound);
    }
    let images = image::Entity::find()
        .filter(image::Column::ProductId.eq(row.product_id))
        .order_by_asc(image::Column::Position)
        .all(txn)
        .await?;
    if images.len() >= MAX_IMAGES {
        return Err(CatalogError::TooManyImages);
    }
    row.position = images.last().map_or(0, |last| last.position + 1);
    let new = image::ActiveModel {
        id: Set(row.id),
        product_id: Set(row.product_id),
        position: Set(row.position),
        width: Set(row.width),
        height: Set(row.height),
        created_at: Set(row.created_at),
        alt: Set(row.alt.clone()),
    };
    image::Entity::insert(new).exec_without_returning(txn).await?;
    changes::touched(txn, [row.product_id], row.created_at).await?;
    Ok(row)
}

/// Removes a picture; its files go with a job.
pub async fn delete_image(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
    image_id: ImageId,
) -> Result<(), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    product_of(&txn, vendor_id, product_id).await?;
    let deleted = image::Entity::delete_many()
        .filter(image::Column::Id.eq(image_id))
        .filter(image::Column::ProductId.eq(product_id))
        .exec(&txn)
        .await?;
    if deleted.rows_affected != 1 {
        return Err(CatalogError::NotFound);
    }
    enqueue(&txn, vec![NewJob::now(now, &DeleteImage { image_id })?]).await?;
    changes::touched(&txn, [product_id], now).await?;
    app.commit(txn).await?;
    Ok(())
}

/// Removes the files of a picture.
pub async fn discard_image(app: &App, image_id: ImageId) -> Result<(), FilesError> {
    for key in media::keys(image_id) {
        app.files.delete(&key).await?;
    }
    Ok(())
}
