//! Table `sealed_rows`.

use sea_orm::entity::prelude::*;

/// Which seal holds a row, and what the row was when it was sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sealed_rows")]
pub struct Model {
    // The table of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: Uuid,
    pub seal: i64,
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
