//! The order of a product's pictures, and what is to be seen on them.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::{image, product};
use crate::catalog::error::CatalogError;
use crate::catalog::query::images_of;
use crate::kernel::fields::Fault;
use crate::kernel::{ImageId, ProductId, VendorId};

/// A picture at its new place.
#[derive(Clone, Debug)]
pub struct Ordered {
    pub id: ImageId,
    pub alt: Option<String>,
}

/// Puts all pictures of a product in order.
pub async fn order_images(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
    order: Vec<Ordered>,
) -> Result<Vec<image::Model>, CatalogError> {
    let txn = app.db.begin().await?;
    let images = order_images_in(&txn, (vendor_id, product_id), order, app.now()).await?;
    app.commit(txn).await?;
    Ok(images)
}

/// The same in a transaction of the caller.
pub(in crate::catalog) async fn order_images_in(
    txn: &DatabaseTransaction,
    (vendor_id, product_id): (VendorId, ProductId),
    order: Vec<Ordered>,
    now: DateTime<Utc>,
) -> Result<Vec<image::Model>, CatalogError> {
    // Uploads and other orders wait here, so that the pictures read below are all there are.
    product::Entity::find_by_id(product_id)
        .filter(product::Column::VendorId.eq(vendor_id))
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(CatalogError::NotFound)?;
    let mut stored: Vec<ImageId> = images_of(txn, product_id).await?.iter().map(|image| image.id).collect();
    let mut named: Vec<ImageId> = order.iter().map(|place| place.id).collect();
    stored.sort_unstable();
    named.sort_unstable();
    if stored != named {
        return Err(CatalogError::Invalid(vec![not_all().at("/items")]));
    }
    for (position, place) in (0_i32..).zip(order) {
        image::Entity::update_many()
            .set(image::ActiveModel { alt: Set(place.alt), ..Default::default() })
            .col_expr(image::Column::Position, Expr::value(position))
            .filter(image::Column::Id.eq(place.id))
            .exec(txn)
            .await?;
    }
    let images = images_of(txn, product_id).await?;
    changes::touched(txn, [product_id], now).await?;
    Ok(images)
}

fn not_all() -> Fault {
    Fault::new(
        "not-all-pictures",
        "Sebutkan setiap gambar produk ini tepat satu kali.",
        "Name every picture of the product exactly once.",
    )
}
