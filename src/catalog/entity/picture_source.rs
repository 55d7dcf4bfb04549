//! Table `product_picture_sources`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ImageId, ProductId};

/// Where a picture of a product was fetched from, so that the same list does not fetch it again.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_picture_sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: ProductId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    pub image_id: ImageId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
