//! Codes for the phone, and new passwords.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::one_of;
use crate::app::App;
use crate::identity::jobs::Request;
use crate::identity::model::{Device, attempt};
use crate::identity::service::passwords::{self, Sent};
use crate::kernel::{Phone, Problem};
use crate::platform::audit::Who;
use crate::web::{Caller, Policy, ValidJson};

pub const REQUEST_CODE: Policy = Policy::PUBLIC;
pub const CHANGE_PASSWORD: Policy = Policy::BUYER;
pub const FORGOT_PASSWORD: Policy = Policy::PUBLIC;
pub const RESET_PASSWORD: Policy = Policy::PUBLIC;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeIn {
    /// An Indonesian mobile number.
    phone: String,
}

/// Ask for a code to sign in with. The answer is the same whether or not the number has an account.
#[utoipa::path(
    post,
    path = "/v1/auth/codes",
    tag = "identity",
    request_body = CodeIn,
    responses(
        (status = 202, description = "A code is on its way, if there is such an account."),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
    )
)]
pub async fn request_code(
    State(app): State<App>,
    device: Device,
    ValidJson(body): ValidJson<CodeIn>,
) -> Result<StatusCode, Problem> {
    let phone = Phone::parse(&body.phone).map_err(|fault| Problem::field(fault.at("/phone")))?;
    passwords::send_requested(&app, Request::Login, phone.as_str(), &device).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePasswordIn {
    current: String,
    /// 8 to 128 characters, and hard to guess.
    new: String,
}

/// Replace one's password. All other sessions end.
#[utoipa::path(
    post,
    path = "/v1/me/password",
    tag = "identity",
    request_body = ChangePasswordIn,
    responses(
        (status = 204, description = "The password is replaced."),
        (status = 401, description = "Not signed in"),
        (status = 422, description = "`invalid`: the current password is wrong, or the new one too weak"),
        (status = 429, description = "`too-many-attempts`"),
        (status = 503, description = "`unavailable`"),
    )
)]
pub async fn change_password(
    State(app): State<App>,
    caller: Caller,
    device: Device,
    who: Who,
    ValidJson(body): ValidJson<ChangePasswordIn>,
) -> Result<StatusCode, Problem> {
    let words = (attempt(&body.current), body.new.as_str());
    passwords::change(&app, &who, &caller, words, &device).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ForgotPasswordIn {
    /// E-mail address or phone number.
    login: String,
}

/// Ask for a way to set a new password: a link by e-mail, or a code to the phone. The answer is the same whether or not there
/// is such an account.
#[utoipa::path(
    post,
    path = "/v1/auth/password/forgot",
    tag = "identity",
    request_body = ForgotPasswordIn,
    responses(
        (status = 202, description = "A message is on its way, if there is such an account."),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
    )
)]
pub async fn forgot_password(
    State(app): State<App>,
    device: Device,
    ValidJson(body): ValidJson<ForgotPasswordIn>,
) -> Result<StatusCode, Problem> {
    passwords::send_requested(&app, Request::Reset, &body.login, &device).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Either the token of a link, or the phone number and the code that went there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetPasswordIn {
    /// What stands behind `token=` in the link.
    token: Option<String>,
    /// The phone number, with `code`.
    login: Option<String>,
    /// The six digits.
    code: Option<String>,
    /// 8 to 128 characters, and hard to guess.
    password: String,
}

/// Set a new password with what was sent. All sessions end; the link or code works once.
#[utoipa::path(
    post,
    path = "/v1/auth/password/reset",
    tag = "identity",
    request_body = ResetPasswordIn,
    responses(
        (status = 204, description = "The password is set."),
        (status = 400, description = "`secret-refused`"),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
        (status = 503, description = "`unavailable`"),
    )
)]
pub async fn reset_password(
    State(app): State<App>,
    device: Device,
    who: Who,
    ValidJson(body): ValidJson<ResetPasswordIn>,
) -> Result<StatusCode, Problem> {
    let sent = match (body.token, body.login, body.code) {
        (Some(token), None, None) => Sent::Link(token),
        (None, Some(login), Some(code)) => Sent::Code(login, code.trim().to_owned()),
        _ => return Err(one_of("/token", "token", "login + code")),
    };
    passwords::reset(&app, &who, (sent, &body.password), &device).await?;
    Ok(StatusCode::NO_CONTENT)
}
