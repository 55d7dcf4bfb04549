//! Accounts and sessions over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::entity::user;
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
        Self {
            id: user.id,
            name: user.name,
            email: user.email,
            phone: user.phone,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoginIn {
    /// E-mail address or phone number.
    login: String,
    password: String,
    /// Code of the second factor, for accounts that have one.
    #[expect(
        dead_code,
        reason = "no account has a second factor yet, but clients may send an empty field"
    )]
    totp: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefreshIn {
    refresh_token: String,
}

#[derive(Serialize, ToSchema)]
struct TokensOut {
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: u64,
    /// Good once; using it again ends the session.
    refresh_token: String,
}

type Uncached<T> = ([(HeaderName, &'static str); 1], Json<T>);

fn tokens_out(app: &App, signed: sessions::Signed) -> Uncached<TokensOut> {
    let out = TokensOut {
        access_token: signed.access_token,
        token_type: "Bearer",
        expires_in: app.tokens.ttl().as_secs(),
        refresh_token: signed.refresh_token,
    };
    ([(CACHE_CONTROL, "no-store")], Json(out))
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
async fn login(
    State(app): State<App>,
    ValidJson(body): ValidJson<LoginIn>,
) -> Result<Uncached<TokensOut>, Problem> {
    let signed = sessions::login(&app, Login::parse(&body.login), attempt(&body.password)).await?;
    Ok(tokens_out(&app, signed))
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
    ValidJson(body): ValidJson<RefreshIn>,
) -> Result<Uncached<TokensOut>, Problem> {
    let signed = sessions::refresh(&app, &body.refresh_token).await?;
    Ok(tokens_out(&app, signed))
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
    ValidJson(body): ValidJson<RefreshIn>,
) -> Result<StatusCode, Problem> {
    sessions::logout(&app, &body.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The public keys of access tokens (JWKS).
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "identity",
    responses((status = 200, body = PublicKeys))
)]
async fn public_keys(State(app): State<App>) -> Uncached<PublicKeys> {
    (
        [(CACHE_CONTROL, "public, max-age=300")],
        Json(app.tokens.published().clone()),
    )
}
