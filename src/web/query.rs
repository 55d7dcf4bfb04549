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
        serde_path_to_error::deserialize(reader)
            .map(Self)
            .map_err(|error| {
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
        let Path(params) = Path::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let (_, last) = params.last().ok_or_else(Problem::not_found)?;
        last.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// `?limit=&cursor=` of every list.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

/// A checked `?limit=&cursor=`.
#[derive(Clone, Debug)]
pub struct PageOf {
    /// Rows of the page.
    pub limit: u64,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

impl PageQuery {
    /// Checks the bounds: at most [`MAX_LIMIT`] rows.
    pub fn check(self) -> Result<PageOf, Problem> {
        page_of(self.limit, self.cursor.as_deref())
    }
}

/// Checks a limit and a cursor that came among other parameters.
pub fn page_of(limit: Option<u64>, cursor: Option<&str>) -> Result<PageOf, Problem> {
    let mut fields = Fields::new();
    let limit = fields.take("?limit", number(limit.unwrap_or(DEFAULT_LIMIT), 1, MAX_LIMIT));
    let after = fields.take_opt("?cursor", cursor.map(Cursor::decode));
    match (limit, after) {
        (Some(limit), Some(after)) => Ok(PageOf { limit, after }),
        _ => Err(fields.into_problem()),
    }
}
