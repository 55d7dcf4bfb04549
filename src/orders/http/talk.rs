//! Messages between buyers and shops: about an order, about a product, or before anything is bought.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::app::App;
use crate::catalog::query as catalog_query;
use crate::kernel::fields::text;
use crate::kernel::{ConversationId, MessageId, OrderId, Page, Problem, ProductId, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::message;
use crate::orders::query::talk::Talk;
use crate::orders::query::{self, Owner};
use crate::orders::service::talk::{self, Pair, Said};
use crate::vendors;
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::query::page_of;
use crate::web::{Api, Area, Caller, PathId, PathIds, Policy, ValidJson, ValidQuery};

pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(START_CONVERSATION, routes!(start_conversation))
        .route(LIST_CONVERSATIONS, routes!(list_conversations))
        .route(LIST_MESSAGES, routes!(list_conversation_messages))
        .route(READ_CONVERSATION, routes!(read_conversation))
        .route(WRITE_ORDER_MESSAGE, routes!(write_order_message))
        .route(LIST_VENDOR_CONVERSATIONS, routes!(list_vendor_conversations))
        .route(LIST_VENDOR_MESSAGES, routes!(list_vendor_messages))
        .route(ANSWER_CONVERSATION, routes!(answer_conversation))
        .route(READ_VENDOR_CONVERSATION, routes!(read_vendor_conversation))
        .route(WRITE_VENDOR_ORDER_MESSAGE, routes!(write_vendor_order_message))
}

const START_CONVERSATION: Policy = Policy::BUYER.area(Area::Orders);
const LIST_CONVERSATIONS: Policy = Policy::BUYER.area(Area::Orders);
const LIST_MESSAGES: Policy = Policy::BUYER.on("conversation", "conversation_id").area(Area::Orders);
const READ_CONVERSATION: Policy = Policy::BUYER.on("conversation", "conversation_id").area(Area::Orders);
const WRITE_ORDER_MESSAGE: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
const LIST_VENDOR_CONVERSATIONS: Policy = MEMBERS;
const LIST_VENDOR_MESSAGES: Policy = MEMBERS;
const ANSWER_CONVERSATION: Policy = MEMBERS;
const READ_VENDOR_CONVERSATION: Policy = MEMBERS;
const WRITE_VENDOR_ORDER_MESSAGE: Policy = MEMBERS;

/// What people write to a shop is for its members only, not for the platform.
pub const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

/// Longest message.
const LONGEST: usize = 2000;

/// A conversation.
#[derive(Serialize, ToSchema)]
pub struct ConversationOut {
    id: ConversationId,
    vendor_id: VendorId,
    vendor_name: String,
    /// The name of the buyer; nothing else of a person is shown.
    buyer_name: String,
    /// Messages that the caller's side has not read.
    unread: i32,
    last: Option<MessageOut>,
    updated_at: DateTime<Utc>,
}

/// A message.
#[derive(Serialize, ToSchema)]
pub struct MessageOut {
    id: MessageId,
    conversation_id: ConversationId,
    /// Which side wrote it.
    by: Actor,
    order_id: Option<OrderId>,
    product_id: Option<ProductId>,
    /// `null` once its author was forgotten.
    text: Option<String>,
    at: DateTime<Utc>,
}

/// What a buyer asks a shop.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartConversation {
    vendor_id: VendorId,
    /// About one of its products.
    #[serde(default)]
    product_id: Option<ProductId>,
    text: String,
}

/// A message about an order or in a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteMessage {
    text: String,
}

/// One page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TalkQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

impl MessageOut {
    /// As both sides see it.
    pub fn of(message: message::Model) -> Self {
        Self {
            id: message.id,
            conversation_id: message.conversation_id,
            by: message.side,
            order_id: message.order_id,
            product_id: message.product_id,
            text: message.text,
            at: message.created_at,
        }
    }
}

impl ConversationOut {
    fn of(talk: Talk, side: Actor) -> Self {
        let row = talk.conversation;
        Self {
            id: row.id,
            vendor_id: row.vendor_id,
            vendor_name: talk.vendor_name,
            buyer_name: talk.buyer_name,
            unread: if side == Actor::Buyer { row.buyer_unread } else { row.vendor_unread },
            last: talk.last.map(MessageOut::of),
            updated_at: row.updated_at,
        }
    }
}

fn said(text_in: &str) -> Result<String, Problem> {
    text(text_in, 1, LONGEST, true).map_err(|fault| Problem::field(fault.at("/text")))
}

type Written = (StatusCode, Json<MessageOut>);

async fn write(app: &App, pair: Pair, by: (Actor, UserId), said: Said) -> Result<Written, Problem> {
    let (_, message) = talk::say(app, pair, by, said).await?;
    Ok((StatusCode::CREATED, Json(MessageOut::of(message))))
}

/// Ask a shop something, about a product or in general. There is one conversation for each shop.
#[utoipa::path(post, path = "/v1/conversations", tag = "orders", request_body = StartConversation,
    responses((status = 201, body = MessageOut), (status = 404, description = "No such shop or product"), (status = 422), (status = 429)))]
async fn start_conversation(
    State(app): State<App>,
    caller: Caller,
    ValidJson(body): ValidJson<StartConversation>,
) -> Result<Written, Problem> {
    let text = said(&body.text)?;
    let shop = vendors::query::find_public(app.db.read(), &body.vendor_id.to_string()).await?;
    let vendor_id = shop.ok_or_else(Problem::not_found)?.id;
    if let Some(id) = body.product_id {
        let offered = catalog_query::is_offered(app.db.read(), vendor_id, id).await?;
        if !offered {
            return Err(Problem::not_found());
        }
    }
    let pair = Pair { buyer_id: caller.user_id, vendor_id };
    let said = Said { text, order_id: None, product_id: body.product_id };
    write(&app, pair, (Actor::Buyer, caller.user_id), said).await
}

/// List the caller's conversations with shops, the latest first.
#[utoipa::path(get, path = "/v1/conversations", tag = "orders", params(TalkQuery), responses((status = 200, body = Page<ConversationOut>)))]
async fn list_conversations(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(params): ValidQuery<TalkQuery>,
) -> Result<Json<Page<ConversationOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let talks = query::talk::list(app.db.read(), Owner::Buyer(caller.user_id), &page).await?;
    Ok(Json(talks.map(|talk| ConversationOut::of(talk, Actor::Buyer))))
}

/// Read one of the caller's conversations, the newest message first.
#[utoipa::path(get, path = "/v1/conversations/{conversation_id}/messages", tag = "orders",
    params(("conversation_id" = ConversationId, Path), TalkQuery), responses((status = 200, body = Page<MessageOut>), (status = 404)))]
async fn list_conversation_messages(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<ConversationId>,
    ValidQuery(params): ValidQuery<TalkQuery>,
) -> Result<Json<Page<MessageOut>>, Problem> {
    messages(&app, Owner::Buyer(caller.user_id), id, &params).await
}

/// Say that one has read everything of a conversation.
#[utoipa::path(post, path = "/v1/conversations/{conversation_id}/read", tag = "orders",
    params(("conversation_id" = ConversationId, Path)), responses((status = 204), (status = 404)))]
async fn read_conversation(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<ConversationId>,
) -> Result<StatusCode, Problem> {
    talk::read(&app, Owner::Buyer(caller.user_id), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Write to the shop about one of the caller's orders.
#[utoipa::path(post, path = "/v1/orders/{order_id}/messages", tag = "orders", request_body = WriteMessage,
    params(("order_id" = OrderId, Path)), responses((status = 201, body = MessageOut), (status = 404), (status = 422), (status = 429)))]
async fn write_order_message(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    ValidJson(body): ValidJson<WriteMessage>,
) -> Result<Written, Problem> {
    let text = said(&body.text)?;
    let whole = query::of_buyer(app.db.read(), caller.user_id, id).await?.ok_or(OrderError::NotFound)?;
    let pair = Pair { buyer_id: caller.user_id, vendor_id: whole.order.vendor_id };
    let said = Said { text, order_id: Some(id), product_id: None };
    write(&app, pair, (Actor::Buyer, caller.user_id), said).await
}

/// List the conversations of a shop, the latest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/conversations", tag = "orders", params(("vendor_id" = VendorId, Path), TalkQuery),
    responses((status = 200, body = Page<ConversationOut>)))]
async fn list_vendor_conversations(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(params): ValidQuery<TalkQuery>,
) -> Result<Json<Page<ConversationOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let talks = query::talk::list(app.db.read(), Owner::Vendor(vendor_id), &page).await?;
    Ok(Json(talks.map(|talk| ConversationOut::of(talk, Actor::Vendor))))
}

/// Read a conversation of a shop, the newest message first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/conversations/{conversation_id}/messages", tag = "orders",
    params(("vendor_id" = VendorId, Path), ("conversation_id" = ConversationId, Path), TalkQuery),
    responses((status = 200, body = Page<MessageOut>), (status = 404)))]
async fn list_vendor_messages(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, ConversationId)>,
    ValidQuery(params): ValidQuery<TalkQuery>,
) -> Result<Json<Page<MessageOut>>, Problem> {
    messages(&app, Owner::Vendor(vendor_id), id, &params).await
}

async fn messages(
    app: &App,
    owner: Owner,
    id: ConversationId,
    params: &TalkQuery,
) -> Result<Json<Page<MessageOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    query::talk::one(app.db.read(), owner, id).await?.ok_or(OrderError::NotFound)?;
    Ok(Json(query::talk::messages(app.db.read(), id, &page).await?.map(MessageOut::of)))
}

/// Answer a buyer.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/conversations/{conversation_id}/messages", tag = "orders",
    request_body = WriteMessage, params(("vendor_id" = VendorId, Path), ("conversation_id" = ConversationId, Path)),
    responses((status = 201, body = MessageOut), (status = 404), (status = 422), (status = 429)))]
async fn answer_conversation(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, ConversationId)>,
    ValidJson(body): ValidJson<WriteMessage>,
) -> Result<Written, Problem> {
    let text = said(&body.text)?;
    let found = query::talk::one(app.db.read(), Owner::Vendor(vendor_id), id).await?;
    let found = found.ok_or(OrderError::NotFound)?;
    let pair = Pair { buyer_id: found.buyer_id, vendor_id: found.vendor_id };
    let said = Said { text, order_id: None, product_id: None };
    write(&app, pair, (Actor::Vendor, caller.user_id), said).await
}

/// Say that the shop has read everything of a conversation.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/conversations/{conversation_id}/read", tag = "orders",
    params(("vendor_id" = VendorId, Path), ("conversation_id" = ConversationId, Path)), responses((status = 204), (status = 404)))]
async fn read_vendor_conversation(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, ConversationId)>,
) -> Result<StatusCode, Problem> {
    talk::read(&app, Owner::Vendor(vendor_id), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Write to the buyer of one of the shop's orders.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/messages", tag = "orders", request_body = WriteMessage,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 201, body = MessageOut), (status = 404), (status = 409, description = "window-closed: sold over the counter"),
        (status = 422), (status = 429)))]
async fn write_vendor_order_message(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    ValidJson(body): ValidJson<WriteMessage>,
) -> Result<Written, Problem> {
    let text = said(&body.text)?;
    let whole = query::of_vendor(app.db.read(), vendor_id, id).await?.ok_or(OrderError::NotFound)?;
    if !whole.order.has_a_buyer() {
        return Err(OrderError::WindowClosed.into());
    }
    let pair = Pair { buyer_id: whole.order.buyer_id, vendor_id: whole.order.vendor_id };
    let said = Said { text, order_id: Some(id), product_id: None };
    write(&app, pair, (Actor::Vendor, caller.user_id), said).await
}
