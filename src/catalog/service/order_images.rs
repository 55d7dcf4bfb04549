//! The order of a product's pictures, and what is to be seen on them.

use sea_orm::DatabaseTransaction;
use serde_json::json;

use super::publish::count_change;
use super::revise::keep;
use super::waiting::{put_place, wished_images};
use super::words::screen;
use crate::app::App;
use crate::catalog::entity::image;
use crate::catalog::error::CatalogError;
use crate::catalog::model::content::Place;
use crate::catalog::query::{held_product, images_of};
use crate::kernel::fields::Fault;
use crate::kernel::{ImageId, ProductId, UserId, VendorId};

/// Puts all pictures of a product in order, or lets that wait. Returns those that the public sees, and the version after it.
pub async fn order_images(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    actor: UserId,
    order: Vec<Place>,
) -> Result<(Vec<image::Model>, i32), CatalogError> {
    let txn = app.db.begin().await?;
    let (version, _) = order_images_in(&txn, app, (vendor_id, product_id), actor, order).await?;
    let images = images_of(&txn, product_id).await?;
    app.commit(txn).await?;
    Ok((images, version))
}

/// The same in a transaction of the caller; true if it waits for an officer.
pub(in crate::catalog) async fn order_images_in(
    txn: &DatabaseTransaction,
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    actor: UserId,
    order: Vec<Place>,
) -> Result<(i32, bool), CatalogError> {
    let now = app.now();
    // Uploads and other orders wait here, so that the pictures read below are all there are.
    let product = held_product(txn, vendor_id, product_id).await?;
    let mut known: Vec<ImageId> =
        wished_images(txn, product_id).await?.iter().map(|place| place.id).collect();
    let mut named: Vec<ImageId> = order.iter().map(|place| place.id).collect();
    known.sort_unstable();
    named.sort_unstable();
    if known != named {
        return Err(CatalogError::Invalid(vec![not_all().at("/items")]));
    }
    let change = json!({"images": order});
    screen(txn, product.status, &change).await?;
    let waits = app.config.catalog.moderation.holds_edits(product.status);
    if waits {
        keep(txn, (&product, actor), change, now).await?;
    } else {
        for (position, place) in (0_i32..).zip(&order) {
            put_place(txn, place, position).await?;
        }
    }
    Ok((count_change(txn, app, product, now).await?, waits))
}

fn not_all() -> Fault {
    Fault::new(
        "not-all-pictures",
        "Sebutkan setiap gambar produk ini tepat satu kali.",
        "Name every picture of the product exactly once.",
    )
}
