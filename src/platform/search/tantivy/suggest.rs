//! Completing what someone types: categories, shops and titles.

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermSetQuery};
use tantivy::schema::{Field, Value};
use tantivy::{Searcher, TantivyDocument, Term};

use super::lexicon::Lexicon;
use super::plan::term;
use super::schema::Fields;
use crate::platform::search::suggest::{LOOKED_AT, choose};
use crate::platform::search::{Result, Suggestion, TextAnalysis};

/// Words a beginning may stand for.
const COMPLETIONS: usize = 40;

/// Up to `limit` completions of `typed`.
pub fn suggest(
    searcher: &Searcher,
    fields: &Fields,
    analysis: &dyn TextAnalysis,
    typed: &str,
    limit: usize,
) -> Result<Vec<Suggestion>> {
    let typed = analysis.tokens(typed);
    let lexicon = Lexicon::new(searcher, fields);
    let texts = [
        texts(&lexicon, fields.category, fields.shown_category, &typed)?,
        texts(&lexicon, fields.vendor, fields.shown_vendor, &typed)?,
        texts(&lexicon, fields.title, fields.shown_title, &typed)?,
    ];
    Ok(choose(texts, &typed, analysis, limit))
}

/// The shown texts of documents whose field holds the finished words and a completion of the last one.
fn texts(lexicon: &Lexicon<'_>, field: Field, shown: Field, typed: &[String]) -> Result<Vec<String>> {
    let Some((last, before)) = typed.split_last() else {
        return Ok(Vec::new());
    };
    let completions = lexicon.completions(field, last, COMPLETIONS)?;
    if completions.is_empty() {
        return Ok(Vec::new());
    }
    let terms = completions.iter().map(|word| Term::from_field_text(field, word));
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(TermSetQuery::new(terms)))];
    clauses.extend(before.iter().map(|word| (Occur::Must, term(field, word))));
    let searcher = lexicon.searcher();
    let top =
        searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(LOOKED_AT).order_by_score())?;
    let mut texts = Vec::new();
    for (_, address) in top {
        let doc: TantivyDocument = searcher.doc(address)?;
        texts.extend(doc.get_all(shown).filter_map(|value| value.as_str().map(str::to_owned)));
    }
    Ok(texts)
}
