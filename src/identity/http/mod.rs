//! Accounts and sessions over HTTP.

mod cookie;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::entity::user;
use super::error::IdentityError;
use super::model::{Login, Registration, attempt};
use super::service::{accounts, sessions};
use super::tokens::PublicKeys;
use crate::app::App;
use crate::kernel::{Problem, UserId};
use crate::web::body::created;
use crate::web::{Api, Policy, ValidJson};

const REGISTER: Policy = Policy::PUBLIC;
const LOGIN: Policy = Policy::PUBLIC;
const REFRESH: Policy = Policy::PUBLIC;
const LOGOUT: Policy = Policy::PUBLIC;
const PUBLIC_KEYS: Policy = Policy::PUBLIC;

/// The routes of accounts and sessions.
pub fn routes() -> Api<App> {
    Api::new()
        .route(REGISTER, routes!(register))
        .route(LOGIN, routes!(login))
        .route(REFRESH, routes!(refresh))
        .route(LOGOUT, routes!(logout))
        .route(PUBLIC_KEYS, routes!(public_keys))
}

/// Who signs up. One of `email` and `phone` is needed; four in ten shops have no e-mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegisterIn {
    name: String,
    /// 8 to 128 characters.
    password: String,
    email: Option<String>,
    /// An Indonesian mobile number.
    phone: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct AccountOut {
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

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoginIn {
    /// E-mail address or phone number.
    login: String,
    password: String,
    /// Code of the second factor, for accounts that have one.
    #[expect(dead_code, reason = "no account has a second factor yet, but clients may send an empty field")]
    totp: Option<String>,
    /// Where the refresh token goes; browsers ask for `cookie`.
    #[serde(default)]
    session: Keeping,
}

/// Where the client keeps the refresh token.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Keeping {
    /// It is in the answer.
    #[default]
    Body,
    /// It is in a cookie that scripts cannot read.
    Cookie,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefreshIn {
    /// Left out by browsers that have it in a cookie.
    refresh_token: Option<String>,
}

impl RefreshIn {
    fn token<'a>(&'a self, headers: &'a HeaderMap) -> Option<(&'a str, Keeping)> {
        let in_body = self.refresh_token.as_deref().map(|token| (token, Keeping::Body));
        in_body.or_else(|| cookie::read(headers).map(|token| (token, Keeping::Cookie)))
    }
}

#[derive(Serialize, ToSchema)]
struct TokensOut {
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
        (status = 503, description = "`unavailable`"),
    )
)]
async fn register(
    State(app): State<App>,
    ValidJson(body): ValidJson<RegisterIn>,
) -> Result<(StatusCode, Json<AccountOut>), Problem> {
    let (email, phone) = (body.email.as_deref(), body.phone.as_deref());
    let form = Registration::parse(&body.name, &body.password, email, phone)?;
    let user = accounts::register(&app, form).await?;
    Ok(created(user.into()))
}

/// Sign in. The answer is the same for an unknown account and a wrong password.
#[utoipa::path(
    post,
    path = "/v1/auth/login",
    tag = "identity",
    request_body = LoginIn,
    responses(
        (status = 200, body = TokensOut),
        (status = 401, description = "`login-failed`"),
        (status = 422, description = "`invalid`"),
        (status = 503, description = "`unavailable`"),
    )
)]
async fn login(State(app): State<App>, ValidJson(body): ValidJson<LoginIn>) -> Result<Response, Problem> {
    let signed = sessions::login(&app, Login::parse(&body.login), attempt(&body.password)).await?;
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
        (status = 422, description = "`invalid`"),
    )
)]
async fn refresh(
    State(app): State<App>,
    headers: HeaderMap,
    ValidJson(body): ValidJson<RefreshIn>,
) -> Result<Response, Problem> {
    let (token, keeping) = body.token(&headers).ok_or(IdentityError::RefreshRefused)?;
    let signed = sessions::refresh(&app, token).await?;
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
        (status = 422, description = "`invalid`"),
    )
)]
async fn logout(
    State(app): State<App>,
    headers: HeaderMap,
    ValidJson(body): ValidJson<RefreshIn>,
) -> Result<Response, Problem> {
    if let Some((token, _)) = body.token(&headers) {
        sessions::logout(&app, token).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookie::take(&app)).into_response())
}

/// The public keys of access tokens (JWKS).
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "identity",
    responses((status = 200, body = PublicKeys))
)]
async fn public_keys(State(app): State<App>) -> impl IntoResponse {
    let cache = [(CACHE_CONTROL, "public, max-age=300")];
    (cache, Json(app.tokens.published().clone()))
}
