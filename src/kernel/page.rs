//! Cursor pages: stable while rows are inserted, never a page number.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fields::Fault;

/// Rows of one page when the caller does not say.
pub const DEFAULT_LIMIT: u64 = 20;
/// Most rows of one page.
pub const MAX_LIMIT: u64 = 100;

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give it back as `?cursor=` for the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from up to `limit + 1` rows; the extra row only tells that there is more.
    pub fn cut(mut rows: Vec<T>, limit: u64, key: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(|row| key(row).encode()) } else { None };
        Self { items: rows, next_cursor }
    }

    /// The same page of something else.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next_cursor: self.next_cursor }
    }
}

/// Where a page ended; opaque to callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The last row's id.
    pub id: Uuid,
    /// The last row's sort value, where rows are not sorted by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<i64>,
}

impl Cursor {
    /// After the row with this id.
    pub fn after(id: impl Into<Uuid>) -> Self {
        Self { id: id.into(), by: None }
    }

    /// The text that callers hand back.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what a caller handed back.
    pub fn decode(text: &str) -> Result<Self, Fault> {
        let fault = || Fault::new("cursor", "Kursor tidak dikenal.", "Not a cursor of this list.");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| fault())?;
        serde_json::from_slice(&bytes).map_err(|_| fault())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let cursor = Cursor { id: Uuid::from_u128(7), by: Some(-3) };
        assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
        for forged in ["", "x", "e30", "💥"] {
            assert!(Cursor::decode(forged).is_err());
        }
    }

    #[test]
    fn the_extra_row_only_says_that_there_is_more() {
        let key = |n: &u128| Cursor::after(Uuid::from_u128(*n));
        let page = Page::cut(vec![1, 2, 3], 2, key);
        assert_eq!(page.items, [1, 2]);
        assert!(page.next_cursor.is_some());
        assert!(Page::cut(vec![1, 2], 2, key).next_cursor.is_none());
    }
}
