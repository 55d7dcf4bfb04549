//! Hits as they are shown: price, stock and visibility come from the database, never from an index.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, QueryFilter, QuerySelect, Select};

use super::{can_be_bought, first_image, public_products};
use crate::catalog::entity::product;
use crate::kernel::{ImageId, ProductId, Rupiah, VendorId};
use crate::vendors::entity::vendor;

/// One product of an answer.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Hit {
    /// The product.
    pub id: ProductId,
    /// Its address part.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its cheapest variant.
    pub price_min: Rupiah,
    /// Its dearest variant.
    pub price_max: Rupiah,
    /// Whether it can be bought now.
    pub in_stock: bool,
    /// Its first picture.
    pub image: Option<ImageId>,
    /// The shop.
    pub vendor_id: VendorId,
    /// The shop's address part.
    pub vendor_slug: String,
    /// The shop's name.
    pub vendor_name: String,
}

/// The columns of a hit.
pub fn columns(select: Select<product::Entity>) -> Select<product::Entity> {
    select
        .columns([
            product::Column::Id,
            product::Column::Slug,
            product::Column::Title,
            product::Column::PriceMin,
            product::Column::PriceMax,
            product::Column::VendorId,
        ])
        .column_as(vendor::Column::Slug, "vendor_slug")
        .column_as(vendor::Column::Name, "vendor_name")
        .expr_as(can_be_bought(), "in_stock")
        .expr_as(
            SimpleExpr::from(Expr::SubQuery(None, Box::new(first_image().into()))),
            "image",
        )
}

/// Reads the hits the public may see, in the order of `ids`.
pub async fn load(db: &impl ConnectionTrait, ids: &[ProductId]) -> Result<Vec<Hit>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Hit> = columns(public_products())
        .filter(product::Column::Id.is_in(ids.iter().copied()))
        .into_model()
        .all(db)
        .await?;
    let mut by_id: HashMap<ProductId, Hit> = found.into_iter().map(|hit| (hit.id, hit)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}
