//! Table `product_reviews`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ProductId, ProductReviewId, UserId};

/// One decision about a product.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_reviews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductReviewId,
    pub product_id: ProductId,
    pub from_status: super::product::Status,
    pub to_status: super::product::Status,
    pub note: Option<String>,
    pub actor_id: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
