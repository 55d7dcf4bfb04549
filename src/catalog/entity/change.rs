//! Table `catalog_changes`.

use sea_orm::entity::prelude::*;

use crate::kernel::ProductId;

/// One line of the feed that keeps search indexes in step.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog_changes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    // Transaction that wrote the row; the database sets it.
    pub xid: i64,
    pub product_id: ProductId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
