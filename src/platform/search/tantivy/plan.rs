//! From an analysed query to an engine query whose scores carry coverage and quality.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::lexicon::Lexicon;
use super::rank;
use super::schema::TITLE_START;
use crate::platform::search::{AnalyzedQuery, Form, QueryUnit, Result, UnitKind, Variant};

/// An engine query, and what a document must cover.
pub struct Plan {
    /// Matches documents that fulfil at least one unit.
    pub query: Box<dyn Query>,
    /// The coverage of a document that has everything.
    pub full: u32,
    /// Coverage that is most of the query.
    pub most: u32,
    /// Documents below this coverage are no hits.
    pub least: u32,
}

/// One clause and its quality.
type Clause = (Box<dyn Query>, u32);

/// Plans a query; `None` when it asks for nothing.
pub fn plan(query: &AnalyzedQuery, lexicon: &Lexicon<'_>) -> Result<Option<Plan>> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let (mut full, mut required) = (0, 0);
    for (number, unit) in query.units.iter().enumerate() {
        let (mut ways, frequency) = ways(unit, lexicon)?;
        joined_with_next(query, number, lexicon, &mut ways)?;
        let weight = rank::weight(unit.kind, frequency, lexicon.size());
        full += weight;
        required += u32::from(unit.kind != UnitKind::Optional);
        let occur = if unit.kind == UnitKind::Phrase { Occur::Must } else { Occur::Should };
        match (ways.is_empty(), occur) {
            (false, _) => clauses.push((occur, best_of(ways, weight))),
            // What is in quotes has to be there.
            (true, Occur::Must) => clauses.push((occur, Box::new(EmptyQuery))),
            (true, _) => {}
        }
    }
    if required == 0 {
        return Ok(None);
    }
    bonuses(query, lexicon, &mut clauses);
    let share = |percent: u32| (full * percent).div_ceil(100);
    let (most, least) = (share(rank::LEAST_COVERED), share(rank::LEAST_BESIDE_FULL));
    Ok(Some(Plan { query: Box::new(BooleanQuery::new(clauses)), full, most, least }))
}

/// A document's unit counts once, by its best way.
fn best_of(ways: Vec<Clause>, weight: u32) -> Box<dyn Query> {
    let scored = ways.into_iter().map(|(query, quality)| {
        let score = rank::score(weight, weight.max(1) * quality);
        Box::new(ConstScoreQuery::new(query, score)) as Box<dyn Query>
    });
    Box::new(DisjunctionMaxQuery::new(scored.collect()))
}

/// All ways to fulfil a unit, and in how many documents it is fulfilled (roughly).
fn ways(unit: &QueryUnit, lexicon: &Lexicon<'_>) -> Result<(Vec<Clause>, u64)> {
    let mut ways = Vec::new();
    let mut frequency = 0;
    for variant in &unit.variants {
        frequency += match variant.words.as_slice() {
            [word] => word_ways(unit, variant, word, lexicon, &mut ways)?,
            words => phrase_ways(unit, variant, words, lexicon, &mut ways)?,
        };
    }
    Ok((ways, frequency))
}

fn word_ways(
    unit: &QueryUnit,
    variant: &Variant,
    word: &str,
    lexicon: &Lexicon<'_>,
    ways: &mut Vec<Clause>,
) -> Result<u64> {
    let fields = lexicon.fields();
    match variant.form {
        Form::Fold => return shadow_way(fields.fold, word, rank::FOLDED, lexicon, ways),
        Form::Stem => {
            shadow_way(fields.stem, word, rank::STEMMED, lexicon, ways)?;
        }
        Form::Typed | Form::Synonym | Form::Typo => {}
    }
    let mut most = 0;
    for (field, base) in rank::field_qualities(fields) {
        let frequency = lexicon.frequency(field, word)?;
        if frequency == 0 {
            continue;
        }
        most = most.max(frequency);
        let mut quality = base * rank::form_percent(variant.form) / 100;
        // Words like "halal" in a text are a claim; the paper is a fact.
        if unit.kind == UnitKind::Paper && field != fields.attributes {
            quality /= 4;
        }
        ways.push((term(field, word), quality));
    }
    Ok(most)
}

fn shadow_way(
    field: Field,
    word: &str,
    quality: u32,
    lexicon: &Lexicon<'_>,
    ways: &mut Vec<Clause>,
) -> Result<u64> {
    let frequency = lexicon.frequency(field, word)?;
    if frequency > 0 {
        ways.push((term(field, word), quality));
    }
    Ok(frequency)
}

/// A phrase in one field, or (as typed) its words spread over the naming fields.
fn phrase_ways(
    unit: &QueryUnit,
    variant: &Variant,
    words: &[String],
    lexicon: &Lexicon<'_>,
    ways: &mut Vec<Clause>,
) -> Result<u64> {
    let quoted = unit.kind == UnitKind::Phrase;
    let mut least_of_best = 0;
    for (field, base) in rank::field_qualities(lexicon.fields()) {
        let mut least = u64::MAX;
        for word in words {
            least = least.min(lexicon.frequency(field, word)?);
        }
        if least == 0 {
            continue;
        }
        least_of_best = least_of_best.max(least);
        ways.push((phrase(field, words, u32::from(!quoted)), base * rank::form_percent(variant.form) / 100));
    }
    if variant.form == Form::Typed && !quoted {
        ways.push((everywhere(words, lexicon), 130));
    }
    Ok(least_of_best)
}

/// All words, each in any field that names the product.
fn everywhere(words: &[String], lexicon: &Lexicon<'_>) -> Box<dyn Query> {
    let fields = lexicon.fields();
    let each = words.iter().map(|word| {
        let places = [fields.title, fields.category, fields.attributes, fields.vendor, fields.district];
        Box::new(BooleanQuery::union(places.into_iter().map(|field| term(field, word)).collect()))
            as Box<dyn Query>
    });
    Box::new(BooleanQuery::intersection(each.collect()))
}

/// `flash disk` is fulfilled by `flashdisk`: both units are.
fn joined_with_next(
    query: &AnalyzedQuery,
    number: usize,
    lexicon: &Lexicon<'_>,
    ways: &mut Vec<Clause>,
) -> Result<()> {
    let single = |at: usize| query.units.get(at).filter(|unit| unit.len == 1 && unit.kind == UnitKind::Words);
    let pairs = [(number.checked_sub(1), Some(number)), (Some(number), Some(number + 1))];
    for (left, right) in pairs {
        let (Some(left), Some(right)) = (left.and_then(single), right.and_then(single)) else {
            continue;
        };
        let word = format!("{}{}", query.words[left.start], query.words[right.start]);
        let title = lexicon.fields().title;
        if lexicon.frequency(title, &word)? > 0 {
            ways.push((term(title, &word), 220));
        }
    }
    Ok(())
}

/// Small additions that cover nothing: nearness of words and of the price, and the head of the title.
fn bonuses(query: &AnalyzedQuery, lexicon: &Lexicon<'_>, clauses: &mut Vec<(Occur, Box<dyn Query>)>) {
    let fields = lexicon.fields();
    let mut add = |query: Box<dyn Query>, worth: u32| {
        clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(query, rank::score(0, worth)))));
    };
    for pair in query.words.windows(2) {
        add(phrase(fields.title, pair, 1), rank::NEAR_IN_TITLE);
        add(phrase(fields.vendor, pair, 0), rank::NEAR_IN_SHOP);
    }
    if let Some(near) = query.price.and_then(|price| price.near) {
        let bound = |rupiah| Bound::Included(Term::from_field_i64(fields.price_min, rupiah));
        let range = RangeQuery::new(bound(near - near / 3), bound(near));
        add(Box::new(range), rank::NEAR_THE_PRICE);
    }
    let heads = query.units.first().map_or(&[][..], |unit| &unit.variants[..]);
    let heads: Vec<Box<dyn Query>> = heads
        .iter()
        .filter(|variant| !matches!(variant.form, Form::Fold | Form::Stem))
        .map(|variant| {
            let words: Vec<String> =
                std::iter::once(TITLE_START.to_owned()).chain(variant.words.clone()).collect();
            phrase(fields.title, &words, 0)
        })
        .collect();
    if !heads.is_empty() {
        add(Box::new(BooleanQuery::union(heads)), rank::HEAD_OF_TITLE);
    }
}

/// Documents with a word in a field.
pub fn term(field: Field, word: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::Basic))
}

fn phrase(field: Field, words: &[String], slop: u32) -> Box<dyn Query> {
    let terms = words.iter().map(|word| Term::from_field_text(field, word)).collect();
    let mut query = PhraseQuery::new(terms);
    query.set_slop(slop);
    Box::new(query)
}
