//! Table `sessions`.

use sea_orm::entity::prelude::*;

use crate::kernel::{SessionId, UserId};

/// One login on one device; its refresh tokens form one family.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    // What the client says it is (`User-Agent`), cut.
    pub device: String,
    // Where the last login or refresh came from, and the network of it that limits count.
    pub address: String,
    pub network: String,
    pub last_used_at: Option<DateTimeUtc>,
    // When the person last showed a password or a code.
    pub authenticated_at: Option<DateTimeUtc>,
    pub second_factor: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
