//! From pieces to tokens: reduplication, paper sizes, clothes sizes, numbers with units.

use super::measure::{Milli, Unit, is_letter_size, is_size_word, unit};
use super::normalize::{Piece, pieces};

/// Doubled words that are not just a plural; they stay apart from the single word.
const LEXICAL_DOUBLES: &[&str] = &["oleh", "mata", "kupu", "kura", "laba", "langit", "undur"];

/// A size range longer than this is no list of sizes.
const LONGEST_SIZE_RANGE: i64 = 20;

/// Groups of a number such as `1.500.000`; a longer chain is no amount, and reading it again from each of its groups
/// would make the reading of a query slower than its length.
const MOST_GROUPS: usize = 5;

/// The index tokens of a text. Words are as typed but for case and accents; measures are one token each.
pub fn tokens(text: &str) -> Vec<String> {
    from_pieces(&pieces(text))
}

/// The same for pieces that were already cut.
pub fn from_pieces(pieces: &[Piece]) -> Vec<String> {
    let mut reader = Reader { pieces, at: 0, out: Vec::with_capacity(pieces.len()) };
    while reader.at < pieces.len() {
        reader.step();
    }
    reader.out
}

/// Reads `15.000`, `1,5`, `1/2` or `500` at `at`: the amount and how many pieces it took.
pub fn number_at(pieces: &[Piece], at: usize) -> Option<(Milli, usize)> {
    let first = pieces.get(at).filter(|piece| piece.digits)?;
    let follows = |offset: usize, signs: &[char]| {
        pieces
            .get(at + offset)
            .filter(|piece| piece.digits && piece.before.is_some_and(|sign| signs.contains(&sign)))
    };
    if let Some(lower) = follows(1, &['/']) {
        let (top, bottom) = (Milli::whole(&first.text)?, lower.text.parse::<i64>().ok()?);
        if (2..=16).contains(&bottom) && top.0 < bottom * 1000 {
            return Some((top.over(bottom)?, 2));
        }
    }
    let Some(second) = follows(1, &['.', ',']) else {
        return Some((Milli::whole(&first.text)?, 1));
    };
    let mut grouped = first.text.clone();
    let mut used = 1;
    if first.text != "0" && first.text.len() <= 3 {
        while used < MOST_GROUPS
            && let Some(group) = follows(used, &['.', ',']).filter(|group| group.text.len() == 3)
        {
            grouped.push_str(&group.text);
            used += 1;
        }
    }
    if used > 1 {
        return Some((Milli::whole(&grouped)?, used));
    }
    Some((Milli::decimal(&first.text, &second.text)?, 2))
}

struct Reader<'a> {
    pieces: &'a [Piece],
    at: usize,
    out: Vec<String>,
}

impl Reader<'_> {
    fn step(&mut self) {
        if self.pieces[self.at].digits {
            self.number();
        } else {
            self.word();
        }
    }

    fn peek(&self, offset: usize) -> Option<&Piece> {
        self.pieces.get(self.at + offset)
    }

    fn peek_is(&self, offset: usize, text: &str) -> bool {
        self.peek(offset).is_some_and(|piece| piece.text == text)
    }

    fn number(&mut self) {
        if self.dimensions() {
            return;
        }
        let Some((amount, used)) = number_at(self.pieces, self.at) else {
            // Too long for a measure: a phone number, a barcode.
            self.out.push(self.pieces[self.at].text.clone());
            self.at += 1;
            return;
        };
        self.at += used;
        match self.unit_here() {
            Some(found) => {
                self.at += 1;
                self.out.extend(found.token(amount));
            }
            None => self.out.push(amount.text()),
        }
    }

    /// `60x100`, `60 x 100`, `20 x 30 x 5`.
    fn dimensions(&mut self) -> bool {
        let mut sides = vec![self.pieces[self.at].text.clone()];
        let mut used = 1;
        while self.peek_is(used, "x") && self.peek(used + 1).is_some_and(|piece| piece.digits) {
            sides.push(self.pieces[self.at + used + 1].text.clone());
            used += 2;
        }
        if sides.len() == 1 {
            return false;
        }
        self.out.push(sides.join("x"));
        self.at += used;
        true
    }

    /// The unit at the reading point, if one stands there.
    fn unit_here(&self) -> Option<Unit> {
        let piece = self.peek(0)?;
        let found = unit(&piece.text)?;
        let near = matches!(piece.before, None | Some(' ' | '.' | '-'));
        // "4 in 1" is not four inches.
        let certain = piece.text != "in" || piece.glued();
        (near && certain).then_some(found)
    }

    fn word(&mut self) {
        let taken = self.packed() || self.size() || self.code() || self.doubled() || self.fraction_word();
        if !taken {
            self.out.push(self.pieces[self.at].text.clone());
            self.at += 1;
        }
    }

    /// `isi 10` counts pieces like `10 pcs`; `p-irt` is one word.
    fn packed(&mut self) -> bool {
        if self.peek_is(0, "p") && self.peek_is(1, "irt") {
            self.out.push("pirt".to_owned());
            self.at += 2;
            return true;
        }
        if !self.peek_is(0, "isi") {
            return false;
        }
        let Some((amount, used)) = number_at(self.pieces, self.at + 1) else {
            return false;
        };
        self.at += 1 + used;
        match self.unit_here() {
            Some(found) => {
                self.at += 1;
                self.out.extend(found.token(amount));
            }
            None => self.out.push(format!("{}pcs", amount.text())),
        }
        true
    }

    /// `ukuran 39-45`, `no. 10`, `size XL`.
    fn size(&mut self) -> bool {
        if !is_size_word(&self.pieces[self.at].text) {
            return false;
        }
        let Some(next) = self.peek(1) else { return false };
        if is_letter_size(&next.text) {
            self.at += 1;
            return true;
        }
        let Some((low, used)) = number_at(self.pieces, self.at + 1) else {
            return false;
        };
        self.at += 1;
        let after = self.pieces.get(self.at + used);
        if after.is_some_and(|piece| piece.text == "x" || unit(&piece.text).is_some()) {
            // A size in centimetres: the number speaks for itself.
            return true;
        }
        self.at += used;
        let high = self.range_end(low);
        self.out.extend((low.0 / 1000..=high.0 / 1000).map(|size| format!("uk{size}")));
        true
    }

    fn range_end(&mut self, low: Milli) -> Milli {
        let far_end = self.peek(0).filter(|piece| piece.digits && piece.before == Some('-'));
        let Some(high) = far_end.and_then(|piece| Milli::whole(&piece.text)) else {
            return low;
        };
        if high.0 <= low.0 || high.0 - low.0 > LONGEST_SIZE_RANGE * 1000 {
            return low;
        }
        self.at += 1;
        high
    }

    /// Paper and part codes: `a4`, `F4`, `A 4`.
    fn code(&mut self) -> bool {
        let letter = &self.pieces[self.at];
        let Some(number) = self.peek(1).filter(|piece| piece.digits && piece.text.len() <= 2) else {
            return false;
        };
        let paper = matches!(letter.text.as_str(), "a" | "f" | "b")
            && matches!(number.text.as_str(), "3" | "4" | "5" | "6");
        let spaced_paper = paper && matches!(number.before, Some(' ' | '-'));
        if letter.text.chars().count() != 1 || !(number.glued() || spaced_paper) {
            return false;
        }
        self.out.push(format!("{}{}", letter.text, number.text));
        self.at += 2;
        true
    }

    /// `oleh-oleh`, `oleh2`, `oleholeh`, `oleh oleh`.
    fn doubled(&mut self) -> bool {
        let word = self.pieces[self.at].text.clone();
        let half = word.len() / 2;
        if word.is_ascii() && half >= 3 && word.len().is_multiple_of(2) && word[..half] == word[half..] {
            self.push_double(&word[..half], 1);
            return true;
        }
        if word.chars().count() < 3 || is_size_word(&word) {
            return false;
        }
        let Some(next) = self.peek(1) else { return false };
        let lexical = LEXICAL_DOUBLES.contains(&word.as_str());
        let twice = next.text == word && (next.before == Some('-') || (lexical && next.before == Some(' ')));
        let chat = next.text == "2" && next.glued() && self.peek(2).is_none_or(|after| !after.glued());
        if twice || chat {
            self.push_double(&word, 2);
        }
        twice || chat
    }

    fn push_double(&mut self, word: &str, used: usize) {
        let token = if LEXICAL_DOUBLES.contains(&word) { word.repeat(2) } else { word.to_owned() };
        self.out.push(token);
        self.at += used;
    }

    /// `setengah kilo`, `sekilo`, `selusin`.
    fn fraction_word(&mut self) -> bool {
        let word = self.pieces[self.at].text.as_str();
        let part = match word {
            "setengah" => Some(Milli(500)),
            "seperempat" => Some(Milli(250)),
            _ => None,
        };
        let (amount, unit_word, used) = match (part, self.peek(1)) {
            (Some(amount), Some(next)) => (amount, next.text.as_str(), 2),
            _ if matches!(word, "sekilo" | "seliter" | "selusin" | "serim" | "seons") => {
                (Milli(1000), &word[2..], 1)
            }
            _ => return false,
        };
        let Some(token) = unit(unit_word).and_then(|found| found.token(amount)) else {
            return false;
        };
        self.out.push(token);
        self.at += used;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    fn joined(text: &str) -> String {
        tokens(text).join(" ")
    }

    #[test]
    fn reduplication_has_one_form() {
        for text in ["oleh-oleh", "oleh oleh", "oleholeh", "oleh2", "OLEH2"] {
            assert_eq!(joined(text), "oleholeh", "{text}");
        }
        assert_eq!(joined("baju anak-anak"), "baju anak");
        assert_eq!(joined("ondel-ondel"), joined("ondel2"));
        assert_eq!(joined("lauk-pauk"), "lauk pauk");
    }

    #[test]
    fn measures_are_one_token() {
        for (text, want) in [
            ("500gr", "500gram"),
            ("500 Gram", "500gram"),
            ("1/2 kg", "500gram"),
            ("½ kg", "500gram"),
            ("1 Kilo", "1000gram"),
            ("setengah kilo", "500gram"),
            ("sekilo", "1000gram"),
            ("1,5 liter", "1500ml"),
            ("250cc", "250ml"),
            ("HVS A4 80gsm", "hvs a4 80gram"),
            ("F4 75 gr", "f4 75gram"),
            ("A 4", "a4"),
            ("45mm x 90 yard", "45mm x 90yard"),
            ("60 x 100", "60x100"),
            ("60x100 isi 20", "60x100 20pcs"),
            ("isi 10 butir", "10pcs"),
            ("10 pcs", "10pcs"),
            ("1000 lembar", "1000lembar"),
            ("50 pax", "50porsi"),
            ("flash disk 32gb", "flash disk 32gb"),
            ("4 in 1", "4 in 1"),
        ] {
            assert_eq!(joined(text), want, "{text}");
        }
    }

    #[test]
    fn sizes_and_codes() {
        for (text, want) in [
            ("uk 43", "uk43"),
            ("uk.43", "uk43"),
            ("Ukuran 39-42", "uk39 uk40 uk41 uk42"),
            ("staples no 10", "staples uk10"),
            ("size XL", "xl"),
            ("ukuran 30 cm", "300mm"),
            ("HD-50", "hd 50"),
            ("hd50", "hd 50"),
            ("P-IRT", "pirt"),
            ("0812345678901234", "0812345678901234"),
        ] {
            assert_eq!(joined(text), want, "{text}");
        }
    }

    #[test]
    fn a_long_chain_of_digits_is_read_in_bounded_steps() {
        let chain = super::pieces(&format!("1{}", ".000".repeat(500)));
        for at in 0..chain.len() {
            assert!(super::number_at(&chain, at).is_none_or(|(_, used)| used <= super::MOST_GROUPS));
        }
    }
}
