//! Table `banned_words`.

use sea_orm::entity::prelude::*;

use crate::kernel::{BannedWordId, UserId};

/// A word that no listing may carry.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "banned_words")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BannedWordId,
    pub word: String,
    pub folded: String,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
