//! Table `one_time_tokens`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ContactChangeId, OneTimeTokenId, UserId};

/// A secret sent to somebody, good once and for a short while; only a hash of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OneTimeTokenId,
    pub user_id: UserId,
    // What it is good for: `identity/model/purpose.rs`.
    pub purpose: String,
    // SHA-256 of a link token; a keyed hash of a short code.
    pub hash: String,
    // The address it went to; worthless once the person has another one.
    pub sent_to: String,
    pub change_id: Option<ContactChangeId>,
    // Wrong codes that were tried.
    pub attempts: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
