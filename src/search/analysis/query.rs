//! From a user's text to what it asks for.

use super::fold::fold;
use super::normalize::pieces;
use super::price;
use super::stem::stems;
use super::synonyms::Synonyms;
use super::tokens::{from_pieces, tokens};
use super::words::{is_stop_word, paper_of_query, whole};
use crate::platform::search::{AnalyzedQuery, Form, PriceHint, QueryUnit, UnitKind, Variant};

/// Nobody asks for more than this many things at once; the rest of a pasted text is ignored.
const MOST_WORDS: usize = 12;

/// Takes a query apart.
pub fn analyze(text: &str, synonyms: &Synonyms) -> AnalyzedQuery {
    let (parts, price) = read(text);
    // A query of nothing but stop words still asks for something.
    let fillers_only =
        parts.iter().all(|part| part.words.iter().all(|word| !part.quoted && is_stop_word(word)));
    let mut query = AnalyzedQuery { price, ..AnalyzedQuery::default() };
    for mut part in parts {
        if !part.quoted && !fillers_only {
            part.words.retain(|word| !is_stop_word(word));
        }
        let start = query.words.len();
        part.words.truncate(MOST_WORDS - start);
        query.words.extend(part.words);
        if part.quoted {
            query.units.extend(quoted(&query.words, start));
        } else {
            query.units.extend(unquoted(&query.words, start, synonyms));
        }
    }
    keep_one_required(&mut query.units);
    query
}

/// A piece of the text, in quotes or not.
struct Part {
    words: Vec<String>,
    quoted: bool,
}

/// The words of each part, without the first price phrase.
fn read(text: &str) -> (Vec<Part>, Option<PriceHint>) {
    let mut price = None;
    let mut read = Vec::new();
    for (text, quoted) in parts(text) {
        let words = if quoted {
            tokens(&text)
        } else {
            let mut pieces = pieces(&text);
            if price.is_none() {
                (pieces, price) = price::extract(&pieces);
            }
            from_pieces(&pieces).into_iter().map(whole).collect()
        };
        read.push(Part { words, quoted });
    }
    (read, price)
}

/// Cuts a text at its quotes. One opens behind a blank only, so that `12" 15"` are inches; one that is never closed is
/// none.
fn parts(text: &str) -> Vec<(String, bool)> {
    let (mut parts, mut current) = (Vec::new(), String::new());
    let (mut quoted, mut before) = (false, ' ');
    for c in text.chars() {
        let quote = matches!(c, '"' | '\u{201c}' | '\u{201d}');
        if quote && (quoted || before.is_whitespace()) {
            parts.push((std::mem::take(&mut current), quoted));
            quoted = !quoted;
        } else {
            current.push(c);
        }
        before = c;
    }
    parts.push((current, false));
    parts
}

/// The words from `start` on as one thing, to be found as they stand.
fn quoted(words: &[String], start: usize) -> Option<QueryUnit> {
    let phrase = &words[start..];
    let variants = vec![Variant { words: phrase.to_vec(), form: Form::Typed }];
    (!phrase.is_empty()).then_some(QueryUnit { start, len: phrase.len(), kind: UnitKind::Phrase, variants })
}

/// The words from `start` on, grouped into things asked for.
fn unquoted(words: &[String], start: usize, synonyms: &Synonyms) -> Vec<QueryUnit> {
    let (mut units, mut at) = (Vec::new(), start);
    while at < words.len() {
        let unit = unit_at(words, at, synonyms);
        at += unit.len;
        units.push(unit);
    }
    units
}

fn unit_at(words: &[String], at: usize, synonyms: &Synonyms) -> QueryUnit {
    let matched = synonyms.match_at(words, at);
    let len = matched.as_ref().map_or(1, |found| found.len);
    let span = &words[at..at + len];
    let mut variants = vec![Variant { words: span.to_vec(), form: Form::Typed }];
    for target in matched.map_or(&[][..], |found| found.targets) {
        push(&mut variants, target.clone(), Form::Synonym);
    }
    if len > 1 {
        return QueryUnit { start: at, len, kind: UnitKind::Words, variants };
    }
    let word = &span[0];
    push_shadows(&mut variants, word, synonyms);
    let paper = variants.iter().flat_map(|variant| &variant.words).find_map(|word| paper_of_query(word));
    if let Some(token) = paper {
        variants.insert(1, Variant { words: vec![token.to_owned()], form: Form::Typed });
    }
    QueryUnit { start: at, len, kind: kind(word, paper.is_some()), variants }
}

/// Spelling-folded form, roots, and what the roots are synonyms of (menganyam: anyam: anyaman).
fn push_shadows(variants: &mut Vec<Variant>, word: &str, synonyms: &Synonyms) {
    if let Some(number) = word.strip_prefix("uk").filter(|rest| rest.parse::<u32>().is_ok()) {
        push(variants, vec![number.to_owned()], Form::Synonym);
        return;
    }
    push(variants, vec![fold(word)], Form::Fold);
    let roots = stems(word);
    for root in &roots {
        push(variants, vec![root.clone()], Form::Stem);
    }
    if !word.starts_with(|c: char| c.is_ascii_digit()) && word.len() >= 4 {
        // The word may itself be the root of what the seller wrote.
        push(variants, vec![word.to_owned()], Form::Stem);
    }
    for root in roots {
        let words = [root];
        for target in synonyms.match_at(&words, 0).map_or(&[][..], |found| found.targets) {
            push(variants, target.clone(), Form::Stem);
        }
    }
}

fn push(variants: &mut Vec<Variant>, words: Vec<String>, form: Form) {
    let variant = Variant { words, form };
    if !variants.contains(&variant) {
        variants.push(variant);
    }
}

fn kind(word: &str, paper: bool) -> UnitKind {
    if paper {
        return UnitKind::Paper;
    }
    if word.ends_with("porsi") && word.starts_with(|c: char| c.is_ascii_digit()) {
        return UnitKind::Optional;
    }
    if word.chars().any(|c| c.is_ascii_digit()) { UnitKind::Exact } else { UnitKind::Words }
}

/// "50 porsi" alone must not mean "anything".
fn keep_one_required(units: &mut [QueryUnit]) {
    if units.iter().all(|unit| unit.kind == UnitKind::Optional) {
        units.iter_mut().for_each(|unit| unit.kind = UnitKind::Exact);
    }
}

#[cfg(test)]
mod tests {
    use super::analyze;
    use crate::platform::search::{Form, UnitKind};
    use crate::search::analysis::synonyms::Synonyms;

    fn table() -> Synonyms {
        Synonyms::parse(super::super::SYNONYMS)
    }

    fn variants(text: &str, unit: usize) -> Vec<String> {
        analyze(text, &table()).units[unit].variants.iter().map(|v| v.words.join(" ")).collect()
    }

    #[test]
    fn phrases_are_one_thing() {
        let query = analyze("nasi dus ayam bakar", &table());
        assert_eq!(query.units.len(), 3);
        assert!(variants("nasi dus ayam bakar", 0).contains(&"nasi kotak".to_owned()));
        assert!(variants("tipe-x", 0).contains(&"cairan koreksi".to_owned()));
    }

    #[test]
    fn affixes_reach_the_synonyms_of_the_root() {
        assert!(variants("menganyam bambu", 0).contains(&"anyaman".to_owned()));
        assert!(variants("percetakan brosur", 0).contains(&"cetak".to_owned()));
    }

    #[test]
    fn negations_stay_and_fillers_go() {
        assert_eq!(analyze("nasi tanpa pedas", &table()).words, ["nasi", "tanpa", "pedas"]);
        assert_eq!(analyze("jual keripik murah", &table()).words, ["keripik"]);
        assert_eq!(analyze("murah", &table()).words, ["murah"]);
    }

    #[test]
    fn papers_are_marked() {
        let query = analyze("makanan halal", &table());
        assert_eq!(query.units[1].kind, UnitKind::Paper);
        assert_eq!(query.units[1].variants[1].words, ["adahalal"]);
        assert_eq!(query.units[1].variants[1].form, Form::Typed);
    }

    #[test]
    fn head_counts_are_optional_unless_alone() {
        assert_eq!(analyze("prasmanan 100 orang", &table()).units[1].kind, UnitKind::Optional);
        assert_eq!(analyze("100 orang", &table()).units[0].kind, UnitKind::Exact);
    }

    #[test]
    fn words_in_quotes_stay_together_and_as_they_are() {
        let query = analyze("keripik \"pisang coklat\" 15rb", &table());
        assert_eq!(query.words, ["keripik", "pisang", "coklat"]);
        assert_eq!((query.units[1].kind, query.units[1].len), (UnitKind::Phrase, 2));
        assert_eq!(query.units[1].variants.len(), 1);
        assert_eq!(query.price.and_then(|price| price.max), Some(15_000));
        // The stop word is part of what is quoted.
        assert_eq!(analyze("\u{201c}toko murah\u{201d}", &table()).words, ["toko", "murah"]);
        for text in ["pipa 12\" 15\" lem", "\"keripik pisang", "\"\"", "keripik \""] {
            let units = analyze(text, &table()).units;
            assert!(units.iter().all(|unit| unit.kind != UnitKind::Phrase), "{text}");
        }
    }

    #[test]
    fn chat_spellings_are_read() {
        assert_eq!(analyze("sptu ank htm yg bsr", &table()).words, ["sepatu", "anak", "hitam", "besar"]);
        assert_eq!(analyze("kopi tnp gula", &table()).words, ["kopi", "tanpa", "gula"]);
        assert_eq!(analyze("mau beli keripik dong kak", &table()).words, ["keripik"]);
        assert_eq!(analyze("sirup non alkohol", &table()).words, ["sirup", "non", "alkohol"]);
    }
}
