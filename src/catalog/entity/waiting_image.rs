//! Table `product_waiting_images`.

use sea_orm::entity::prelude::*;

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
