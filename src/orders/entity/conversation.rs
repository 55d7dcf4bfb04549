//! Table `conversations`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ConversationId, MessageId, UserId, VendorId};

/// What a buyer and a shop say to each other: one for each pair.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    pub buyer_id: UserId,
    pub vendor_id: VendorId,
    pub buyer_unread: i32,
    pub vendor_unread: i32,
    pub last_message_id: MessageId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
