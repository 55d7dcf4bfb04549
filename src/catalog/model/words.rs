//! Words that no listing may carry, found however they are written: `n4rkoba`, `N A R K O B A`, `nar-koba`, `narrkobaa`.
//!
//! Words are compared whole, so that `ganjaran` is not taken for what it begins with.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use utoipa::ToSchema;

/// Endings that change nothing.
const ENDINGS: [&str; 5] = ["nya", "lah", "kah", "ku", "mu"];
/// Most pieces that one word is torn into.
const PIECES: usize = 4;

/// A banned word in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BannedWordFound)]
pub struct Found {
    /// Where: `title`, `description` or the name of another field.
    pub field: String,
    /// The word as the office wrote it.
    pub word: String,
}

/// A word of the list: as written, and folded.
#[derive(Clone, Debug)]
pub struct Banned {
    /// As the office wrote it.
    pub word: String,
    /// What [`folded`] makes of it.
    pub folded: String,
}

/// The form in which a word or phrase is compared.
pub fn folded(text: &str) -> String {
    tokens(text).join(" ")
}

/// The banned words of a text.
pub fn find(field: &str, text: &str, list: &[Banned]) -> Vec<Found> {
    let tokens = tokens(text);
    let hit = |banned: &&Banned| carries(&tokens, &banned.folded);
    list.iter()
        .filter(hit)
        .map(|banned| Found { field: field.to_owned(), word: banned.word.clone() })
        .collect()
}

fn carries(tokens: &[String], banned: &str) -> bool {
    let joined: String = banned.split(' ').collect();
    if joined.is_empty() {
        return false;
    }
    (0..tokens.len()).any(|start| {
        let mut run = String::new();
        // A phrase of several words may be torn as well.
        let most = PIECES.max(banned.split(' ').count());
        tokens[start..].iter().take(most).any(|token| {
            run.push_str(token);
            run == joined || ENDINGS.iter().any(|ending| run.strip_suffix(ending) == Some(joined.as_str()))
        })
    })
}

/// Folded words; letters that stand alone are drawn together.
fn tokens(text: &str) -> Vec<String> {
    let plain: String =
        text.nfkc().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c)).collect();
    let mut tokens: Vec<String> = Vec::new();
    let mut single = false;
    for word in plain.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()) {
        let alone = word.chars().count() == 1;
        match tokens.last_mut() {
            Some(last) if alone && single => last.push_str(word),
            _ => tokens.push(word.to_owned()),
        }
        single = alone;
    }
    tokens.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
}

/// Letters, digits, and the signs that stand for letters.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '$' | '!' | '|')
}

/// One letter for all that look like it, and doubled letters once. A number stays a number.
fn fold(word: &str) -> String {
    if !word.chars().any(char::is_alphabetic) {
        return word.chars().filter(char::is_ascii_digit).collect();
    }
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let like = match c {
            '4' | '@' => 'a',
            '3' => 'e',
            '0' => 'o',
            '5' | '$' => 's',
            '7' => 't',
            '8' => 'b',
            '9' | '6' => 'g',
            'l' | '1' | '!' | '|' => 'i',
            other => other,
        };
        if like.is_alphanumeric() && !out.ends_with(like) {
            out.push(like);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(words: &[&str]) -> Vec<Banned> {
        words.iter().map(|word| Banned { word: (*word).to_owned(), folded: folded(word) }).collect()
    }

    #[test]
    fn disguises_do_not_help() {
        let list = list(&["narkoba", "judi", "togel", "uang palsu", "sabu"]);
        for (text, word) in [
            ("Jual NARKOBA murah", "narkoba"),
            ("n4rk0b4 asli", "narkoba"),
            ("n a r k o b a", "narkoba"),
            ("n.a.r.k.o.b.a", "narkoba"),
            ("nar-koba", "narkoba"),
            ("narrkobaa", "narkoba"),
            ("ｎａｒｋｏｂａ", "narkoba"),
            ("nárkobá", "narkoba"),
            ("narkobanya", "narkoba"),
            ("jud1 online", "judi"),
            ("TOGE1", "togel"),
            ("uang   p4lsu", "uang palsu"),
            ("uangpalsu", "uang palsu"),
            ("5abu", "sabu"),
        ] {
            assert_eq!(find("title", text, &list).len(), 1, "{text}");
            assert_eq!(find("title", text, &list)[0].word, word);
        }
    }

    #[test]
    fn harmless_words_pass() {
        let list = list(&["narkoba", "ganja", "sabu", "judi"]);
        for text in
            ["Ganjaran juara", "Pisau dapur", "sabun cuci", "Judul buku 1000 lembar", "50 abu-abu", ""]
        {
            assert!(find("title", text, &list).is_empty(), "{text}: {:?}", find("title", text, &list));
        }
    }

    #[test]
    fn the_first_list_is_folded_as_texts_are() {
        let mut reader =
            csv::Reader::from_reader(include_str!("../../../config/banned_words.csv").as_bytes());
        let rows: Vec<(String, String)> = reader.deserialize().map(Result::unwrap).collect();
        assert!(rows.len() > 20);
        for (word, stored) in rows {
            assert_eq!(folded(&word), stored);
        }
    }

    proptest! {
        #[test]
        fn any_mix_of_case_signs_and_gaps_is_found(choices in prop::collection::vec(0..4u8, 7), gap in "[ .,-]{0,2}") {
            let disguise = |(letter, choice): (char, &u8)| match (letter, choice) {
                ('a', 1) => "4".to_owned(),
                ('a', 2) => "@".to_owned(),
                ('o', 1) => "0".to_owned(),
                (letter, 2) => letter.to_uppercase().to_string(),
                (letter, 3) if gap.is_empty() => format!("{letter}{letter}"),
                (letter, _) => letter.to_string(),
            };
            let written: Vec<String> = "narkoba".chars().zip(&choices).map(disguise).collect();
            let text = format!("jual {} enak", written.join(&gap));
            prop_assert_eq!(find("title", &text, &list(&["narkoba"])).len(), 1, "{}", text);
        }
    }
}
