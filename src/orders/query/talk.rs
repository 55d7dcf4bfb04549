//! Reading conversations: always of a buyer or of a shop.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::identity::entity::user;
use crate::kernel::{ConversationId, Cursor, MessageId, OrderId, Page, UserId, VendorId};
use crate::orders::entity::{conversation, message};
use crate::orders::query::Owner;
use crate::vendors;
use crate::vendors::entity::vendor;
use crate::web::query::PageOf;

/// A conversation with the names of both sides and its last message.
#[derive(Clone, Debug)]
pub struct Talk {
    pub conversation: conversation::Model,
    pub buyer_name: String,
    pub vendor_name: String,
    pub last: Option<message::Model>,
}

fn owned_by(owner: Owner) -> Condition {
    Condition::all().add(match owner {
        Owner::Buyer(id) => conversation::Column::BuyerId.eq(id),
        Owner::Vendor(id) => conversation::Column::VendorId.in_subquery(vendors::query::ids_of(id)),
    })
}

/// One conversation of a buyer or a shop.
pub async fn one(
    conn: &impl ConnectionTrait,
    owner: Owner,
    id: ConversationId,
) -> Result<Option<conversation::Model>, DbErr> {
    conversation::Entity::find_by_id(id).filter(owned_by(owner)).one(conn).await
}

/// Conversations, the latest first; four statements.
pub async fn list(conn: &impl ConnectionTrait, owner: Owner, page: &PageOf) -> Result<Page<Talk>, DbErr> {
    let after = page.after.as_ref().map(|after| conversation::Column::LastMessageId.lt(MessageId(after.id)));
    let rows = conversation::Entity::find()
        .filter(owned_by(owner).add_option(after))
        .order_by_desc(conversation::Column::LastMessageId)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    let page = Page::cut(rows, page.limit, |row| Cursor::after(row.last_message_id));
    let items = with_names(conn, page.items).await?;
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// Conversations with their names: nothing else of a person is shown.
async fn with_names(conn: &impl ConnectionTrait, rows: Vec<conversation::Model>) -> Result<Vec<Talk>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let buyers: Vec<(UserId, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Name])
        .filter(user::Column::Id.is_in(rows.iter().map(|row| row.buyer_id)))
        .into_tuple()
        .all(conn)
        .await?;
    let shops: Vec<(VendorId, String)> = vendor::Entity::find()
        .select_only()
        .columns([vendor::Column::Id, vendor::Column::Name])
        .filter(vendor::Column::Id.is_in(rows.iter().map(|row| row.vendor_id)))
        .into_tuple()
        .all(conn)
        .await?;
    let last = message::Entity::find()
        .filter(message::Column::Id.is_in(rows.iter().map(|row| row.last_message_id)))
        .all(conn)
        .await?;
    let talk = |row: conversation::Model| Talk {
        buyer_name: name(&buyers, row.buyer_id),
        vendor_name: name(&shops, row.vendor_id),
        last: last.iter().find(|message| message.id == row.last_message_id).cloned(),
        conversation: row,
    };
    Ok(rows.into_iter().map(talk).collect())
}

fn name<I: PartialEq>(names: &[(I, String)], id: I) -> String {
    names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()).unwrap_or_default()
}

/// The messages of a conversation, the newest first.
pub async fn messages(
    conn: &impl ConnectionTrait,
    id: ConversationId,
    page: &PageOf,
) -> Result<Page<message::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| message::Column::Id.lt(MessageId(after.id)));
    let rows = message::Entity::find()
        .filter(Condition::all().add(message::Column::ConversationId.eq(id)).add_option(after))
        .order_by_desc(message::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// What was said about an order, the first one first.
pub async fn about_order(conn: &impl ConnectionTrait, id: OrderId) -> Result<Vec<message::Model>, DbErr> {
    message::Entity::find()
        .filter(message::Column::OrderId.eq(id))
        .order_by_asc(message::Column::Id)
        .all(conn)
        .await
}

/// The next messages that a person wrote, the oldest first.
pub async fn written_after(
    conn: &impl ConnectionTrait,
    author: UserId,
    after: Option<MessageId>,
    most: u64,
) -> Result<Vec<message::Model>, DbErr> {
    message::Entity::find()
        .filter(
            Condition::all()
                .add(message::Column::AuthorId.eq(author))
                .add_option(after.map(|after| message::Column::Id.gt(after))),
        )
        .order_by_asc(message::Column::Id)
        .limit(most)
        .all(conn)
        .await
}
