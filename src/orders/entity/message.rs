//! Table `conversation_messages`.

use sea_orm::entity::prelude::*;

use super::event::Actor;
use crate::kernel::{ConversationId, MessageId, OrderId, ProductId, UserId};

/// One message, perhaps about an order or a product.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub side: Actor,
    pub author_id: UserId,
    pub order_id: Option<OrderId>,
    pub product_id: Option<ProductId>,
    // Nothing once its author was forgotten.
    pub text: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
