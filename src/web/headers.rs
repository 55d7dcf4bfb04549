//! Headers that change what a write does: `Idempotency-Key` and `If-Match`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};

use crate::kernel::Problem;

/// The key that makes a retry harmless; required where money moves. Plain or quoted, 8 to 255 visible characters.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub String);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get("idempotency-key").ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "key-required",
                "Header Idempotency-Key wajib dikirim.",
                "The header Idempotency-Key is required.",
            )
        })?;
        let key = header.to_str().unwrap_or_default().trim();
        let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
        if (8..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(key.to_owned()));
        }
        Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "key-malformed",
            "Idempotency-Key harus 8 sampai 255 karakter tanpa spasi.",
            "Idempotency-Key must be 8 to 255 visible characters.",
        ))
    }
}

/// The version the caller has seen: 428 without, 412 if it cannot be one of ours.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub i32);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get("if-match").ok_or_else(|| {
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "if-match-required",
                "Header If-Match wajib dikirim.",
                "The header If-Match is required.",
            )
        })?;
        // Strong comparison (RFC 9110, 13.1.1): a weak tag never matches.
        header
            .to_str()
            .ok()
            .and_then(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok())
            .map(Self)
            .ok_or_else(Problem::stale)
    }
}

/// The `ETag` of a version.
pub fn etag(version: i32) -> [(axum::http::HeaderName, HeaderValue); 1] {
    let tag = format!("\"{version}\"");
    [(axum::http::header::ETAG, HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"0\"")))]
}
