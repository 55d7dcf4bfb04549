//! From raw text to pieces: one alphabet, one case, words and numbers told apart.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A run of letters or of digits, with what stood before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Lower-case letters or digits.
    pub text: String,
    /// Whether `text` is a number's digits.
    pub digits: bool,
    /// The separator before this piece: `None` when it is glued to the one before.
    pub before: Option<char>,
}

impl Piece {
    /// Whether this piece touches the one before it.
    pub fn glued(&self) -> bool {
        self.before.is_none()
    }
}

/// Folds compatibility forms, case and diacritics away, so that `Ｋｒｉｐｉｋ`, `KRIPIK` and `krípik` are one word.
pub fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c)).nfc().collect()
}

/// Cuts text into runs of letters and runs of digits.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut before = Some(' ');
    for c in plain(text).chars() {
        // "jum'at" is one word however the apostrophe was typed.
        if matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '`') {
            continue;
        }
        if !c.is_alphanumeric() {
            before = Some(join_separators(before, c));
            continue;
        }
        let digits = c.is_ascii_digit();
        match found.last_mut() {
            Some(last) if before.is_none() && last.digits == digits => last.text.push(c),
            _ => found.push(Piece { text: c.to_string(), digits, before }),
        }
        before = None;
    }
    found
}

/// Of several separators in a row the one that carries meaning wins over blanks.
fn join_separators(before: Option<char>, next: char) -> char {
    let next = match next {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2044}' => '/',
        other if other.is_whitespace() => ' ',
        other => other,
    };
    match before {
        None => next,
        Some(' ') => next,
        Some(kept) if next == ' ' => kept,
        // ", -" and the like separate words and nothing else.
        Some(_) => '|',
    }
}

#[cfg(test)]
mod tests {
    use super::{pieces, plain};

    #[test]
    fn width_case_and_accents_are_folded() {
        assert_eq!(plain("ＫＲÍＰＩＫ Café"), "kripik cafe");
    }

    #[test]
    fn letters_and_digits_part_and_remember_the_glue() {
        let found = pieces("500gr, HD-50 Jum'at");
        let texts: Vec<_> = found.iter().map(|p| (p.text.as_str(), p.before)).collect();
        assert_eq!(
            texts,
            [("500", Some(' ')), ("gr", None), ("hd", Some(',')), ("50", Some('-')), ("jumat", Some(' '))]
        );
    }
}
