//! Table `notifications`.

use sea_orm::entity::prelude::*;

use crate::kernel::{NewsId, NotificationId, UserId};

/// One piece of news for one person; `(xid, seq)` is its place in the stream of live events, see `platform/feed.rs`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub xid: i64,
    pub id: NotificationId,
    pub news_id: NewsId,
    pub user_id: UserId,
    pub kind: String,
    // Why the person is told: as oneself, as a member of a shop, in a role.
    pub audience: String,
    pub audience_id: Uuid,
    pub object_kind: String,
    pub object_id: Uuid,
    pub data: String,
    /// Shown in the list and to listeners; otherwise it went out by mail only.
    pub listed: bool,
    pub read_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
