//! Price words of a query: `15rb` is at most 15,000, `5000an` about that, `di atas 1,5jt` at least.

use super::measure::{Milli, unit};
use super::normalize::Piece;
use super::tokens::number_at;
use crate::platform::search::PriceHint;

/// An amount read from the text.
struct Amount {
    rupiah: i64,
    /// The multiplier word after it, in rupiah; `None` when there was none.
    multiplier: Option<i64>,
    about: bool,
    /// Whether it can only be money.
    certain: bool,
    end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    AtMost,
    AtLeast,
    About,
}

const BEFORE: &[(&[&str], Relation)] = &[
    (&["di", "bawah"], Relation::AtMost),
    (&["kurang", "dari"], Relation::AtMost),
    (&["tidak", "lebih", "dari"], Relation::AtMost),
    (&["dibawah"], Relation::AtMost),
    (&["bawah"], Relation::AtMost),
    (&["maks"], Relation::AtMost),
    (&["maksimal"], Relation::AtMost),
    (&["max"], Relation::AtMost),
    (&["maximal"], Relation::AtMost),
    (&["under"], Relation::AtMost),
    (&["budget"], Relation::AtMost),
    (&["anggaran"], Relation::AtMost),
    (&["di", "atas"], Relation::AtLeast),
    (&["lebih", "dari"], Relation::AtLeast),
    (&["mulai", "dari"], Relation::AtLeast),
    (&["diatas"], Relation::AtLeast),
    (&["atas"], Relation::AtLeast),
    (&["min"], Relation::AtLeast),
    (&["minimal"], Relation::AtLeast),
    (&["mulai"], Relation::AtLeast),
    (&["kurang", "lebih"], Relation::About),
    (&["sekitar"], Relation::About),
    (&["kisaran"], Relation::About),
    (&["sekitaran"], Relation::About),
];

const AFTER: &[(&[&str], Relation)] = &[
    (&["ke", "bawah"], Relation::AtMost),
    (&["kebawah"], Relation::AtMost),
    (&["ke", "atas"], Relation::AtLeast),
    (&["keatas"], Relation::AtLeast),
];

/// Takes the first price phrase out of a query; the pieces that remain are the words to search for.
pub fn extract(pieces: &[Piece]) -> (Vec<Piece>, Option<PriceHint>) {
    for at in 0..pieces.len() {
        if let Some((start, end, hint)) = phrase(pieces, at) {
            let mut rest = pieces[..start].to_vec();
            rest.extend_from_slice(&pieces[end..]);
            return (rest, Some(hint));
        }
    }
    (pieces.to_vec(), None)
}

/// A price phrase whose amount begins at `at`.
fn phrase(pieces: &[Piece], at: usize) -> Option<(usize, usize, PriceHint)> {
    let first = amount(pieces, at)?;
    if let Some((second, low)) = range(pieces, &first) {
        let (start, _) = relation_before(pieces, at);
        let hint = PriceHint { min: Some(low), max: Some(second.rupiah), near: None };
        return Some((start, second.end, hint));
    }
    let (start, before) = relation_before(pieces, at);
    let (end, after) = relation_after(pieces, first.end);
    let told = after.or(before);
    // Nothing costs less than a coin: "80an" is a decade.
    let money = first.rupiah >= 100 && (first.certain || (told.is_some() && first.rupiah >= 1_000));
    if !money {
        return None;
    }
    let relation = if first.about { Relation::About } else { told.unwrap_or(Relation::AtMost) };
    // "50rb" alone is what somebody means to spend: at most that, and rather near it.
    let near = (told.is_none() && !first.about).then_some(first.rupiah);
    Some((start, end, PriceHint { near, ..hint(relation, first.rupiah) }))
}

fn hint(relation: Relation, rupiah: i64) -> PriceHint {
    match relation {
        Relation::AtMost => PriceHint { max: Some(rupiah), ..PriceHint::default() },
        Relation::AtLeast => PriceHint { min: Some(rupiah), ..PriceHint::default() },
        // A quarter to either side, in whole rupiah.
        Relation::About => {
            let (min, max) = (rupiah - rupiah / 4, rupiah.saturating_add(rupiah / 4));
            PriceHint { min: Some(min), max: Some(max), near: None }
        }
    }
}

fn amount(pieces: &[Piece], at: usize) -> Option<Amount> {
    let currency = pieces.get(at).is_some_and(|piece| piece.text == "rp" || piece.text == "idr");
    let start = at + usize::from(currency);
    let (number, used) = number_at(pieces, start)?;
    let mut end = start + used;
    let word = pieces.get(end).filter(|piece| matches!(piece.before, None | Some(' ' | '.')));
    let (multiplier, mut about) = word.map_or((None, false), multiplier);
    end += usize::from(multiplier.is_some());
    if pieces.get(end).is_some_and(|piece| piece.text == "an" && piece.glued()) {
        about = true;
        end += 1;
    }
    let grouped = used > 1 && number.0 >= 1_000_000;
    let measured = word.is_some_and(|piece| unit(&piece.text).is_some());
    let certain = currency || multiplier.is_some() || about || (grouped && !measured);
    let rupiah = scale(number, multiplier.unwrap_or(1))?;
    (rupiah > 0).then_some(Amount { rupiah, multiplier, about, certain, end })
}

fn scale(number: Milli, factor: i64) -> Option<i64> {
    Some(number.times(factor)?.0 / 1000)
}

/// The factor a word stands for, and whether it says "about" (`ribuan`).
fn multiplier(piece: &Piece) -> (Option<i64>, bool) {
    match piece.text.as_str() {
        "rb" | "ribu" | "rebu" => (Some(1_000), false),
        "k" if piece.glued() => (Some(1_000), false),
        "rban" | "ribuan" | "rebuan" => (Some(1_000), true),
        "jt" | "juta" => (Some(1_000_000), false),
        "jtan" | "jutaan" => (Some(1_000_000), true),
        _ => (None, false),
    }
}

/// `20rb-50rb`, `20-50rb`, `20rb sampai 50rb`.
fn range(pieces: &[Piece], first: &Amount) -> Option<(Amount, i64)> {
    let next = pieces.get(first.end)?;
    let words = matches!(next.text.as_str(), "sampai" | "hingga" | "sd" | "s");
    let slashed_sd = next.text == "s" && pieces.get(first.end + 1).is_some_and(|piece| piece.text == "d");
    let start = if slashed_sd { first.end + 2 } else { first.end + usize::from(words) };
    if !words && next.before != Some('-') {
        return None;
    }
    let second = amount(pieces, start)?;
    if !second.certain && !first.certain {
        return None;
    }
    let low = match (first.multiplier, second.multiplier) {
        (None, Some(factor)) if first.rupiah < 1_000 => first.rupiah.checked_mul(factor)?,
        _ => first.rupiah,
    };
    (low < second.rupiah).then_some((second, low))
}

fn relation_before(pieces: &[Piece], at: usize) -> (usize, Option<Relation>) {
    // "harga" belongs to the price phrase but says nothing about the direction.
    let at = if at > 0 && pieces[at - 1].text == "harga" { at - 1 } else { at };
    for (words, relation) in BEFORE {
        if at >= words.len() && same(&pieces[at - words.len()..at], words) {
            return (at - words.len(), Some(*relation));
        }
    }
    (at, None)
}

fn relation_after(pieces: &[Piece], end: usize) -> (usize, Option<Relation>) {
    for (words, relation) in AFTER {
        if pieces.len() >= end + words.len() && same(&pieces[end..end + words.len()], words) {
            return (end + words.len(), Some(*relation));
        }
    }
    (end, None)
}

fn same(pieces: &[Piece], words: &[&str]) -> bool {
    pieces.iter().map(|piece| piece.text.as_str()).eq(words.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::extract;
    use crate::search::analysis::normalize::pieces;
    use crate::search::analysis::tokens::from_pieces;

    #[test]
    fn price_words_become_bounds() {
        for (text, words, min, max) in [
            ("keripik 15rb", "keripik", None, Some(15_000)),
            ("keripik 15 ribu", "keripik", None, Some(15_000)),
            ("nasi kotak dibawah 20rb", "nasi kotak", None, Some(20_000)),
            ("nasi kotak di bawah Rp 20.000", "nasi kotak", None, Some(20_000)),
            ("tas maks 150000", "tas", None, Some(150_000)),
            ("jajanan 5000an", "jajanan", Some(3_750), Some(6_250)),
            ("sandal 50 ribuan", "sandal", Some(37_500), Some(62_500)),
            ("meja 1,5jt", "meja", None, Some(1_500_000)),
            ("meja 1.5 juta", "meja", None, Some(1_500_000)),
            ("tas 20rb-50rb", "tas", Some(20_000), Some(50_000)),
            ("tas 20-50rb", "tas", Some(20_000), Some(50_000)),
            ("tas 100rb ke atas", "tas", Some(100_000), None),
            ("sepatu diatas 200k", "sepatu", Some(200_000), None),
            ("rp15.000 kopi", "kopi", None, Some(15_000)),
            ("hvs 80 gr", "hvs 80gram", None, None),
            ("binder clip 155", "binder clip 155", None, None),
            ("kopi 1.000 gram", "kopi 1000gram", None, None),
            ("snack box min 50 porsi", "snack box min 50porsi", None, None),
        ] {
            let (rest, hint) = extract(&pieces(text));
            assert_eq!(from_pieces(&rest).join(" "), words, "{text}");
            assert_eq!(hint.map_or((None, None), |h| (h.min, h.max)), (min, max), "{text}");
        }
    }

    #[test]
    fn a_bare_price_is_a_wish_and_a_bound_is_not() {
        for (text, near) in [
            ("sandal 50 ribu", Some(50_000)),
            ("rp15.000 kopi", Some(15_000)),
            ("nasi kotak dibawah 20rb", None),
            ("tas maks 150000", None),
            ("tas 100rb ke atas", None),
            ("jajanan 5000an", None),
            ("tas 20rb-50rb", None),
        ] {
            assert_eq!(extract(&pieces(text)).1.and_then(|hint| hint.near), near, "{text}");
        }
    }
}
