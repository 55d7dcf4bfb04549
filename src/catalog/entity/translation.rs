//! Table `product_translations`.

use sea_orm::entity::prelude::*;

use crate::catalog::model::Tongue;
use crate::kernel::ProductId;

/// Title and description of a product in another language than Indonesian.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_translations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: ProductId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lang: Tongue,
    pub title: String,
    pub description: String,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
