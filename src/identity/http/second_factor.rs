//! The second factor of an account, and showing who one is once more.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::one_of;
use crate::app::App;
use crate::identity::model::{Device, attempt};
use crate::identity::service::step_up::Proof;
use crate::identity::service::{second_factor, step_up};
use crate::kernel::Problem;
use crate::platform::audit::Who;
use crate::web::{Caller, Policy, ValidJson};

// Without an area: no program touches what proves who a person is.
pub const BEGIN: Policy = Policy::BUYER.step_up();
pub const CONFIRM: Policy = Policy::BUYER;
pub const REMOVE: Policy = Policy::BUYER.step_up();
pub const RENEW_CODES: Policy = Policy::BUYER.step_up();
pub const STEP_UP: Policy = Policy::BUYER;

/// What goes into an authenticator app.
#[derive(Serialize, ToSchema)]
pub(super) struct EnrolmentOut {
    /// For typing it in (base 32).
    secret: String,
    /// The same as a URL, to be shown as a QR code.
    otpauth_url: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeIn {
    /// Six digits of the app.
    code: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoveIn {
    /// Six digits of the app, or a recovery code.
    code: String,
}

/// Codes for when the app is lost.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryCodesOut {
    /// Each is good once, and shown only now.
    recovery_codes: Vec<String>,
}

/// One of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepUpIn {
    password: Option<String>,
    /// Six digits of the authenticator app, or a recovery code.
    totp: Option<String>,
}

impl StepUpIn {
    fn proof(self) -> Result<Proof, Problem> {
        match (self.password, self.totp) {
            (Some(password), None) => Ok(Proof::Password(attempt(&password))),
            (None, Some(code)) => Ok(Proof::Code(code)),
            _ => Err(one_of("/password", "password", "totp")),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct StepUpOut {
    /// Seconds for which what needs it may be done.
    expires_in: u64,
}

/// What is shown once is kept by nobody in between.
const UNCACHED: [(axum::http::HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

fn codes_out(recovery_codes: Vec<String>) -> impl IntoResponse {
    (UNCACHED, Json(RecoveryCodesOut { recovery_codes }))
}

/// Begin to set up a second factor; it holds once a first code is confirmed.
#[utoipa::path(
    post,
    path = "/v1/me/second-factor",
    tag = "identity",
    responses(
        (status = 201, body = EnrolmentOut),
        (status = 409, description = "`second-factor-exists`"),
    )
)]
pub async fn begin_second_factor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
) -> Result<impl IntoResponse, Problem> {
    let made = second_factor::begin(&app, caller.user_id, who).await?;
    let out = EnrolmentOut { secret: made.secret, otpauth_url: made.url };
    Ok((StatusCode::CREATED, UNCACHED, Json(out)))
}

/// Confirm the second factor with a first code. This session counts as opened with it from now on.
#[utoipa::path(
    post,
    path = "/v1/me/second-factor/confirm",
    tag = "identity",
    request_body = CodeIn,
    responses(
        (status = 200, body = RecoveryCodesOut),
        (status = 409, description = "`no-second-factor`, `second-factor-exists`"),
    )
)]
pub async fn confirm_second_factor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<CodeIn>,
) -> Result<impl IntoResponse, Problem> {
    let session_id = caller.session_id().ok_or_else(Problem::unauthorized)?;
    let codes = second_factor::confirm(&app, caller.user_id, session_id, &body.code, who).await?;
    Ok(codes_out(codes))
}

/// Remove the second factor. Roles that need one are held back from now on.
#[utoipa::path(
    delete,
    path = "/v1/me/second-factor",
    tag = "identity",
    request_body = RemoveIn,
    responses(
        (status = 204, description = "There is no second factor any more."),
        (status = 409, description = "`no-second-factor`"),
    )
)]
pub async fn remove_second_factor(
    State(app): State<App>,
    caller: Caller,
    device: Device,
    who: Who,
    ValidJson(body): ValidJson<RemoveIn>,
) -> Result<StatusCode, Problem> {
    second_factor::remove(&app, caller.user_id, &body.code, &device, who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace the recovery codes; the former ones are good for nothing.
#[utoipa::path(
    post,
    path = "/v1/me/second-factor/recovery-codes",
    tag = "identity",
    responses(
        (status = 200, body = RecoveryCodesOut),
        (status = 409, description = "`no-second-factor`"),
    )
)]
pub async fn renew_recovery_codes(
    State(app): State<App>,
    caller: Caller,
    who: Who,
) -> Result<impl IntoResponse, Problem> {
    Ok(codes_out(second_factor::renew_codes(&app, caller.user_id, who).await?))
}

/// Show the password or a code once more, for what needs it to have been a short while ago.
#[utoipa::path(
    post,
    path = "/v1/auth/step-up",
    tag = "identity",
    request_body = StepUpIn,
    responses(
        (status = 200, body = StepUpOut),
        (status = 409, description = "`no-second-factor`"),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
        (status = 503, description = "`unavailable`"),
    )
)]
pub async fn step_up(
    State(app): State<App>,
    caller: Caller,
    device: Device,
    who: Who,
    ValidJson(body): ValidJson<StepUpIn>,
) -> Result<Json<StepUpOut>, Problem> {
    let session_id = caller.session_id().ok_or_else(Problem::unauthorized)?;
    step_up::step_up(&app, (caller.user_id, session_id), body.proof()?, &device, who).await?;
    Ok(Json(StepUpOut { expires_in: app.config.auth.step_up_ttl.as_secs() }))
}
