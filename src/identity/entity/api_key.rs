//! Table `api_keys`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ApiKeyId, UserId};

/// A key with which a program acts for a person, within its scopes; only a hash of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    pub user_id: UserId,
    pub name: String,
    // The first characters, to tell keys apart.
    pub prefix: String,
    pub hash: String,
    // `orders:read stock:write`.
    pub scopes: String,
    pub per_minute: i32,
    // Made in a session that had shown one: only then the roles that need it go along.
    pub second_factor: bool,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub last_used_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
