//! What one was told, how one wants to be told, and live events.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderMap, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use sea_orm::Iterable as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::entity::{choice, notification};
use super::error::NotificationError;
use super::live::{self, Opening, Place};
use super::model::{Channel, Topic, language_name};
use super::service::own::{self, Wish};
use super::service::tickets;
use super::{query, texts};
use crate::app::App;
use crate::kernel::{Lang, NotificationId, Problem};
use crate::web::authz::Via;
use crate::web::query::page_of;
use crate::web::{Api, Area, Caller, PathId, Policy, ValidJson, ValidQuery};

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(LIST, routes!(list_notifications))
        .route(READ, routes!(read_notification))
        .route(READ_ALL, routes!(read_notifications))
        .route(GET_CHOICES, routes!(get_notification_choices))
        .route(PUT_CHOICES, routes!(put_notification_choices))
        .route(TICKET, routes!(create_event_ticket))
        .route(STREAM, routes!(stream_events))
}

const LIST: Policy = Policy::BUYER.area(Area::Account);
const READ: Policy = Policy::BUYER.on("notification", "notification_id").area(Area::Account);
const READ_ALL: Policy = LIST;
const GET_CHOICES: Policy = LIST;
const PUT_CHOICES: Policy = LIST;
// Without an area: a program has no page to keep up to date.
const TICKET: Policy = Policy::BUYER;
// The ticket stands for the token.
const STREAM: Policy = Policy::PUBLIC;

/// Keeps proxies from holding events back.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");
const LAST_EVENT_ID: &str = "last-event-id";

/// Something that one was told.
#[derive(Serialize, ToSchema)]
pub struct NotificationOut {
    id: NotificationId,
    /// `order.paid`, `payout.sent` ...
    kind: String,
    topic: Topic,
    /// In the language that the person chose.
    title: String,
    text: String,
    /// `user`: as oneself; `vendor`: as a member of a shop; else a role on the platform.
    audience: String,
    /// The shop, if one was told as its member.
    audience_id: Option<Uuid>,
    /// What it is about, e.g. `order` and its id.
    object_kind: String,
    object_id: Uuid,
    #[schema(value_type = Object)]
    data: Value,
    read_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl NotificationOut {
    /// A notification in a language.
    pub fn of(row: notification::Model, lang: Lang) -> Self {
        let words = texts::words(&row, lang);
        let (title, text) = words.map_or_else(Default::default, |words| (words.title, words.text));
        Self {
            id: row.id,
            topic: Topic::of(&row.kind),
            kind: row.kind,
            title,
            text,
            audience: row.audience,
            audience_id: (!row.audience_id.is_nil()).then_some(row.audience_id),
            object_kind: row.object_kind,
            object_id: row.object_id,
            data: serde_json::from_str(&row.data).unwrap_or_default(),
            read_at: row.read_at,
            created_at: row.created_at,
        }
    }
}

/// A page of what one was told.
#[derive(Serialize, ToSchema)]
pub struct NotificationsOut {
    items: Vec<NotificationOut>,
    next_cursor: Option<String>,
    /// How many are unread, on all pages.
    unread: u64,
}

/// Narrows the list.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only what was not read yet.
    unread: bool,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// What to mark as read.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReadNotifications {
    /// This one and all that are older; nothing: all.
    until: Option<NotificationId>,
}

/// How many were marked.
#[derive(Serialize, ToSchema)]
pub struct ReadOut {
    read: u64,
}

/// One topic by one channel.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationChoice {
    topic: Topic,
    channel: Channel,
    wanted: bool,
}

/// How one is told.
#[derive(Serialize, ToSchema)]
pub struct NotificationChoicesOut {
    /// `id` or `en`.
    language: &'static str,
    /// Every topic by every channel; `null` where one never said so: then mail goes to buyers and owners of shops.
    items: Vec<NotificationChoiceOut>,
}

/// What one said about a topic and a channel.
#[derive(Serialize, ToSchema)]
pub struct NotificationChoiceOut {
    topic: Topic,
    channel: Channel,
    wanted: Option<bool>,
}

impl NotificationChoicesOut {
    fn of(lang: Lang, said: &[choice::Model]) -> Self {
        let wanted = |topic, channel| {
            let said = said.iter().find(|said| said.topic == topic && said.channel == channel);
            said.map(|said| said.wanted)
        };
        let items = Topic::iter().flat_map(|topic| {
            Channel::iter().map(move |channel| NotificationChoiceOut {
                topic,
                channel,
                wanted: wanted(topic, channel),
            })
        });
        Self { language: language_name(lang), items: items.collect() }
    }
}

/// A language of the service.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Bahasa Indonesia.
    Id,
    /// English.
    En,
}

/// How one wants to be told; what is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PutNotificationChoices {
    language: Option<Language>,
    #[schema(max_items = 20)]
    items: Vec<NotificationChoice>,
}

/// Lets one stream in, once.
#[derive(Serialize, ToSchema)]
pub struct EventTicketOut {
    ticket: String,
    /// Seconds until it is worth nothing.
    expires_in: u64,
}

/// Which stream to open.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// From `POST /v1/me/events/ticket`.
    ticket: String,
    /// The id of the last event that arrived, for clients that cannot send the header `Last-Event-ID`.
    last_event_id: Option<String>,
}

/// List what one was told, the newest first.
#[utoipa::path(get, path = "/v1/me/notifications", tag = "notifications", params(NotificationQuery),
    responses((status = 200, body = NotificationsOut)))]
async fn list_notifications(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(wanted): ValidQuery<NotificationQuery>,
) -> Result<Json<NotificationsOut>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let lang = query::language(app.db.read(), caller.user_id).await?;
    let unread = query::unread(app.db.read(), caller.user_id).await?;
    let page = query::list(app.db.read(), caller.user_id, wanted.unread, &page).await?;
    let page = page.map(|row| NotificationOut::of(row, lang));
    Ok(Json(NotificationsOut { items: page.items, next_cursor: page.next_cursor, unread }))
}

/// Mark one as read.
#[utoipa::path(post, path = "/v1/me/notifications/{notification_id}/read", tag = "notifications",
    params(("notification_id" = NotificationId, Path)),
    responses((status = 204), (status = 404, description = "No such notification, or not yours")))]
async fn read_notification(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<NotificationId>,
) -> Result<StatusCode, Problem> {
    if own::read_one(&app, caller.user_id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(NotificationError::NotFound.into())
    }
}

/// Mark all as read.
#[utoipa::path(post, path = "/v1/me/notifications/read", tag = "notifications", request_body = Option<ReadNotifications>,
    responses((status = 200, body = ReadOut)))]
async fn read_notifications(
    State(app): State<App>,
    caller: Caller,
    body: Option<ValidJson<ReadNotifications>>,
) -> Result<Json<ReadOut>, Problem> {
    let until = body.and_then(|ValidJson(body)| body.until);
    Ok(Json(ReadOut { read: own::read_all(&app, caller.user_id, until).await? }))
}

/// Show how one is told.
#[utoipa::path(get, path = "/v1/me/notification-choices", tag = "notifications",
    responses((status = 200, body = NotificationChoicesOut)))]
async fn get_notification_choices(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<NotificationChoicesOut>, Problem> {
    let lang = query::language(app.db.read(), caller.user_id).await?;
    let said = query::choices(app.db.read(), caller.user_id).await?;
    Ok(Json(NotificationChoicesOut::of(lang, &said)))
}

/// Choose how one is told.
#[utoipa::path(put, path = "/v1/me/notification-choices", tag = "notifications", request_body = PutNotificationChoices,
    responses((status = 200, body = NotificationChoicesOut), (status = 422)))]
async fn put_notification_choices(
    State(app): State<App>,
    caller: Caller,
    ValidJson(body): ValidJson<PutNotificationChoices>,
) -> Result<Json<NotificationChoicesOut>, Problem> {
    let language = body.language.map(|language| match language {
        Language::Id => Lang::Id,
        Language::En => Lang::En,
    });
    let wish =
        |said: &NotificationChoice| Wish { topic: said.topic, channel: said.channel, wanted: said.wanted };
    let wishes: Vec<Wish> = body.items.iter().map(wish).collect();
    own::choose(&app, caller.user_id, language, &wishes).await?;
    get_notification_choices(State(app), caller).await
}

/// Get a ticket for a stream of live events.
#[utoipa::path(post, path = "/v1/me/events/ticket", tag = "notifications",
    responses((status = 201, body = EventTicketOut)))]
async fn create_event_ticket(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let Via::Session(session_id) = caller.via else {
        return Err(Problem::unauthorized());
    };
    let ticket = tickets::give(&app, caller.user_id, session_id).await?;
    let expires_in = app.config.events.ticket_ttl.as_secs();
    Ok((StatusCode::CREATED, Json(EventTicketOut { ticket, expires_in })).into_response())
}

/// Listen to what one is told (server-sent events). Each event is a notification; its id is what `Last-Event-ID` hands back.
#[utoipa::path(get, path = "/v1/events", tag = "notifications", params(EventQuery),
    responses(
        (status = 200, content_type = "text/event-stream", description = "Events of kind `notification`", body = String),
        (status = 401, description = "`ticket-unknown`: never given, used, or too old"),
        (status = 429, description = "`too-many-streams`")))]
async fn stream_events(
    State(app): State<App>,
    headers: HeaderMap,
    ValidQuery(wanted): ValidQuery<EventQuery>,
) -> Result<Response, Problem> {
    let taken = tickets::take(&app, &wanted.ticket).await?;
    let (user_id, session_id) = taken.ok_or(NotificationError::TicketUnknown)?;
    let sent = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    let after: Option<Place> = sent.or(wanted.last_event_id.as_deref()).and_then(|id| id.parse().ok());
    let stream = live::open(&app, Opening { user_id, session_id, after }).await?;
    let stream = stream.ok_or(NotificationError::TooManyStreams)?;
    let unstored = [
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (UNBUFFERED, HeaderValue::from_static("no")),
    ];
    Ok((unstored, Sse::new(stream)).into_response())
}
