//! Table `bank_statements`.

use sea_orm::entity::prelude::*;

use crate::kernel::{BankStatementId, UserId};

/// One statement of the bank that finance brought.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_statements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BankStatementId,
    pub imported_by: UserId,
    pub lines_total: i32,
    pub lines_new: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
