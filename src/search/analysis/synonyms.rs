//! The synonym file: sets of terms that find each other, and one-way sets.

use std::collections::{HashMap, HashSet};

use super::fold::fold;
use super::tokens::tokens;

/// A term as index tokens.
type Term = Vec<String>;

/// What each term also finds. Lookup ignores spelling habits, so `krupok` and `kerupok` need no own line.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    targets: HashMap<Term, Vec<Term>>,
    longest: usize,
}

/// A term found in a query.
pub struct Match<'a> {
    /// How many words it takes.
    pub len: usize,
    /// What else fulfils it.
    pub targets: &'a [Term],
}

impl Synonyms {
    /// Reads the file's text; a line that makes no sense has no effect.
    pub fn parse(text: &str) -> Self {
        let mut table = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.split_once('>') {
                Some((from, to)) => table.one_way(&terms(from), &terms(to)),
                None => {
                    let all = terms(line);
                    table.one_way(&all, &all);
                }
            }
        }
        table
    }

    fn one_way(&mut self, from: &[Term], to: &[Term]) {
        for source in from {
            self.longest = self.longest.max(source.len());
            let known = self.targets.entry(key(source)).or_default();
            for target in to {
                if target != source && !known.contains(target) {
                    known.push(target.clone());
                }
            }
        }
    }

    /// The longest term that begins at `at`.
    pub fn match_at(&self, words: &[String], at: usize) -> Option<Match<'_>> {
        let most = self.longest.min(words.len().saturating_sub(at));
        (1..=most).rev().find_map(|len| {
            self.targets.get(&key(&words[at..at + len])).map(|targets| Match { len, targets })
        })
    }

    /// All sets, as text.
    pub fn pairs(&self) -> Vec<(String, Vec<String>)> {
        let mut pairs: Vec<(String, Vec<String>)> = self
            .targets
            .iter()
            .map(|(term, targets)| (term.join(" "), targets.iter().map(|target| target.join(" ")).collect()))
            .collect();
        pairs.sort();
        pairs
    }
}

fn key(term: &[String]) -> Term {
    term.iter().map(|word| fold(word)).collect()
}

fn terms(text: &str) -> Vec<Term> {
    let mut seen = HashSet::new();
    text.split(',').map(tokens).filter(|term| !term.is_empty() && seen.insert(term.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::Synonyms;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    fn found(table: &Synonyms, text: &str) -> Vec<String> {
        let words = words(text);
        table.match_at(&words, 0).map_or_else(Vec::new, |m| m.targets.iter().map(|t| t.join(" ")).collect())
    }

    #[test]
    fn equal_sets_work_both_ways_and_arrows_one_way() {
        let table = Synonyms::parse("# head\n\nkaos, kaus, t-shirt\naqua > air mineral\n");
        assert_eq!(found(&table, "kaos"), ["kaus", "t shirt"]);
        assert_eq!(found(&table, "t shirt putih"), ["kaos", "kaus"]);
        assert_eq!(found(&table, "aqua"), ["air mineral"]);
        assert!(found(&table, "air mineral").is_empty());
    }

    #[test]
    fn the_longest_term_wins_and_spelling_habits_do_not_matter() {
        let table = Synonyms::parse("snack > camilan\nsnack box, kue kotak\nkerudung, jilbab");
        assert_eq!(found(&table, "snack box rapat"), ["kue kotak"]);
        assert_eq!(found(&table, "snack tempe"), ["camilan"]);
        assert_eq!(found(&table, "krudung"), ["jilbab"]);
    }
}
