//! Path and query parameters.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, RawQuery};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::kernel::fields::{Fault, Fields, number};
use crate::kernel::page::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::kernel::{Cursor, Problem};

/// Query parameters of the right shape; anything else is 422.
pub struct ValidQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, state).await;
        let query = query.unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let reader = serde_urlencoded::Deserializer::new(pairs);
        serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            let detail = error.inner().to_string();
            let fault = Fault::new(
                "shape",
                format!("Parameter salah: {detail}."),
                format!("Wrong parameter: {detail}."),
            );
            Problem::field(fault.at(format!("?{}", error.path())))
        })
    }
}

/// One id in the path. What is no id cannot exist: 404.
pub struct PathId<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // The last parameter names the object; the ones before it are what it belongs to.
        let segments = segments(parts, state).await?;
        segments.last().and_then(|(_, id)| id.parse().ok()).map(Self).ok_or_else(Problem::not_found)
    }
}

/// Several ids in the path, in their order.
pub struct PathIds<T>(pub T);

/// Ids that can be read from path segments.
pub trait FromSegments: Sized {
    /// Reads them; `None` if one is no id.
    fn from_segments(segments: &[(String, String)]) -> Option<Self>;
}

impl<A: FromStr> FromSegments for (A,) {
    fn from_segments(segments: &[(String, String)]) -> Option<Self> {
        let [(_, one)] = segments else { return None };
        Some((one.parse().ok()?,))
    }
}

impl<A: FromStr, B: FromStr> FromSegments for (A, B) {
    fn from_segments(segments: &[(String, String)]) -> Option<Self> {
        let [(_, one), (_, two)] = segments else {
            return None;
        };
        Some((one.parse().ok()?, two.parse().ok()?))
    }
}

impl<A: FromStr, B: FromStr, C: FromStr> FromSegments for (A, B, C) {
    fn from_segments(segments: &[(String, String)]) -> Option<Self> {
        let [(_, one), (_, two), (_, three)] = segments else {
            return None;
        };
        Some((one.parse().ok()?, two.parse().ok()?, three.parse().ok()?))
    }
}

impl<T: FromSegments, S: Send + Sync> FromRequestParts<S> for PathIds<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        T::from_segments(&segments(parts, state).await?).map(Self).ok_or_else(Problem::not_found)
    }
}

async fn segments<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Vec<(String, String)>, Problem> {
    let path = Path::from_request_parts(parts, state).await;
    path.map(|Path(segments)| segments).map_err(|_| Problem::not_found())
}

/// A checked `?limit=&cursor=`.
#[derive(Clone, Debug)]
pub struct PageOf {
    /// Rows of the page.
    pub limit: u64,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

/// Checks the `?limit=&cursor=` of a list: at most [`MAX_LIMIT`] rows.
pub fn page_of(limit: Option<u64>, cursor: Option<&str>) -> Result<PageOf, Problem> {
    let mut fields = Fields::new();
    let limit = fields.take("?limit", number(limit.unwrap_or(DEFAULT_LIMIT), 1, MAX_LIMIT));
    let after = fields.take_opt("?cursor", cursor.map(Cursor::decode));
    match (limit, after) {
        (Some(limit), Some(after)) => Ok(PageOf { limit, after }),
        _ => Err(fields.into_problem()),
    }
}
