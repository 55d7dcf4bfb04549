//! Where a page of hits ended; opaque to callers.
//!
//! It carries the moment of the first page and the day's rotation, so that the pages of one search fit together while
//! products are published and days change.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};

use crate::kernel::clock::business_date;
use crate::kernel::fields::Fault;
use crate::kernel::region;
use crate::platform::search::{AnalyzedQuery, UnitKind};

/// Nobody pages further; who wants everything uses the catalogue's list.
pub const DEEPEST: usize = 10_000;

/// A place in the hits of one search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchCursor {
    /// Hits before it.
    #[serde(rename = "o")]
    pub offset: usize,
    /// The moment of the first page, in milliseconds.
    #[serde(rename = "t")]
    pub seen_until_ms: i64,
    /// The rotation of the first page.
    #[serde(rename = "r")]
    pub rotation: u64,
}

impl SearchCursor {
    /// The first page of a search at `now`.
    pub fn first(now: DateTime<Utc>) -> Self {
        let day = business_date(now).num_days_from_ce();
        Self { offset: 0, seen_until_ms: now.timestamp_millis(), rotation: u64::from(day.unsigned_abs()) }
    }

    /// The page after this one; `None` where paging ends.
    pub fn next(self, limit: usize, total: u64) -> Option<Self> {
        let offset = self.offset + limit;
        let more = u64::try_from(offset).is_ok_and(|offset| offset < total);
        (more && offset <= DEEPEST).then_some(Self { offset, ..self })
    }

    /// The text that callers hand back.
    pub fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&self).unwrap_or_default())
    }

    /// Reads what a caller handed back.
    pub fn decode(text: &str) -> Result<Self, Fault> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        bytes
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|cursor| cursor.offset <= DEEPEST)
            .ok_or_else(|| Fault::new("cursor", "Kursor tidak dikenal.", "Not a cursor of this list."))
    }
}

/// What was read out of the text of a query beside words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// At least this price, in rupiah.
    pub price_min: Option<i64>,
    /// At most this price, in rupiah.
    pub price_max: Option<i64>,
    /// Papers that were asked for: `halal`, `pirt`, `tkdn`, `ekspor`.
    pub papers: Vec<String>,
    /// Codes of the districts that were named.
    pub districts: Vec<String>,
    /// Words in quotes.
    pub phrases: Vec<String>,
}

impl Understood {
    /// Reads a query that was taken apart.
    pub fn of(query: &AnalyzedQuery) -> Self {
        let of_kind = |kind: UnitKind| query.units.iter().filter(move |unit| unit.kind == kind);
        // The mark of a paper in the index is `ada` and its name.
        let marks = of_kind(UnitKind::Paper).filter_map(|unit| unit.variants.get(1)?.words.first());
        let phrase = |start: usize, len: usize| query.words[start..start + len].join(" ");
        Self {
            price_min: query.price.and_then(|price| price.min),
            price_max: query.price.and_then(|price| price.max),
            papers: marks.filter_map(|mark| mark.strip_prefix("ada").map(str::to_owned)).collect(),
            districts: districts(&query.words),
            phrases: of_kind(UnitKind::Phrase).map(|unit| phrase(unit.start, unit.len)).collect(),
        }
    }
}

/// Districts whose whole name stands among the words.
fn districts(words: &[String]) -> Vec<String> {
    let named = |name: &str| {
        let name = name.to_lowercase();
        let parts: Vec<&str> = name.split_whitespace().collect();
        !parts.is_empty() && words.windows(parts.len()).any(|window| window.iter().eq(parts.iter()))
    };
    let found = region::all().filter(|one| one.level == "kecamatan" && named(one.name));
    let mut codes: Vec<String> = found.map(|one| one.code.to_owned()).collect();
    codes.sort_unstable();
    codes
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, SearchCursor, Understood};
    use crate::platform::search::TextAnalysis;
    use crate::search::analysis::Indonesian;

    #[test]
    fn what_a_text_says_beside_words_is_told() {
        let of = |text: &str| Understood::of(&Indonesian::new().query(text));
        let read = of("keripik halal tambun selatan \"pisang coklat\" di bawah 20rb");
        assert_eq!((read.price_min, read.price_max), (None, Some(20_000)));
        assert_eq!((read.papers, read.districts), (vec!["halal".to_owned()], vec!["32.16.06".to_owned()]));
        assert_eq!(read.phrases, ["pisang coklat"]);
        assert_eq!(of("sambal pirt ekspor tkdn").papers, ["pirt", "ekspor", "tkdn"]);
        assert_eq!(of("tambun"), Understood::default());
    }

    #[test]
    fn pages_end_with_the_hits_and_at_the_deepest_page() {
        let first = SearchCursor::first("2026-11-24T03:00:00Z".parse().unwrap());
        let second = first.next(20, 21).unwrap();
        assert_eq!(SearchCursor::decode(&second.encode()).unwrap(), second);
        assert_eq!((second.offset, second.rotation), (20, first.rotation));
        assert!(second.next(20, 21).is_none());
        let deep = SearchCursor { offset: DEEPEST, ..first };
        assert!(deep.next(20, u64::MAX).is_none());
        for forged in ["", "x", "e30", "eyJvIjotMX0"] {
            assert!(SearchCursor::decode(forged).is_err());
        }
    }
}
