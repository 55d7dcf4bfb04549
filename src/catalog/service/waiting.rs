//! Pictures while an edit waits for an officer: the public sees those that it saw.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::revise::{content_of, pending};
use crate::app::App;
use crate::catalog::entity::{image, waiting_image};
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::DeleteImage;
use crate::catalog::model::content::{Place, take_beside};
use crate::catalog::query::content::places;
use crate::catalog::query::images_of;
use crate::catalog::query::listing::waiting_images;
use crate::kernel::{ImageId, ProductId};
use crate::platform::jobs::{NewJob, enqueue};

/// The pictures as the edit that waits has them, or as the public sees them.
pub(in crate::catalog) async fn wished_images(
    txn: &DatabaseTransaction,
    product_id: ProductId,
) -> Result<Vec<Place>, CatalogError> {
    let waiting = pending(txn, product_id).await?;
    let wished = waiting.and_then(|waiting| take_beside(content_of(&waiting)).1.images);
    match wished {
        Some(wished) => Ok(wished),
        None => Ok(places(&images_of(txn, product_id).await?)),
    }
}

/// Keeps a picture that an edit adds.
pub(super) async fn insert_waiting(txn: &DatabaseTransaction, row: &image::Model) -> Result<(), DbErr> {
    let new = waiting_image::Model::of(row).into_active_model().reset_all();
    waiting_image::Entity::insert(new).exec_without_returning(txn).await?;
    Ok(())
}

/// Makes the pictures of a product those of an approved edit.
pub(super) async fn put_images(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    wished: &[Place],
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let stored = images_of(txn, product_id).await?;
    let mut waiting = waiting_images(txn, product_id).await?;
    let is_wished = |id: ImageId| wished.iter().any(|place| place.id == id);
    let gone: Vec<ImageId> = stored.iter().map(|row| row.id).filter(|id| !is_wished(*id)).collect();
    image::Entity::delete_many().filter(image::Column::Id.is_in(gone.iter().copied())).exec(txn).await?;
    discard_files(txn, gone, now).await?;
    for (position, place) in (0_i32..).zip(wished) {
        let Some(at) = waiting.iter().position(|row| row.id == place.id) else {
            put_place(txn, place, position).await?;
            continue;
        };
        let row = waiting.swap_remove(at).shown(position, place.alt.clone());
        image::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(txn).await?;
        waiting_image::Entity::delete_by_id(place.id).exec(txn).await?;
    }
    Ok(())
}

/// Puts a picture of a product at its place.
pub(super) async fn put_place(txn: &DatabaseTransaction, place: &Place, position: i32) -> Result<(), DbErr> {
    image::Entity::update_many()
        .set(image::ActiveModel { alt: Set(place.alt.clone()), ..Default::default() })
        .col_expr(image::Column::Position, Expr::value(position))
        .filter(image::Column::Id.eq(place.id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Removes the pictures that still wait.
pub(super) async fn discard_waiting(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let left: Vec<ImageId> = waiting_images(txn, product_id).await?.iter().map(|row| row.id).collect();
    waiting_image::Entity::delete_many()
        .filter(waiting_image::Column::Id.is_in(left.iter().copied()))
        .exec(txn)
        .await?;
    Ok(discard_files(txn, left, now).await?)
}

/// Lets a job remove the files of pictures.
pub(super) async fn discard_files(
    txn: &DatabaseTransaction,
    ids: Vec<ImageId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let jobs = ids.into_iter().map(|image_id| NewJob::now::<App, _>(now, &DeleteImage { image_id }));
    enqueue(txn, jobs.collect::<Result<_, _>>()?).await
}
