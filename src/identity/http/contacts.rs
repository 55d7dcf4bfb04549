//! Addresses of people: showing whose they are, and changing them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::one_of;
use crate::app::App;
use crate::identity::jobs::Request;
use crate::identity::model::{Device, Login, attempt};
use crate::identity::service::contacts::{self, Consent};
use crate::identity::service::passwords;
use crate::kernel::{ContactChangeId, Email, Phone, Problem};
use crate::platform::audit::Who;
use crate::web::{Caller, Policy, ValidJson};

pub const VERIFY_EMAIL: Policy = Policy::PUBLIC;
pub const REQUEST_VERIFICATION: Policy = Policy::PUBLIC;
pub const VERIFY_PHONE: Policy = Policy::BUYER;
pub const CHANGE_CONTACT: Policy = Policy::BUYER;
pub const CONFIRM_CONTACT: Policy = Policy::PUBLIC;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyEmailIn {
    /// What stands behind `token=` in the link.
    token: String,
}

/// Show that an e-mail address is one's own, with the link that went there.
#[utoipa::path(
    post,
    path = "/v1/auth/verify",
    tag = "identity",
    request_body = VerifyEmailIn,
    responses(
        (status = 204, description = "The address is verified."),
        (status = 400, description = "`secret-refused`"),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn verify_email(
    State(app): State<App>,
    who: Who,
    ValidJson(body): ValidJson<VerifyEmailIn>,
) -> Result<StatusCode, Problem> {
    contacts::verify_email(&app, &who, &body.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestVerificationIn {
    /// E-mail address or phone number.
    login: String,
}

/// Ask for the verification message once more. The answer is the same whether or not there is such an account.
#[utoipa::path(
    post,
    path = "/v1/auth/verification",
    tag = "identity",
    request_body = RequestVerificationIn,
    responses(
        (status = 202, description = "A message is on its way, if there is something to verify."),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
    )
)]
pub async fn request_verification(
    State(app): State<App>,
    device: Device,
    ValidJson(body): ValidJson<RequestVerificationIn>,
) -> Result<StatusCode, Problem> {
    passwords::send_requested(&app, Request::Verification, &body.login, &device).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyPhoneIn {
    /// The six digits.
    code: String,
}

/// Show that a phone number is one's own, with the code that went there.
#[utoipa::path(
    post,
    path = "/v1/me/phone/verify",
    tag = "identity",
    request_body = VerifyPhoneIn,
    responses(
        (status = 204, description = "The number is verified."),
        (status = 400, description = "`secret-refused`"),
        (status = 401, description = "Not signed in"),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn verify_phone(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<VerifyPhoneIn>,
) -> Result<StatusCode, Problem> {
    contacts::verify_phone(&app, &who, caller.user_id, body.code.trim()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new e-mail address or a new phone number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeContactIn {
    email: Option<String>,
    /// An Indonesian mobile number.
    phone: Option<String>,
    /// The password, once more.
    password: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ContactChangeOut {
    /// Goes with the code where an end is a phone.
    id: ContactChangeId,
}

/// Ask for another e-mail address or phone number. A message goes to the new one and to the old one, if there is one; nothing
/// changes before both agree.
#[utoipa::path(
    post,
    path = "/v1/me/contact-changes",
    tag = "identity",
    request_body = ChangeContactIn,
    responses(
        (status = 202, body = ContactChangeOut),
        (status = 401, description = "Not signed in"),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
        (status = 503, description = "`unavailable`"),
    )
)]
pub async fn change_contact(
    State(app): State<App>,
    caller: Caller,
    device: Device,
    who: Who,
    ValidJson(body): ValidJson<ChangeContactIn>,
) -> Result<(StatusCode, Json<ContactChangeOut>), Problem> {
    let to = address(&body)?;
    let id = contacts::ask(&app, &who, &caller, (to, attempt(&body.password)), &device).await?;
    Ok((StatusCode::ACCEPTED, Json(ContactChangeOut { id })))
}

fn address(body: &ChangeContactIn) -> Result<Login, Problem> {
    match (&body.email, &body.phone) {
        (Some(email), None) => {
            Email::parse(email).map(Login::Email).map_err(|fault| Problem::field(fault.at("/email")))
        }
        (None, Some(phone)) => {
            Phone::parse(phone).map(Login::Phone).map_err(|fault| Problem::field(fault.at("/phone")))
        }
        _ => Err(one_of("/email", "email", "phone")),
    }
}

/// Either the token of a link, or the id of the change and the code that went to the phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmContactIn {
    /// What stands behind `token=` in the link.
    token: Option<String>,
    /// The change, with `code`.
    change_id: Option<ContactChangeId>,
    /// The six digits.
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ConfirmedOut {
    /// True with the second of two consents: the account has its new address.
    done: bool,
}

/// Agree to a change of address, at one of its ends.
#[utoipa::path(
    post,
    path = "/v1/auth/contact-changes/confirm",
    tag = "identity",
    request_body = ConfirmContactIn,
    responses(
        (status = 200, body = ConfirmedOut),
        (status = 400, description = "`secret-refused`"),
        (status = 409, description = "`account-exists`"),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn confirm_contact(
    State(app): State<App>,
    who: Who,
    ValidJson(body): ValidJson<ConfirmContactIn>,
) -> Result<Json<ConfirmedOut>, Problem> {
    let consent = match (body.token, body.change_id, body.code) {
        (Some(token), None, None) => Consent::Link(token),
        (None, Some(change_id), Some(code)) => Consent::Code(change_id, code.trim().to_owned()),
        _ => return Err(one_of("/token", "token", "change_id + code")),
    };
    let done = contacts::confirm(&app, &who, consent).await?;
    Ok(Json(ConfirmedOut { done }))
}
