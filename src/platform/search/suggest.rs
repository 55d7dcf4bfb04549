//! Choosing completions among texts an engine found.

use std::collections::HashSet;

use super::{Suggestion, SuggestionKind, TextAnalysis};

/// Documents to look at; enough that repeated texts do not use up the list.
pub const LOOKED_AT: usize = 60;

/// Of category names, shop names and titles those that complete what was typed: a few of the first two kinds, then
/// titles, each text once.
pub fn choose(
    [categories, vendors, titles]: [Vec<String>; 3],
    typed: &[String],
    analysis: &dyn TextAnalysis,
    limit: usize,
) -> Vec<Suggestion> {
    let few = (limit / 4).max(1);
    let mut found = Vec::new();
    for (texts, kind, most) in [
        (categories, SuggestionKind::Category, few),
        (vendors, SuggestionKind::Vendor, few),
        (titles, SuggestionKind::Product, limit),
    ] {
        let mut seen = HashSet::new();
        let fitting = texts.into_iter().filter(|text| {
            let words = analysis.tokens(text);
            completes(&words, typed) && seen.insert(words)
        });
        found.extend(fitting.take(most).map(|text| Suggestion { text, kind }));
    }
    found.truncate(limit);
    found
}

/// Whether a text holds the finished words and a word with the unfinished beginning.
fn completes(text: &[String], typed: &[String]) -> bool {
    let Some((last, before)) = typed.split_last() else {
        return false;
    };
    before.iter().all(|word| text.contains(word)) && text.iter().any(|word| word.starts_with(last.as_str()))
}
