//! What a buyer and a shop say to each other: one conversation for each pair, about a product, an order or nothing of both.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::json;

use crate::app::App;
use crate::identity::service::throttle::{self, Counter};
use crate::kernel::{ConversationId, MessageId, OrderId, ProductId, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::{conversation, message};
use crate::orders::query::{self, Owner};
use crate::platform::news::{self, Audience, News};

/// What somebody says.
#[derive(Clone, Debug)]
pub struct Said {
    pub text: String,
    pub order_id: Option<OrderId>,
    pub product_id: Option<ProductId>,
}

/// Between whom.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub buyer_id: UserId,
    pub vendor_id: VendorId,
}

/// Says something to the other side; who may say it has been checked. The first message opens the conversation.
pub async fn say(
    app: &App,
    pair: Pair,
    (side, author): (Actor, UserId),
    said: Said,
) -> Result<(conversation::Model, message::Model), OrderError> {
    let counters = [Counter::messages(app, author)];
    throttle::pass(app, &counters).await.map_err(crate::kernel::Problem::from)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let id = MessageId::generate();
    let conversation = open(&txn, pair, (side, id), now).await?;
    let row = message::Model {
        id,
        conversation_id: conversation.id,
        side,
        author_id: author,
        order_id: said.order_id,
        product_id: said.product_id,
        text: Some(said.text),
        created_at: now,
    };
    let active: message::ActiveModel = row.clone().into();
    message::Entity::insert(sea_orm::ActiveModelTrait::reset_all(active))
        .exec_without_returning(&txn)
        .await?;
    // The first unread message tells; those that follow it are seen with it.
    let unread = if side == Actor::Buyer { conversation.vendor_unread } else { conversation.buyer_unread };
    if unread == 1 {
        let to = match side {
            Actor::Buyer => Audience::Vendor(pair.vendor_id),
            _ => Audience::User(pair.buyer_id),
        };
        let data = json!({"conversation_id": conversation.id, "vendor_id": pair.vendor_id,
            "order_id": said.order_id, "product_id": said.product_id});
        let object = ("conversation", conversation.id.0);
        news::tell(&txn, &[News { to, kind: "message.received", object, data }], now).await?;
    }
    app.commit(txn).await?;
    Ok((conversation, row))
}

/// The conversation of a pair with one more message: made, or counted up.
async fn open(
    txn: &DatabaseTransaction,
    pair: Pair,
    (side, message): (Actor, MessageId),
    now: DateTime<Utc>,
) -> Result<conversation::Model, DbErr> {
    use conversation::Column;
    let of_buyer = i32::from(side == Actor::Buyer);
    let row = conversation::ActiveModel {
        id: Set(ConversationId::generate()),
        buyer_id: Set(pair.buyer_id),
        vendor_id: Set(pair.vendor_id),
        buyer_unread: Set(1 - of_buyer),
        vendor_unread: Set(of_buyer),
        last_message_id: Set(message),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let more = |column: Column, by: i32| Expr::col((conversation::Entity, column)).add(by);
    let again = OnConflict::columns([Column::BuyerId, Column::VendorId])
        .value(Column::BuyerUnread, more(Column::BuyerUnread, 1 - of_buyer))
        .value(Column::VendorUnread, more(Column::VendorUnread, of_buyer))
        .update_columns([Column::LastMessageId, Column::UpdatedAt])
        .to_owned();
    conversation::Entity::insert(row).on_conflict(again).exec_with_returning(txn).await
}

/// Says that one side has read everything.
pub async fn read(app: &App, owner: Owner, id: ConversationId) -> Result<(), OrderError> {
    let txn = app.db.begin().await?;
    query::talk::one(&txn, owner, id).await?.ok_or(OrderError::NotFound)?;
    let column = match owner {
        Owner::Buyer(_) => conversation::Column::BuyerUnread,
        Owner::Vendor(_) => conversation::Column::VendorUnread,
    };
    conversation::Entity::update_many()
        .col_expr(column, Expr::value(0))
        .filter(conversation::Column::Id.eq(id))
        .exec(&txn)
        .await?;
    app.commit(txn).await?;
    Ok(())
}
