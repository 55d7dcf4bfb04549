//! "Did you mean": replaces words the index does not know by words it knows.

use super::lexicon::Lexicon;
use crate::platform::search::{AnalyzedQuery, Form, QueryUnit, Result, TextAnalysis, UnitKind, Variant};

/// A neighbour replaces a known word only when it is this many times as frequent.
const MUCH_MORE_FREQUENT: u64 = 12;

/// Words an unfinished word may stand for, per field.
const MOST_COMPLETIONS: usize = 8;

/// A query to run, and how it was probably meant if that differs from what was typed.
pub struct Corrected {
    /// Whether a word was replaced that nothing contains.
    pub certain: bool,
    /// The query, with corrections applied.
    pub query: AnalyzedQuery,
    /// The corrected words; `None` if nothing was corrected.
    pub text: Option<String>,
}

/// Corrects the words nothing is known about and adds likely corrections of rare ones.
pub fn correct(
    query: AnalyzedQuery,
    lexicon: &Lexicon<'_>,
    analysis: &dyn TextAnalysis,
) -> Result<Corrected> {
    let query = complete_last(query, lexicon)?;
    let mut words = query.words.clone();
    let mut replaced = false;
    for unit in &query.units {
        if unit.kind != UnitKind::Words || unit.len != 1 || is_known(unit, lexicon)? {
            continue;
        }
        if let Some(better) = replacement(&words[unit.start], lexicon)? {
            words[unit.start] = better;
            replaced = true;
        }
    }
    if !replaced {
        let (query, text) = add_likely(query, lexicon)?;
        return Ok(Corrected { query, text, certain: false });
    }
    let text = spelt(&query, &words);
    // Read again as a whole: corrected words may form a term together, or have synonyms.
    let mut again = analysis.query(&text);
    again.price = query.price;
    Ok(Corrected { query: again, text: Some(text), certain: true })
}

/// The words as a text to read again; what was in quotes still is.
fn spelt(query: &AnalyzedQuery, words: &[String]) -> String {
    let one = |unit: &QueryUnit| {
        let text = words[unit.start..unit.start + unit.len].join(" ");
        if unit.kind == UnitKind::Phrase { format!("\"{text}\"") } else { text }
    };
    query.units.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Someone may still be typing: an unknown last word also stands for the words that begin with it.
fn complete_last(mut query: AnalyzedQuery, lexicon: &Lexicon<'_>) -> Result<AnalyzedQuery> {
    let Some(unit) = query.units.last_mut() else {
        return Ok(query);
    };
    let word = &query.words[unit.start];
    if unit.kind != UnitKind::Words || unit.len != 1 || word.len() < 3 || is_known(unit, lexicon)? {
        return Ok(query);
    }
    let fields = lexicon.fields();
    for field in [fields.title, fields.category, fields.vendor] {
        for word in lexicon.completions(field, word, MOST_COMPLETIONS)? {
            let variant = Variant { words: vec![word], form: Form::Typo };
            if !unit.variants.contains(&variant) {
                unit.variants.push(variant);
            }
        }
    }
    Ok(query)
}

/// Whether any way to fulfil the unit stands in the index.
fn is_known(unit: &QueryUnit, lexicon: &Lexicon<'_>) -> Result<bool> {
    let fields = lexicon.fields();
    for variant in &unit.variants {
        let mut all = true;
        for word in &variant.words {
            let found = match variant.form {
                Form::Fold => lexicon.frequency(fields.fold, word)?,
                Form::Stem => lexicon.frequency(fields.stem, word)?,
                _ => lexicon.naming_frequency(word)?.max(lexicon.frequency(fields.description, word)?),
            };
            all &= found > 0;
        }
        if all {
            return Ok(true);
        }
    }
    Ok(false)
}

fn replacement(word: &str, lexicon: &Lexicon<'_>) -> Result<Option<String>> {
    if let Some(near) = lexicon.neighbours(word)?.into_iter().next() {
        return Ok(Some(near.word));
    }
    split(word, lexicon)
}

/// `kertashvs` as `kertas hvs`: the cut whose rarer half is the most frequent.
fn split(word: &str, lexicon: &Lexicon<'_>) -> Result<Option<String>> {
    let mut best: Option<(u64, String)> = None;
    for (at, _) in word.char_indices().filter(|(at, _)| *at >= 3 && word.len() - at >= 3) {
        let (left, right) = word.split_at(at);
        let rarer = lexicon.naming_frequency(left)?.min(lexicon.naming_frequency(right)?);
        if rarer >= 3 && best.as_ref().is_none_or(|(frequency, _)| rarer > *frequency) {
            best = Some((rarer, format!("{left} {right}")));
        }
    }
    Ok(best.map(|(_, text)| text))
}

/// A rare word beside a much more frequent one is likely another seller's typing error.
fn add_likely(mut query: AnalyzedQuery, lexicon: &Lexicon<'_>) -> Result<(AnalyzedQuery, Option<String>)> {
    let mut words = query.words.clone();
    let mut found = false;
    for unit in &mut query.units {
        let word = &query.words[unit.start];
        if unit.kind != UnitKind::Words || unit.len != 1 || word.len() < 5 {
            continue;
        }
        let own = lexicon.naming_frequency(word)?;
        if own > 5 || unit.variants.iter().any(|variant| variant.form == Form::Synonym) {
            continue;
        }
        let near = lexicon.neighbours(word)?.into_iter().next();
        let Some(near) =
            near.filter(|near| near.distance == 1 && near.frequency >= (own + 1) * MUCH_MORE_FREQUENT)
        else {
            continue;
        };
        words[unit.start] = near.word.clone();
        unit.variants.push(Variant { words: vec![near.word], form: Form::Typo });
        found = true;
    }
    let text = found.then(|| spelt(&query, &words));
    Ok((query, text))
}
