//! Messages that went nowhere: on a desk an operator reads the codes here.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::kernel::{Page, Problem};
use crate::platform::messages::Kept;
use crate::web::query::page_of;
use crate::web::{Area, Policy, Role, ValidQuery};

/// A message that was kept instead of being sent.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageOut {
    at: DateTime<Utc>,
    /// E-mail address or phone number.
    to: String,
    subject: String,
    text: String,
}

impl From<Kept> for MessageOut {
    fn from(kept: Kept) -> Self {
        let Kept { at, message, .. } = kept;
        Self { at, to: message.to.as_str().to_owned(), subject: message.subject, text: message.text }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MessagesQuery {
    /// Messages per page, 1 to 100.
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

pub(super) const LIST_MESSAGES: Policy = Policy::any_of(&[Role::Operator]).area(Area::Operation);

/// The messages that this process kept instead of sending them, the newest first. There are none where messages are sent.
#[utoipa::path(
    get,
    path = "/v1/admin/messages",
    tag = "admin",
    params(MessagesQuery),
    responses(
        (status = 200, body = Page<MessageOut>),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "No operator"),
        (status = 404, description = "Messages are sent here, not kept"),
        (status = 422, description = "The limit or the cursor is wrong"),
    )
)]
pub(super) async fn list_messages(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<MessagesQuery>,
) -> Result<Json<Page<MessageOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    if !app.messenger.keeps() {
        return Err(Problem::not_found());
    }
    let kept = app.messenger.kept_page(page.after.and_then(|after| after.by), page.limit);
    Ok(Json(kept.map(Into::into)))
}
