//! Codes with which shops are claimed, as people type them.

use crate::platform::random;

/// Crockford's base 32: no letters that are mistaken for digits.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Sixty random bits: too many to guess, few enough to type.
const LENGTH: usize = 12;

/// A code for a letter.
pub fn draw() -> String {
    let bits = u64::from_ne_bytes(random::bytes());
    (0..LENGTH).map(|at| char::from(LETTERS[usize::try_from((bits >> (at * 5)) & 31).unwrap_or(0)])).collect()
}

/// In groups of four, as it is printed.
pub fn spell(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What somebody typed, without what does not count; letters that are mistaken for digits are those.
pub fn typed(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(40);
    kept.map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    })
    .collect()
}

/// True if it has the length of a code that was printed, and not of one that was sent.
pub fn is_printed(code: &str) -> bool {
    code.chars().count() == LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        let code = draw();
        assert!(is_printed(&code));
        assert_ne!(draw(), code);
        assert_eq!(spell("ABCDEFGHJKMN"), "ABCD-EFGH-JKMN");
        assert_eq!(typed(&spell(&code).to_lowercase()), code);
        assert_eq!(typed(" o1-lI "), "0111");
        assert!(!is_printed("123456"));
    }
}
