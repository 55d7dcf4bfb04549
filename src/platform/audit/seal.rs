//! Table `seals`.

use sea_orm::entity::prelude::*;

/// One link of the chain: a batch of rows and the link before it, hashed together.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seals")]
pub struct Model {
    // 1, 2, 3, without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub row_count: i64,
    // Hash over the hashes of the rows, in their order.
    pub content: String,
    // Hash of the link before; empty for the first.
    pub previous: String,
    pub hash: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
