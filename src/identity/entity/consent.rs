//! Table `consents`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ConsentId, UserId};

/// Something a person agreed to or took back (UU PDP art. 20-22); rows are only added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    pub user_id: UserId,
    pub kind: String,
    pub version: String,
    pub given: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
