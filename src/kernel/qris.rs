//! QRIS codes (EMVCo, presented by the merchant): built, parsed, and a static code given an amount.
//!
//! An amount in a code only spares the buyer typing; it proves nothing. That money came is said by the acquirer or the shop.

use std::fmt;

use super::Rupiah;

/// Most of one payment by QRIS, as Bank Indonesia has it.
pub const MAX_AMOUNT: i64 = 10_000_000;

/// Longest code.
const MAX_LEN: usize = 512;
const FORMAT: &str = "00";
const KIND: &str = "01";
const CATEGORY: &str = "52";
const CURRENCY: &str = "53";
const AMOUNT: &str = "54";
const COUNTRY: &str = "58";
const NAME: &str = "59";
const CITY: &str = "60";
const POST_CODE: &str = "61";
const CRC: &str = "63";
const STATIC: &str = "11";
const DYNAMIC: &str = "12";
/// What a tip would add: an amount that is ours to name leaves no room for it.
const TIPS: [&str; 3] = ["55", "56", "57"];
const NATIONAL: &str = "51";

/// Why a text is no QRIS code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrisError {
    /// Tags and lengths do not fit together.
    #[error("the code is not made of tags and lengths")]
    Shape,
    /// The check sum is another one: something was changed or left out.
    #[error("the check sum of the code is wrong")]
    Crc,
    /// It is a code, but not one that is paid in rupiah in Indonesia.
    #[error("the code is not of an Indonesian merchant")]
    Foreign,
    /// Zero, or more than one payment may be.
    #[error("the amount is out of range")]
    Amount,
}

/// A code: its data objects in their order, without the check sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qris(Vec<(String, String)>);

/// What a static code is made of.
#[derive(Clone, Debug)]
pub struct Merchant<'a> {
    /// Domain of the acquirer, e.g. `ID.CO.BJB.WWW`.
    pub acquirer: &'a str,
    /// Number of the merchant with the acquirer.
    pub pan: &'a str,
    pub merchant_id: &'a str,
    /// Size class: UMI, UKE, UME, UBE, URE.
    pub criteria: &'a str,
    /// National merchant id.
    pub nmid: &'a str,
    pub category: &'a str,
    /// At most 25 characters.
    pub name: &'a str,
    /// At most 15 characters.
    pub city: &'a str,
    pub post_code: &'a str,
}

/// CRC-16/CCITT-FALSE.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

impl Qris {
    /// The static code of a merchant.
    pub fn build(merchant: &Merchant<'_>) -> Result<Self, QrisError> {
        let account = [
            ("00", merchant.acquirer),
            ("01", merchant.pan),
            ("02", merchant.merchant_id),
            ("03", merchant.criteria),
        ];
        let national = [("00", "ID.CO.QRIS.WWW"), ("02", merchant.nmid), ("03", merchant.criteria)];
        let (account, national) = (objects(&account)?, objects(&national)?);
        let all = [
            (FORMAT, "01"),
            (KIND, STATIC),
            ("26", &account),
            (NATIONAL, &national),
            (CATEGORY, merchant.category),
            (CURRENCY, "360"),
            (COUNTRY, "ID"),
            (NAME, merchant.name),
            (CITY, merchant.city),
            (POST_CODE, merchant.post_code),
        ];
        let text = objects(&all)?;
        let code = Self(read(&text)?);
        code.check().map(|()| code)
    }

    /// Reads a code and checks it whole.
    pub fn parse(text: &str) -> Result<Self, QrisError> {
        let text = text.trim();
        let plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !plain || text.len() > MAX_LEN {
            return Err(QrisError::Shape);
        }
        let mut all = read(text)?;
        let Some((CRC, sum)) = all.last().map(|(tag, value)| (tag.as_str(), value.as_str())) else {
            return Err(QrisError::Shape);
        };
        let body = text.len().checked_sub(sum.len()).ok_or(QrisError::Shape)?;
        if sum != format!("{:04X}", crc(&text.as_bytes()[..body])) {
            return Err(QrisError::Crc);
        }
        all.pop();
        let code = Self(all);
        code.check().map(|()| code)
    }

    fn check(&self) -> Result<(), QrisError> {
        let mut tags: Vec<&str> = self.0.iter().map(|(tag, _)| tag.as_str()).collect();
        tags.sort_unstable();
        let twice = tags.windows(2).any(|pair| pair[0] == pair[1]);
        let first = self.0.first().map(|(tag, value)| (tag.as_str(), value.as_str()));
        if twice || first != Some((FORMAT, "01")) || !matches!(self.get(KIND), Some(STATIC | DYNAMIC)) {
            return Err(QrisError::Shape);
        }
        let account = tags.iter().any(|tag| ("26"..=NATIONAL).contains(tag));
        let named = self.get(NAME).is_some_and(|name| !name.trim().is_empty() && name.len() <= 25);
        let placed = self.get(CITY).is_some_and(|city| !city.trim().is_empty() && city.len() <= 15);
        let local = self.get(CURRENCY) == Some("360") && self.get(COUNTRY) == Some("ID");
        if account && named && placed && local { Ok(()) } else { Err(QrisError::Foreign) }
    }

    fn get(&self, tag: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == tag).map(|(_, value)| value.as_str())
    }

    /// True of a code that is printed once and paid many times.
    pub fn is_static(&self) -> bool {
        self.get(KIND) == Some(STATIC)
    }

    /// Who is paid.
    pub fn merchant_name(&self) -> &str {
        self.get(NAME).unwrap_or_default()
    }

    /// The national merchant id, if the code has one.
    pub fn nmid(&self) -> Option<String> {
        let inside = read(self.get(NATIONAL)?).ok()?;
        inside.into_iter().find(|(tag, _)| tag == "02").map(|(_, value)| value)
    }

    /// The amount, if the code names one in whole rupiah.
    pub fn amount(&self) -> Option<Rupiah> {
        let text = self.get(AMOUNT)?;
        let whole = text.strip_suffix(".00").unwrap_or(text);
        Rupiah::new(whole.parse().ok()?).ok()
    }

    /// The same code for one payment of this amount.
    pub fn with_amount(&self, amount: Rupiah) -> Result<Self, QrisError> {
        if amount.is_zero() || amount.get() > MAX_AMOUNT {
            return Err(QrisError::Amount);
        }
        let mut all: Vec<(String, String)> = self
            .0
            .iter()
            .filter(|(tag, _)| tag != AMOUNT && !TIPS.contains(&tag.as_str()))
            .map(|(tag, value)| {
                let value = if tag == KIND { DYNAMIC } else { value.as_str() };
                (tag.clone(), value.to_owned())
            })
            .collect();
        let at = all.iter().position(|(tag, _)| tag == CURRENCY).ok_or(QrisError::Foreign)?;
        all.insert(at + 1, (AMOUNT.to_owned(), amount.get().to_string()));
        Ok(Self(all))
    }
}

/// The text of the code with its check sum.
impl fmt::Display for Qris {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (tag, value) in &self.0 {
            // Values came from two digits of length, or were checked when the code was built.
            text.push_str(&format!("{tag}{:02}{value}", value.len()));
        }
        text.push_str("6304");
        write!(f, "{text}{:04X}", crc(text.as_bytes()))
    }
}

fn objects(all: &[(&str, &str)]) -> Result<String, QrisError> {
    let mut text = String::new();
    for (tag, value) in all {
        if value.is_empty() || value.len() > 99 || !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(QrisError::Shape);
        }
        text.push_str(&format!("{tag}{:02}{value}", value.len()));
    }
    Ok(text)
}

fn read(mut text: &str) -> Result<Vec<(String, String)>, QrisError> {
    let mut all = Vec::new();
    while !text.is_empty() {
        let digits = |part: Option<&str>| {
            part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
        };
        let tag = digits(text.get(..2)).ok_or(QrisError::Shape)?;
        let len = digits(text.get(2..4)).and_then(|len| len.parse::<usize>().ok());
        let len = len.filter(|len| *len > 0).ok_or(QrisError::Shape)?;
        let value = text.get(4..4 + len).ok_or(QrisError::Shape)?;
        all.push((tag, value.to_owned()));
        text = &text[4 + len..];
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CODE: &str = "00020101021126650013ID.CO.BJB.WWW011893600110000000000102150000000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204549953033605802ID5920KRIPIK TEMPE BU SITI6011KAB. BEKASI6105175306304C202";

    fn merchant() -> Merchant<'static> {
        Merchant {
            acquirer: "ID.CO.BJB.WWW",
            pan: "936001100000000001",
            merchant_id: "000000000000001",
            criteria: "UMI",
            nmid: "ID1020000000001",
            category: "5499",
            name: "KRIPIK TEMPE BU SITI",
            city: "KAB. BEKASI",
            post_code: "17530",
        }
    }

    fn rp(amount: i64) -> Rupiah {
        Rupiah::new(amount).unwrap()
    }

    #[test]
    fn the_known_vectors_hold() {
        assert_eq!(crc(b"123456789"), 0x29B1);
        let code = Qris::parse(CODE).unwrap();
        assert_eq!(code.to_string(), CODE);
        assert_eq!(Qris::build(&merchant()).unwrap(), code);
        assert!(code.is_static() && code.amount().is_none());
        assert_eq!(
            (code.merchant_name(), code.nmid()),
            ("KRIPIK TEMPE BU SITI", Some("ID1020000000001".into()))
        );
    }

    #[test]
    fn a_static_code_gets_an_amount() {
        let code = Qris::parse(CODE).unwrap().with_amount(rp(65_000)).unwrap();
        let text = code.to_string();
        assert!(text.contains("010212") && text.contains("5303360540565000") && !code.is_static(), "{text}");
        assert_eq!(Qris::parse(&text).unwrap().amount(), Some(rp(65_000)));
        assert_eq!(code.with_amount(rp(0)), Err(QrisError::Amount));
        assert_eq!(code.with_amount(rp(MAX_AMOUNT + 1)), Err(QrisError::Amount));
        // Another amount replaces the first one.
        assert_eq!(code.with_amount(rp(7)).unwrap().to_string().matches("5401").count(), 1);
    }

    #[test]
    fn what_is_no_indonesian_code_is_refused() {
        let sealed = |body: &str| format!("{body}6304{:04X}", crc(format!("{body}6304").as_bytes()));
        for (text, error) in [
            ("", QrisError::Shape),
            ("000201", QrisError::Shape),
            ("00020101021163", QrisError::Shape),
            (&CODE[..CODE.len() - 1], QrisError::Shape),
            (CODE.replace("C202", "c202").as_str(), QrisError::Crc),
            (CODE.replace("SITI", "SITA").as_str(), QrisError::Crc),
            (sealed("000201010211").as_str(), QrisError::Foreign),
            (sealed(&CODE[..CODE.len() - 8].replace("5303360", "5303840")).as_str(), QrisError::Foreign),
            (sealed(&CODE[..CODE.len() - 8].replace("5802ID", "5802ID5802ID")).as_str(), QrisError::Shape),
        ] {
            assert_eq!(Qris::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn codes_go_round(amount in 1..=MAX_AMOUNT, name in "[A-Z][A-Z0-9 .]{0,23}[A-Z]", city in "[A-Z]{1,15}") {
            let built = Qris::build(&Merchant { name: &name, city: &city, ..merchant() }).unwrap();
            prop_assert_eq!(&Qris::parse(&built.to_string()).unwrap(), &built);
            let dynamic = built.with_amount(rp(amount)).unwrap();
            let read = Qris::parse(&dynamic.to_string()).unwrap();
            prop_assert_eq!(read.amount(), Some(rp(amount)));
            prop_assert_eq!(read.merchant_name(), name);
        }

        #[test]
        fn any_changed_byte_is_noticed(at in 0..CODE.len(), byte in 0x20u8..0x7f) {
            let mut text = CODE.as_bytes().to_vec();
            prop_assume!(text[at] != byte);
            text[at] = byte;
            let changed = String::from_utf8(text).unwrap();
            // A space at an end is no part of the code.
            prop_assert!(Qris::parse(&changed).is_err());
        }

        #[test]
        fn no_text_stops_the_parser(text in ".{0,200}") {
            let _ = Qris::parse(&text);
        }
    }
}
