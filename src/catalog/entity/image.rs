//! Table `product_images`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ImageId, ProductId};

/// One picture of a product; its files are named by its id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_images")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImageId,
    pub product_id: ProductId,
    pub position: i32,
    pub width: i32,
    pub height: i32,
    pub created_at: DateTimeUtc,
    // For those who cannot see it.
    pub alt: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
