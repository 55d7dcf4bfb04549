//! The numbers of the ranking, all in one place.
//!
//! A unit of the query has a weight by its rarity. A document's score holds two sums: how much of the query it covers
//! (weights), and how well (weight times quality). Both travel through the engine in one float: coverage in multiples
//! of [`COVERAGE_STEP`], quality below. All are whole numbers small enough for a float to hold exactly.

use super::schema::Fields;
use crate::platform::search::{Form, UnitKind};
use tantivy::schema::Field;

/// One unit of coverage in the score. Above any sum of qualities, and below the float's exact range with coverage on top.
pub const COVERAGE_STEP: u32 = 65_536;

/// The weight of a word nothing contains.
pub const HEAVIEST: u32 = 14;

/// What a covered unit counts, beside its quality, when coverage and quality are added up.
pub const COVERAGE_WORTH: u32 = 60;

/// Added to documents that cover all of the query.
pub const ALL_COVERED: u32 = 150;

/// Documents covering less than this share of the query (in percent) are no hits if none covers all of it.
pub const LEAST_COVERED: u32 = 60;

/// The same when some documents cover all: then it is clear what is meant, and others like it may follow.
pub const LEAST_BESIDE_FULL: u32 = 34;

/// With this many full hits, documents that lack something are left out.
pub const ENOUGH_FULL: u64 = 40;

/// With fewer full hits than this, documents that have little are shown too.
pub const FEW_FULL: u64 = 10;

/// Two neighbouring words of the query, neighbours in the title.
pub const NEAR_IN_TITLE: u32 = 300;

/// Two neighbouring words of the query, neighbours in the shop's name.
pub const NEAR_IN_SHOP: u32 = 500;

/// The price is within a third of the one that was named.
pub const NEAR_THE_PRICE: u32 = 600;

/// The title begins with the first thing asked for.
pub const HEAD_OF_TITLE: u32 = 400;

/// Quality of a word as typed, per field; the first that applies.
pub fn field_qualities(fields: &Fields) -> [(Field, u32); 6] {
    [
        (fields.title, 240),
        (fields.category, 190),
        (fields.attributes, 190),
        (fields.district, 180),
        (fields.vendor, 130),
        (fields.description, 50),
    ]
}

/// Quality of a spelling-folded word in the shadow field.
pub const FOLDED: u32 = 205;

/// Quality of a root in the stem field.
pub const STEMMED: u32 = 150;

/// Percent of the quality that is left for a form.
pub fn form_percent(form: Form) -> u32 {
    match form {
        Form::Typed => 100,
        Form::Synonym => 97,
        Form::Fold => 92,
        Form::Stem => 70,
        Form::Typo => 75,
    }
}

/// The weight of a unit that `frequency` of `size` documents fulfil: 2 for what all have, [`HEAVIEST`] for what none has.
pub fn weight(kind: UnitKind, frequency: u64, size: u64) -> u32 {
    match kind {
        UnitKind::Optional => 0,
        UnitKind::Paper => HEAVIEST,
        UnitKind::Words | UnitKind::Exact | UnitKind::Phrase if frequency == 0 => HEAVIEST,
        UnitKind::Words | UnitKind::Exact | UnitKind::Phrase => {
            let (size, frequency) = (size.max(2), frequency.clamp(1, size.max(2)));
            // Whole halvings from "all" to "one document", spread over the scale.
            let rarity = 64 - (size / frequency).leading_zeros();
            let rarest = 64 - size.leading_zeros();
            2 + (HEAVIEST - 3) * (rarity - 1) / rarest
        }
    }
}

/// A score for the engine.
#[expect(clippy::cast_precision_loss, reason = "whole numbers below 2^24 are exact")]
pub fn score(coverage: u32, quality: u32) -> f32 {
    (coverage * COVERAGE_STEP + quality) as f32
}

/// Coverage and quality back from a score.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "scores are sums of `score`")]
pub fn unpack(score: f32) -> (u32, u32) {
    let whole = score as u32;
    (whole / COVERAGE_STEP, whole % COVERAGE_STEP)
}

#[cfg(test)]
mod tests {
    use super::{HEAVIEST, score, unpack, weight};
    use crate::platform::search::UnitKind;

    #[test]
    fn scores_survive_the_float() {
        // Twelve words of the greatest weight, each of the best quality, and all bonuses.
        let (coverage, quality) = (12 * HEAVIEST, 12 * HEAVIEST * 250 + 10_000);
        assert_eq!(unpack(score(coverage, quality)), (coverage, quality));
    }

    #[test]
    fn rare_words_weigh_more() {
        let weights: Vec<u32> = [6000, 600, 60, 6, 1, 0].map(|n| weight(UnitKind::Words, n, 6000)).to_vec();
        assert!(weights.is_sorted() && weights[0] == 2 && weights[5] == HEAVIEST, "{weights:?}");
        assert_eq!(weight(UnitKind::Optional, 5, 6000), 0);
    }
}
