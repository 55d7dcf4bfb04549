//! The keys that others check access tokens with.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;

use crate::app::App;
use crate::identity::tokens::PublicKeys;
use crate::web::Policy;

pub const PUBLIC_KEYS: Policy = Policy::PUBLIC;

/// The public keys of access tokens (JWKS).
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "identity",
    responses((status = 200, body = PublicKeys))
)]
pub async fn public_keys(State(app): State<App>) -> impl IntoResponse {
    let cache = [(CACHE_CONTROL, "public, max-age=300")];
    (cache, Json(app.tokens.published().clone()))
}
