//! Table `product_waiting_images`.

use sea_orm::entity::prelude::*;

use super::image;
use crate::kernel::{ImageId, ProductId};

/// A picture that an edit adds, while the edit waits for an officer; then it becomes a picture of the product.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_waiting_images")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImageId,
    pub product_id: ProductId,
    pub width: i32,
    pub height: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Of a picture that is to wait.
    pub fn of(row: &image::Model) -> Self {
        Self {
            id: row.id,
            product_id: row.product_id,
            width: row.width,
            height: row.height,
            created_at: row.created_at,
        }
    }

    /// The picture of a product that it becomes.
    pub fn shown(self, position: i32, alt: Option<String>) -> image::Model {
        let Self { id, product_id, width, height, created_at } = self;
        image::Model { id, product_id, position, width, height, created_at, alt }
    }
}
