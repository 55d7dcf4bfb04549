//! Which pages of other origins may call.

use std::time::Duration;

use axum::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION, RETRY_AFTER,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowCredentials, CorsLayer};

/// Lets pages of the listed origins call with credentials and read what they need of the answer; no others.
pub fn cors(origins: &[String]) -> CorsLayer {
    let own = HeaderName::from_static;
    let listed: Vec<HeaderValue> =
        origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    let is_listed = {
        let listed = listed.clone();
        move |origin: &HeaderValue, _: &Parts| listed.contains(origin)
    };
    CorsLayer::new()
        .allow_origin(listed)
        .allow_credentials(AllowCredentials::predicate(is_listed))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            ACCEPT_LANGUAGE,
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            own("idempotency-key"),
            own("x-cart-secret"),
            own("x-request-id"),
        ])
        .expose_headers([
            ETAG,
            LOCATION,
            RETRY_AFTER,
            own("idempotency-replayed"),
            own("ratelimit"),
            own("ratelimit-policy"),
            own("x-request-id"),
        ])
        .max_age(Duration::from_secs(600))
}
