//! Signing in, staying signed in, signing out.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{cookie, one_of};
use crate::app::App;
use crate::identity::error::IdentityError;
use crate::identity::model::{Device, attempt};
use crate::identity::service::login::{self as logins, Attempt, Proof};
use crate::identity::service::{refresh as refreshing, sessions};
use crate::kernel::Problem;
use crate::platform::audit::Who;
use crate::web::{Policy, ValidJson};

pub const LOGIN: Policy = Policy::PUBLIC;
pub const REFRESH: Policy = Policy::PUBLIC;
pub const LOGOUT: Policy = Policy::PUBLIC;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginIn {
    /// E-mail address or phone number.
    login: String,
    /// Either this or `code`.
    password: Option<String>,
    /// Six digits that went to the phone (`POST /v1/auth/codes`); then `login` is the phone number.
    code: Option<String>,
    /// Code of the second factor, for accounts that have one.
    totp: Option<String>,
    /// Where the refresh token goes; browsers ask for `cookie`.
    #[serde(default)]
    session: Keeping,
}

/// Where the client keeps the refresh token.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Keeping {
    /// It is in the answer.
    #[default]
    Body,
    /// It is in a cookie that scripts cannot read.
    Cookie,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshIn {
    /// Left out by browsers that have it in a cookie.
    refresh_token: Option<String>,
}

impl RefreshIn {
    /// The token of the body or else of the cookie, which only our own pages may send.
    fn token<'a>(
        &'a self,
        app: &App,
        headers: &'a HeaderMap,
    ) -> Result<Option<(&'a str, Keeping)>, IdentityError> {
        if let Some(token) = self.refresh_token.as_deref() {
            return Ok(Some((token, Keeping::Body)));
        }
        cookie::check_origin(app, headers)?;
        Ok(cookie::read(headers).map(|token| (token, Keeping::Cookie)))
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct TokensOut {
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: u64,
    /// Good once; using it again ends the session. `null` if it is in the cookie.
    refresh_token: Option<String>,
}

const UNCACHED: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

fn tokens_out(app: &App, signed: sessions::Signed, keeping: Keeping) -> Response {
    let (cookie, refresh_token) = match keeping {
        Keeping::Body => (None, Some(signed.refresh_token)),
        Keeping::Cookie => (Some(cookie::give(app, &signed.refresh_token)), None),
    };
    let out = TokensOut {
        access_token: signed.access_token,
        token_type: "Bearer",
        expires_in: app.tokens.ttl().as_secs(),
        refresh_token,
    };
    match cookie {
        None => (UNCACHED, Json(out)).into_response(),
        Some(cookie) => (UNCACHED, cookie, Json(out)).into_response(),
    }
}

/// Sign in with a password, or with a code that went to the phone. The answer is the same for an unknown account and a wrong
/// password; only after a right one it may ask for a code of the second factor.
#[utoipa::path(
    post,
    path = "/v1/auth/login",
    tag = "identity",
    request_body = LoginIn,
    responses(
        (status = 200, body = TokensOut),
        (status = 401, description = "`login-failed`, `totp-required`"),
        (status = 403, description = "`foreign-origin`"),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
        (status = 503, description = "`unavailable`"),
    )
)]
pub async fn login(
    State(app): State<App>,
    device: Device,
    who: Who,
    headers: HeaderMap,
    ValidJson(body): ValidJson<LoginIn>,
) -> Result<Response, Problem> {
    if body.session == Keeping::Cookie {
        // Another site must not sign its visitors in to an account of its own.
        cookie::check_origin(&app, &headers)?;
    }
    let proof = match (&body.password, &body.code) {
        (Some(password), None) => Proof::Password(attempt(password)),
        (None, Some(code)) => Proof::Code(code.trim().to_owned()),
        _ => return Err(one_of("/password", "password", "code")),
    };
    let attempt = Attempt { login: &body.login, proof, totp: body.totp.as_deref() };
    let signed = logins::login(&app, &who, attempt, &device).await?;
    Ok(tokens_out(&app, signed, body.session))
}

/// Trade a refresh token for a new pair of tokens.
#[utoipa::path(
    post,
    path = "/v1/auth/refresh",
    tag = "identity",
    request_body = RefreshIn,
    responses(
        (status = 200, body = TokensOut),
        (status = 401, description = "`refresh-refused`"),
        (status = 403, description = "`foreign-origin`"),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn refresh(
    State(app): State<App>,
    device: Device,
    who: Who,
    headers: HeaderMap,
    ValidJson(body): ValidJson<RefreshIn>,
) -> Result<Response, Problem> {
    let (token, keeping) = body.token(&app, &headers)?.ok_or(IdentityError::RefreshRefused)?;
    let signed = refreshing::refresh(&app, token, &device, who).await?;
    Ok(tokens_out(&app, signed, keeping))
}

/// End the session of a refresh token.
#[utoipa::path(
    post,
    path = "/v1/auth/logout",
    tag = "identity",
    request_body = RefreshIn,
    responses(
        (status = 204, description = "The session is over, or there was none."),
        (status = 403, description = "`foreign-origin`"),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn logout(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    ValidJson(body): ValidJson<RefreshIn>,
) -> Result<Response, Problem> {
    if let Some((token, _)) = body.token(&app, &headers)? {
        sessions::logout(&app, token, who).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookie::take(&app)).into_response())
}
