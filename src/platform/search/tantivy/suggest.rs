//! Completing what someone types: categories, shops and titles.

use std::collections::HashSet;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermSetQuery};
use tantivy::schema::{Field, Value};
use tantivy::{Searcher, TantivyDocument, Term};

use super::lexicon::Lexicon;
use super::plan::term;
use super::schema::Fields;
use crate::platform::search::{Result, Suggestion, SuggestionKind, TextAnalysis};

/// Documents looked at per kind; enough that repeated titles do not use up the list.
const LOOKED_AT: usize = 60;

/// Words a beginning may stand for.
const COMPLETIONS: usize = 40;

/// Up to `limit` completions of `typed`: a few categories and shops first, then titles.
pub fn suggest(
    searcher: &Searcher,
    fields: &Fields,
    analysis: &dyn TextAnalysis,
    typed: &str,
    limit: usize,
) -> Result<Vec<Suggestion>> {
    let words = analysis.tokens(typed);
    let Some((last, before)) = words.split_last() else {
        return Ok(Vec::new());
    };
    let lexicon = Lexicon::new(searcher, fields);
    let few = (limit / 4).max(1);
    let mut found = Vec::new();
    for (field, shown, kind, most) in [
        (
            fields.category,
            fields.shown_category,
            SuggestionKind::Category,
            few,
        ),
        (fields.vendor, fields.shown_vendor, SuggestionKind::Vendor, few),
        (fields.title, fields.shown_title, SuggestionKind::Product, limit),
    ] {
        let texts = texts(&lexicon, field, shown, before, last)?;
        let mut seen = HashSet::new();
        let fitting = texts
            .into_iter()
            .filter(|text| fits(&analysis.tokens(text), before, last));
        let fresh = fitting.filter(|text| seen.insert(analysis.tokens(text)));
        found.extend(fresh.take(most).map(|text| Suggestion { text, kind }));
    }
    found.truncate(limit);
    Ok(found)
}

/// Whether a text holds the finished words and a word with the unfinished beginning.
fn fits(text: &[String], before: &[String], last: &str) -> bool {
    before.iter().all(|word| text.contains(word)) && text.iter().any(|word| word.starts_with(last))
}

fn texts(
    lexicon: &Lexicon<'_>,
    field: Field,
    shown: Field,
    before: &[String],
    last: &str,
) -> Result<Vec<String>> {
    let completions = lexicon.completions(field, last, COMPLETIONS)?;
    if completions.is_empty() {
        return Ok(Vec::new());
    }
    let terms = completions.iter().map(|word| Term::from_field_text(field, word));
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(TermSetQuery::new(terms)))];
    clauses.extend(before.iter().map(|word| (Occur::Must, term(field, word))));
    let searcher = lexicon.searcher();
    let top = searcher.search(
        &BooleanQuery::new(clauses),
        &TopDocs::with_limit(LOOKED_AT).order_by_score(),
    )?;
    let mut texts = Vec::new();
    for (_, address) in top {
        let doc: TantivyDocument = searcher.doc(address)?;
        texts.extend(
            doc.get_all(shown)
                .filter_map(|value| value.as_str().map(str::to_owned)),
        );
    }
    Ok(texts)
}
