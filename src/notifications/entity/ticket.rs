//! Table `event_tickets`.

use sea_orm::entity::prelude::*;

use crate::kernel::{SessionId, UserId};

/// Lets one stream of live events in, once: pages cannot put a token into the header of such a request.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    pub user_id: UserId,
    pub session_id: SessionId,
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
