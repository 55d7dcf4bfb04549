//! Public answers that may be kept: an `ETag` of the content, and 304 for who has it already.

use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::kernel::{Problem, hex};

/// What the client has kept, as `If-None-Match` says.
pub struct Kept(Option<HeaderValue>);

impl<S: Sync> FromRequestParts<S> for Kept {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.headers.get(IF_NONE_MATCH).cloned()))
    }
}

/// How long an answer may be shown without asking again.
#[derive(Clone, Copy, Debug)]
pub enum Freshness {
    /// Not at all: ask, and be told that nothing changed.
    Ask,
    /// Some minutes.
    Minutes(u32),
}

impl Kept {
    /// The answer, or 304 if it is the one that was kept.
    pub fn or_answer(self, body: &impl Serialize, freshness: Freshness) -> Result<Response, Problem> {
        let body = serde_json::to_vec(body).map_err(Problem::internal)?;
        let tag = tag(&body);
        let cache = match freshness {
            Freshness::Ask => "public, no-cache".to_owned(),
            Freshness::Minutes(minutes) => format!("public, max-age={}", minutes * 60),
        };
        let headers = [(ETAG, tag.clone()), (CACHE_CONTROL, cache)];
        if self.has(&tag) {
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        Ok((headers, [(CONTENT_TYPE, "application/json")], body).into_response())
    }

    /// Weak comparison (RFC 9110, 13.1.2).
    fn has(&self, tag: &str) -> bool {
        let Some(kept) = self.0.as_ref().and_then(|value| value.to_str().ok()) else {
            return false;
        };
        kept.split(',').map(str::trim).any(|one| {
            one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag.strip_prefix("W/").unwrap_or(tag)
        })
    }
}

/// Weak, since compression changes the bytes on the wire.
fn tag(body: &[u8]) -> String {
    format!("W/\"{}\"", hex(&Sha256::digest(body)[..12]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(kept: Option<&str>) -> StatusCode {
        let kept = Kept(kept.map(|kept| HeaderValue::from_str(kept).unwrap()));
        kept.or_answer(&[1, 2], Freshness::Ask).unwrap().status()
    }

    #[test]
    fn what_was_kept_is_not_sent_again() {
        let tag = tag(b"[1,2]");
        assert_eq!(status(None), 200);
        assert_eq!(status(Some("\"x\"")), 200);
        assert_eq!(status(Some(&tag)), 304);
        assert_eq!(status(Some(&format!("\"x\", {}", &tag[2..]))), 304);
        assert_eq!(status(Some("*")), 304);
    }
}
