//! What keeps an answer safe and an operation bounded: security headers, a deadline, no panic that escapes.

use std::any::Any;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::kernel::Problem;

/// Which headers every answer gets.
#[derive(Clone, Copy, Debug)]
pub struct Protection {
    /// The service is reached by https only.
    pub https: bool,
}

/// Headers that a handler has not set: nothing is cached, guessed, framed or referred to unless it says so.
pub async fn protect(State(protection): State<Protection>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(CACHE_CONTROL, "no-store");
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(REFERRER_POLICY, "no-referrer");
    default(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox");
    if protection.https {
        default(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    headers.append(VARY, HeaderValue::from_static("Authorization, Accept-Language"));
    response
}

/// How long a request may take, its body included.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// With an ordinary body or none.
    pub ordinary: Duration,
    /// With a file.
    pub upload: Duration,
}

/// 408 when the whole request, its body included, has not been answered in time.
pub async fn deadline(State(patience): State<Patience>, request: Request, next: Next) -> Response {
    let kind = request.headers().get(CONTENT_TYPE);
    let limit = match kind {
        Some(kind) if kind.as_bytes().starts_with(b"multipart/") => patience.upload,
        _ => patience.ordinary,
    };
    tokio::time::timeout(limit, next.run(request))
        .await
        .unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response())
}

/// 500 when a handler panics; the other requests do not notice.
pub fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(panicked as fn(Box<dyn Any + Send>) -> Response)
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message");
    Problem::internal(text).into_response()
}
