//! What words the index knows: document frequencies, near misses, completions.

use std::cell::RefCell;
use std::collections::HashMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{InvertedIndexReader, Searcher, Term};

use super::schema::{Fields, TITLE_START};
use crate::platform::search::Result;

/// The words of one view of the index. Frequencies are remembered for the time of one query.
pub struct Lexicon<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    known: RefCell<HashMap<(Field, String), u64>>,
}

/// A short word is taken for another only if that stands in this many documents.
const COMMON: u64 = 3;

/// A word of the index that is close to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The word.
    pub word: String,
    /// In how many documents it stands.
    pub frequency: u64,
    /// Edits between the two.
    pub distance: u8,
}

impl<'a> Lexicon<'a> {
    /// Looks into a view of the index.
    pub fn new(searcher: &'a Searcher, fields: &'a Fields) -> Self {
        Self { searcher, fields, known: RefCell::default() }
    }

    /// The view.
    pub fn searcher(&self) -> &Searcher {
        self.searcher
    }

    /// The fields.
    pub fn fields(&self) -> &Fields {
        self.fields
    }

    /// How many documents there are.
    pub fn size(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// In how many documents of a field a word stands.
    pub fn frequency(&self, field: Field, word: &str) -> Result<u64> {
        let key = (field, word.to_owned());
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(*known);
        }
        let found = self.searcher.doc_freq(&Term::from_field_text(field, word))?;
        self.known.borrow_mut().insert(key, found);
        Ok(found)
    }

    /// The fields that name a product: what a typing error may be corrected to.
    fn naming_fields(&self) -> [Field; 5] {
        let fields = self.fields;
        [fields.title, fields.category, fields.vendor, fields.attributes, fields.district]
    }

    /// In how many documents a word names the product, at least.
    pub fn naming_frequency(&self, word: &str) -> Result<u64> {
        let mut most = 0;
        for field in self.naming_fields() {
            most = most.max(self.frequency(field, word)?);
        }
        Ok(most)
    }

    /// Words within one edit, and within two if none is that close and the word is long; most frequent first.
    pub fn neighbours(&self, word: &str) -> Result<Vec<Neighbour>> {
        let length = word.chars().count();
        let most = match length {
            0..=3 => return Ok(Vec::new()),
            4 => return self.with_a_letter_more(word),
            5..=8 => 1,
            _ => 2,
        };
        for distance in 1..=most {
            let found = self.within(word, distance)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// One letter of four is too much of a word to be wrong (roda would become roa), but one may be missing (batk).
    fn with_a_letter_more(&self, word: &str) -> Result<Vec<Neighbour>> {
        let mut near = self.within(word, 1)?;
        let first = word.chars().next();
        near.retain(|one| {
            one.word.len() > word.len() && one.word.chars().next() == first && one.frequency >= COMMON
        });
        Ok(near)
    }

    fn within(&self, word: &str, distance: u8) -> Result<Vec<Neighbour>> {
        let mut found: HashMap<String, u64> = HashMap::new();
        for field in self.naming_fields() {
            let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
            let mut in_field: HashMap<String, u64> = HashMap::new();
            for segment in self.searcher.segment_readers() {
                let inverted = segment.inverted_index(field)?;
                let mut stream = inverted.terms().search(automaton.automaton()?).into_stream()?;
                while stream.advance() {
                    let frequency = u64::from(stream.value().doc_freq);
                    note(&mut in_field, stream.key(), frequency);
                }
            }
            for (term, frequency) in in_field {
                let kept = found.entry(term).or_default();
                *kept = (*kept).max(frequency);
            }
        }
        let first = word.chars().next();
        let mut near: Vec<Neighbour> = found
            .into_iter()
            .filter(|(term, _)| {
                term != word && term != TITLE_START && !term.chars().any(|c| c.is_ascii_digit())
            })
            .map(|(word, frequency)| Neighbour { word, frequency, distance })
            .collect();
        // People seldom get the first letter wrong.
        near.sort_by_key(|one| {
            (one.word.chars().next() != first, std::cmp::Reverse(one.frequency), one.word.clone())
        });
        near.truncate(5);
        Ok(near)
    }

    /// The most frequent words of a field that begin with `start`.
    pub fn completions(&self, field: Field, start: &str, limit: usize) -> Result<Vec<String>> {
        let mut found: HashMap<String, u64> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            starting_with(&inverted, start, &mut found)?;
        }
        let mut words: Vec<(String, u64)> = found.into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(words.into_iter().take(limit).map(|(word, _)| word).collect())
    }
}

fn starting_with(
    inverted: &InvertedIndexReader,
    start: &str,
    found: &mut HashMap<String, u64>,
) -> Result<()> {
    let mut range = inverted.terms().range().ge(start.as_bytes());
    // No UTF-8 text contains 0xFF, so this bound is above every word with that start.
    let mut above = start.as_bytes().to_vec();
    above.push(0xFF);
    range = range.lt(&above);
    let mut stream = range.into_stream()?;
    while stream.advance() {
        let frequency = u64::from(stream.value().doc_freq);
        note(found, stream.key(), frequency);
    }
    Ok(())
}

fn note(found: &mut HashMap<String, u64>, key: &[u8], frequency: u64) {
    if let Ok(word) = std::str::from_utf8(key) {
        *found.entry(word.to_owned()).or_default() += frequency;
    }
}
