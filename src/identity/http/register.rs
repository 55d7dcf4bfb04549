//! Signing up.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::identity::entity::user;
use crate::identity::model::{ConsentKind, Device, Registration};
use crate::identity::service::accounts;
use crate::kernel::{Problem, UserId};
use crate::platform::audit::Who;
use crate::web::body::created;
use crate::web::{Policy, ValidJson};

pub const REGISTER: Policy = Policy::PUBLIC;

/// Who signs up. One of `email` and `phone` is needed; four in ten shops have no e-mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterIn {
    name: String,
    /// 8 to 128 characters, and hard to guess.
    password: String,
    email: Option<String>,
    /// An Indonesian mobile number.
    phone: Option<String>,
    /// What the person agrees to, in the edition of the day.
    #[serde(default)]
    consents: Vec<ConsentKind>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AccountOut {
    id: UserId,
    name: String,
    email: Option<String>,
    phone: Option<String>,
}

impl From<user::Model> for AccountOut {
    fn from(user: user::Model) -> Self {
        Self { id: user.id, name: user.name, email: user.email, phone: user.phone }
    }
}

/// Sign up with an e-mail address, a phone number or both.
#[utoipa::path(
    post,
    path = "/v1/auth/register",
    tag = "identity",
    request_body = RegisterIn,
    responses(
        (status = 201, body = AccountOut),
        (status = 409, description = "`account-exists`"),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
        (status = 503, description = "`unavailable`"),
    )
)]
pub async fn register(
    State(app): State<App>,
    device: Device,
    who: Who,
    ValidJson(body): ValidJson<RegisterIn>,
) -> Result<(StatusCode, Json<AccountOut>), Problem> {
    let (email, phone) = (body.email.as_deref(), body.phone.as_deref());
    let form = Registration::parse(&body.name, &body.password, email, phone)?;
    let user = accounts::register(&app, &who, (form, &body.consents), &device).await?;
    Ok(created(user.into()))
}
