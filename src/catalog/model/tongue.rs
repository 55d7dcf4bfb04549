//! The languages that a listing may be written in: Indonesian always, English and German for buyers abroad.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language of listings.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[schema(as = ListingLanguage)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Tongue {
    /// Bahasa Indonesia, as the shop wrote it.
    #[default]
    Id,
    /// English.
    En,
    /// German.
    De,
}

impl Tongue {
    /// What `?lang=` says, else what weighs most in `Accept-Language` (RFC 9110, 12.5.4), else Indonesian.
    pub fn choose(asked: Option<Self>, header: Option<&str>) -> Self {
        asked.unwrap_or_else(|| Self::negotiate(header.unwrap_or_default()))
    }

    fn negotiate(header: &str) -> Self {
        let mut best = (Self::Id, 0.0_f32);
        for range in header.split(',') {
            let mut parts = range.trim().split(';');
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let tongue = match tag.split('-').next() {
                Some("id") => Self::Id,
                Some("en") => Self::En,
                Some("de") => Self::De,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            if weight > best.1 {
                best = (tongue, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::Tongue;

    #[test]
    fn the_language_asked_for_wins() {
        use Tongue::{De, En, Id};
        assert_eq!(Tongue::choose(Some(En), Some("de")), En);
        for (header, expected) in [
            (None, Id),
            (Some(""), Id),
            (Some("fr, *"), Id),
            (Some("de-DE,de;q=0.9,en;q=0.8"), De),
            (Some("en;q=0.2, id;q=0.9"), Id),
            (Some("EN-us"), En),
            (Some("en;q=0"), Id),
        ] {
            assert_eq!(Tongue::choose(None, header), expected, "{header:?}");
        }
    }
}
