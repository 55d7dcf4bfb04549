//! The Indonesian language of product search, the same for both engines, for documents and for queries.
//!
//! Owns the rules only: no index, no database. What it changes in documents is versioned by [`RULES_VERSION`].

mod document;
mod fold;
mod measure;
mod normalize;
mod price;
mod query;
mod stem;
mod synonyms;
mod tokens;
mod words;

use crate::platform::search::{AnalyzedQuery, DocFields, ProductDoc, TextAnalysis};
use synonyms::Synonyms;

/// The synonym sets that ship with the program.
const SYNONYMS: &str = include_str!("../../../config/search/synonyms.txt");

/// Goods by more general or by English names, in the same format.
const GLOSSARY: &str = include_str!("../../../config/search/glossary.txt");

/// Raised whenever documents would be indexed differently.
pub const RULES_VERSION: u32 = 1;

/// Indonesian with the synonym sets that ship with the program.
#[derive(Clone, Debug)]
pub struct Indonesian {
    synonyms: Synonyms,
}

impl Indonesian {
    /// Reads the embedded synonym sets.
    pub fn new() -> Self {
        Self::with_synonyms(&format!("{SYNONYMS}\n{GLOSSARY}"))
    }

    /// Uses the synonym sets of `text` instead.
    pub fn with_synonyms(text: &str) -> Self {
        Self { synonyms: Synonyms::parse(text) }
    }
}

impl Default for Indonesian {
    fn default() -> Self {
        Self::new()
    }
}

impl TextAnalysis for Indonesian {
    fn document(&self, product: &ProductDoc) -> DocFields {
        document::fields(product)
    }

    fn query(&self, text: &str) -> AnalyzedQuery {
        query::analyze(text, &self.synonyms)
    }

    fn tokens(&self, text: &str) -> Vec<String> {
        tokens::tokens(text)
    }

    fn version(&self) -> u32 {
        RULES_VERSION
    }

    fn synonyms(&self) -> Vec<(String, Vec<String>)> {
        self.synonyms.pairs()
    }

    fn stop_words(&self) -> Vec<String> {
        words::STOP_WORDS.iter().map(|word| (*word).to_owned()).collect()
    }
}

/// The words of a query as they are spelt, for a search without an index; without its price words if `priced`.
pub fn raw_words(text: &str, priced: bool) -> Vec<String> {
    let mut pieces = normalize::pieces(text);
    if priced {
        pieces = price::extract(&pieces).0;
    }
    let mut words: Vec<String> = Vec::new();
    for piece in pieces {
        match words.last_mut() {
            Some(word) if piece.glued() => word.push_str(&piece.text),
            _ => words.push(piece.text),
        }
    }
    words.retain(|word| !words::is_stop_word(word));
    words
}

/// A product for tests of the search.
#[cfg(test)]
pub(crate) fn sample(title: &str, vendor: &str) -> ProductDoc {
    ProductDoc {
        product_id: crate::kernel::ProductId::generate().0,
        title: title.to_owned(),
        description: String::new(),
        translations: Vec::new(),
        category_path: vec!["makanan-minuman".into(), "keripik".into()],
        category_names: vec!["Makanan & Minuman".into(), "Keripik".into()],
        vendor_id: uuid::Uuid::from_u128(
            vendor.bytes().fold(7, |sum: u128, b| sum.wrapping_mul(31).wrapping_add(u128::from(b))),
        ),
        vendor_slug: vendor.to_lowercase().replace(' ', "-"),
        vendor_name: vendor.to_owned(),
        district_code: "32.16.07".into(),
        district_name: "Cibitung".into(),
        price_min: 15_000,
        price_max: 15_000,
        in_stock: true,
        rating: 0,
        created_at_ms: 1_700_000_000_000,
        attributes: Vec::new(),
        options: Vec::new(),
        sku: Vec::new(),
        unit: "bungkus".into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Indonesian, raw_words, sample};
    use crate::platform::search::TextAnalysis;

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,40}", mixed in "[a-c0-9 ./,x-]{0,24}") {
            let language = Indonesian::new();
            for text in [&text, &mixed] {
                let query = language.query(text);
                prop_assert!(query.units.iter().all(|unit| unit.start + unit.len <= query.words.len()));
                prop_assert!(query.words.iter().all(|word| !word.is_empty() && !word.contains(' ')));
                language.document(&sample(text, text));
                raw_words(text, true);
            }
        }

        /// However long a text is, what is asked for is bounded, and each word belongs to one unit.
        #[test]
        fn a_query_is_cut_into_few_units_without_gaps(
            text in "(\"?[a-z0-9 .,/x-]{0,40}\"?){0,20}", repeated in "[a-z0-9\" .-]{1,6}",
        ) {
            let language = Indonesian::new();
            for text in [text, repeated.repeat(300)] {
                let query = language.query(&text);
                prop_assert!(query.words.len() <= 12);
                let mut at = 0;
                for unit in &query.units {
                    prop_assert_eq!(unit.start, at);
                    prop_assert!(unit.len > 0 && !unit.variants.is_empty());
                    at += unit.len;
                }
                prop_assert_eq!(at, query.words.len());
                // Every token is paid for by a letter of the text: at most a range of sizes for each number.
                prop_assert!(language.tokens(&text).len() <= 21 * text.len());
            }
        }

        #[test]
        fn tokens_are_stable(text in "[a-z0-9 ]{0,24}") {
            let language = Indonesian::new();
            let once = language.tokens(&text);
            prop_assert_eq!(language.tokens(&once.join(" ")), once);
        }
    }
}
