//! Amounts in words (terbilang), as receipts and letters of an office need them.

use super::Rupiah;

const DIGITS: [&str; 10] =
    ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];

/// What a group of three digits counts, from the right.
const GROUPS: [&str; 6] = ["", "ribu", "juta", "miliar", "triliun", "kuadriliun"];

/// An amount in Indonesian words: `satu juta dua ratus ribu rupiah`.
pub fn in_words(amount: Rupiah) -> String {
    let mut words = Vec::new();
    let mut rest = amount.get();
    for group in GROUPS {
        let part = usize::try_from(rest % 1_000).unwrap_or(0);
        rest /= 1_000;
        match (part, group) {
            (0, _) => {}
            // Only thousands melt with their one: seribu, but satu juta.
            (1, "ribu") => words.push("seribu".to_owned()),
            (part, "") => words.push(below_a_thousand(part)),
            (part, group) => words.push(format!("{} {group}", below_a_thousand(part))),
        }
    }
    if words.is_empty() {
        words.push(DIGITS[0].to_owned());
    }
    words.reverse();
    format!("{} rupiah", words.join(" "))
}

fn below_a_thousand(number: usize) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    let hundreds = match hundreds {
        0 => String::new(),
        1 => "seratus".to_owned(),
        many => format!("{} ratus", DIGITS[many]),
    };
    match (hundreds.is_empty(), rest) {
        (_, 0) => hundreds,
        (true, rest) => below_a_hundred(rest),
        (false, rest) => format!("{hundreds} {}", below_a_hundred(rest)),
    }
}

fn below_a_hundred(number: usize) -> String {
    match (number / 10, number % 10) {
        (0, ones) => DIGITS[ones].to_owned(),
        (1, 0) => "sepuluh".to_owned(),
        (1, 1) => "sebelas".to_owned(),
        (1, ones) => format!("{} belas", DIGITS[ones]),
        (tens, 0) => format!("{} puluh", DIGITS[tens]),
        (tens, ones) => format!("{} puluh {}", DIGITS[tens], DIGITS[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(amount: i64) -> String {
        in_words(Rupiah::new(amount).unwrap())
    }

    #[test]
    fn the_vectors_of_the_field() {
        for (amount, expected) in [
            (0, "nol"),
            (11, "sebelas"),
            (15, "lima belas"),
            (20, "dua puluh"),
            (100, "seratus"),
            (111, "seratus sebelas"),
            (1_000, "seribu"),
            (1_001, "seribu satu"),
            (2_000, "dua ribu"),
            (11_000, "sebelas ribu"),
            (100_000, "seratus ribu"),
            (1_000_000, "satu juta"),
            (1_055_499, "satu juta lima puluh lima ribu empat ratus sembilan puluh sembilan"),
            (2_500_000, "dua juta lima ratus ribu"),
            (1_000_000_000, "satu miliar"),
            (1_001_000, "satu juta seribu"),
            (21_101_000_000_010, "dua puluh satu triliun seratus satu miliar sepuluh"),
            (Rupiah::MAX.get(), "satu kuadriliun"),
        ] {
            assert_eq!(words(amount), format!("{expected} rupiah"), "{amount}");
        }
    }

    /// Reads words the way a clerk does: ones are multiplied by what follows, groups are added up.
    fn read(text: &str) -> Option<i64> {
        let (mut total, mut group, mut ones) = (0_i64, 0_i64, 0_i64);
        for word in text.strip_suffix(" rupiah")?.split(' ') {
            match word {
                "sepuluh" => group += 10,
                "sebelas" => group += 11,
                "seratus" => group += 100,
                "seribu" => total += 1_000,
                "belas" => group += std::mem::take(&mut ones) + 10,
                "puluh" => group += std::mem::take(&mut ones) * 10,
                "ratus" => group += std::mem::take(&mut ones) * 100,
                _ => {
                    if let Some(digit) = DIGITS.iter().position(|digit| *digit == word) {
                        ones = i64::try_from(digit).ok()?;
                    } else {
                        let power = u32::try_from(GROUPS.iter().position(|name| *name == word)?).ok()?;
                        let counted = std::mem::take(&mut group) + std::mem::take(&mut ones);
                        total += counted * 1_000_i64.pow(power);
                    }
                }
            }
        }
        Some(total + group + ones)
    }

    proptest! {
        #[test]
        fn words_say_the_amount(amount in 0..=Rupiah::MAX.get()) {
            prop_assert_eq!(read(&words(amount)), Some(amount));
        }

        #[test]
        fn words_say_small_and_round_amounts(amount in 0..=9_999i64, zeros in 0..=11u32) {
            let amount = amount * 10_i64.pow(zeros);
            prop_assert_eq!(read(&words(amount)), Some(amount));
        }
    }
}
