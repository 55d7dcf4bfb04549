//! Numbers with their units: `500gr`, `1/2 kg`, `uk 43`, `60 x 100`, `isi 10` each become one token.
//!
//! A measure as one token keeps "250 gr" from matching "500 gr, 250 pcs", and lets `1 kg` find `1000 gram`.

/// A number in thousandths; sizes and weights never need more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milli(pub i64);

impl Milli {
    /// Reads digits as a whole number; absurdly long ones are no measure.
    pub fn whole(digits: &str) -> Option<Self> {
        if digits.len() > 12 {
            return None;
        }
        digits.parse::<i64>().ok().map(|n| Self(n * 1000))
    }

    /// Reads `1,5` (or `1.50`) given both sides of the sign.
    pub fn decimal(whole: &str, fraction: &str) -> Option<Self> {
        let mut padded: String = fraction.chars().take(3).collect();
        while padded.len() < 3 {
            padded.push('0');
        }
        Some(Self(Self::whole(whole)?.0 + padded.parse::<i64>().ok()?))
    }

    /// Multiplies by a whole factor, if it fits.
    pub fn times(self, factor: i64) -> Option<Self> {
        self.0.checked_mul(factor).map(Self)
    }

    /// Divides, rounding down.
    pub fn over(self, divisor: i64) -> Option<Self> {
        self.0.checked_div(divisor).map(Self)
    }

    /// The shortest way to write the number.
    pub fn text(self) -> String {
        let (whole, rest) = (self.0 / 1000, self.0 % 1000);
        if rest == 0 {
            return whole.to_string();
        }
        format!("{whole}.{rest:03}").trim_end_matches('0').to_owned()
    }
}

/// What a unit word does to the number before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Converted to a base unit by a factor: `kg` is 1000 `gram`.
    Scaled(&'static str, i64),
    /// A number of people or portions: what the buyer needs, seldom what the seller wrote.
    People,
}

impl Unit {
    /// The token of `amount` of this unit.
    pub fn token(self, amount: Milli) -> Option<String> {
        match self {
            Self::Scaled(base, factor) => Some(format!("{}{base}", amount.times(factor)?.text())),
            Self::People => Some(format!("{}porsi", amount.text())),
        }
    }
}

/// The unit a word stands for when it follows a number.
pub fn unit(word: &str) -> Option<Unit> {
    let scaled = |base, factor| Some(Unit::Scaled(base, factor));
    match word {
        // Paper weight is written "80 gr" as often as "80 gsm".
        "g" | "gr" | "gram" | "grm" | "gm" | "grams" | "gsm" => scaled("gram", 1),
        "ons" => scaled("gram", 100),
        "kg" | "kilo" | "kilogram" | "kgs" => scaled("gram", 1000),
        "ml" | "mililiter" | "cc" => scaled("ml", 1),
        "l" | "lt" | "ltr" | "liter" | "litre" => scaled("ml", 1000),
        "mm" => scaled("mm", 1),
        "cm" | "senti" | "sentimeter" => scaled("mm", 10),
        "m" | "mtr" | "meter" => scaled("mm", 1000),
        "inch" | "inci" | "inchi" | "in" => scaled("inch", 1),
        "yard" | "yd" | "yards" => scaled("yard", 1),
        "mb" => scaled("mb", 1),
        "gb" | "giga" => scaled("gb", 1),
        "tb" => scaled("gb", 1000),
        "pcs" | "pc" | "buah" | "bh" | "biji" | "bj" | "butir" | "btr" | "keping" => scaled("pcs", 1),
        "lembar" | "lbr" | "sheet" | "sheets" | "helai" => scaled("lembar", 1),
        "lusin" | "lsn" | "dozen" => scaled("lusin", 1),
        "rim" | "ream" => scaled("rim", 1),
        "pasang" | "psg" => scaled("pasang", 1),
        "roll" | "rol" => scaled("roll", 1),
        "watt" | "w" => scaled("watt", 1),
        "warna" => scaled("warna", 1),
        "orang" | "org" | "pax" | "porsi" | "peserta" | "tamu" => Some(Unit::People),
        _ => None,
    }
}

/// Words that say that a size follows: `uk 43`, `no. 10`.
pub fn is_size_word(word: &str) -> bool {
    matches!(word, "uk" | "ukuran" | "size" | "sz" | "no" | "nomor" | "nomer")
}

/// Clothes sizes, which stand alone: `ukuran xl` is `xl`.
pub fn is_letter_size(word: &str) -> bool {
    matches!(word, "s" | "m" | "l" | "xs" | "xl" | "xxl" | "xxxl" | "allsize")
}

#[cfg(test)]
mod tests {
    use super::{Milli, unit};

    #[test]
    fn one_weight_has_one_token() {
        let token = |amount: Milli, word: &str| unit(word).and_then(|u| u.token(amount));
        let one = Milli(1000);
        assert_eq!(token(one, "kg"), token(Milli(1_000_000), "gr"));
        assert_eq!(token(Milli(250), "kg").as_deref(), Some("250gram"));
        assert_eq!(token(Milli(1500), "ltr").as_deref(), Some("1500ml"));
        assert_eq!(token(one, "ons").as_deref(), Some("100gram"));
        assert_eq!(token(one, "sepatu"), None);
    }

    #[test]
    fn numbers_keep_three_places() {
        assert_eq!(Milli::decimal("1", "5").map(Milli::text).as_deref(), Some("1.5"));
        assert_eq!(Milli::decimal("0", "333").map(Milli::text).as_deref(), Some("0.333"));
        assert_eq!(Milli::whole("9999999999999"), None);
    }
}
