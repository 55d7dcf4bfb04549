//! Passwords, parsed.

use secrecy::SecretString;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::feedback::{Feedback, Suggestion, Warning};
use zxcvbn::{Score, zxcvbn};

use crate::kernel::fields::Fault;

/// Words that people here take first; the English ones and the keyboard patterns are known to the estimator.
const COMMON: &[&str] = &[
    "admin",
    "administrator",
    "anjing",
    "bandung",
    "bekasi",
    "belanja",
    "bismillah",
    "bupati",
    "cikarang",
    "cinta",
    "dinas",
    "doraemon",
    "garuda",
    "indonesia",
    "jakarta",
    "juragan",
    "kabupaten",
    "kantor",
    "katasandi",
    "kucing",
    "lapak",
    "merdeka",
    "pancasila",
    "pasar",
    "pemkab",
    "persib",
    "persija",
    "rahasia",
    "sandi",
    "sayang",
    "sayangku",
    "sukses",
    "toko",
    "usaha",
    "warung",
];

/// A password as it is hashed: one form for all keyboards (NFKC).
fn folded(text: &str) -> String {
    text.nfkc().collect()
}

/// A password to try.
pub fn attempt(text: &str) -> SecretString {
    folded(text).into()
}

/// What a password should not be made of: the words of a name, an address and its parts, the digits of a number.
pub fn hints(name: &str, email: Option<&str>, phone: Option<&str>) -> Vec<String> {
    let texts = [Some(name), email, phone].into_iter().flatten().map(str::to_lowercase);
    let mut hints: Vec<String> = texts
        .flat_map(|text| {
            let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
            [vec![text], words].concat()
        })
        .collect();
    let digits: String = phone.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("62").map(|rest| format!("0{rest}"));
    hints.extend(national.into_iter().chain([digits]));
    hints.retain(|hint| hint.chars().count() > 2);
    hints
}

/// A new password: 8 to 128 characters, and one that takes long to guess for somebody who knows the person and the country.
pub fn password(text: &str, hints: &[&str]) -> Result<SecretString, Fault> {
    let password = folded(text);
    let length = password.chars().count();
    if length < 8 {
        return Err(Fault::new("too-short", "Minimal 8 karakter.", "At least 8 characters."));
    }
    if length > 128 {
        return Err(Fault::new("too-long", "Maksimal 128 karakter.", "At most 128 characters."));
    }
    let known: Vec<&str> = hints.iter().chain(COMMON).copied().collect();
    let estimate = zxcvbn(&estimable(&password), &known);
    if estimate.score() < Score::Three {
        return Err(too_weak(estimate.feedback()));
    }
    Ok(password.into())
}

/// What is estimated of a password: its beginning, with few different signs that stand for letters. Each of them multiplies the
/// words that the estimator tries; all of them in a long password would keep it busy for seconds.
fn estimable(password: &str) -> String {
    const LONGEST: usize = 40;
    const SIGNS: &str = "@({[<!|$+%";
    const KEPT: usize = 5;
    let mut kept: Vec<char> = Vec::with_capacity(KEPT);
    let tame = |c: char| {
        if !SIGNS.contains(c) || kept.contains(&c) {
            return c;
        }
        if kept.len() == KEPT {
            return '~';
        }
        kept.push(c);
        c
    };
    password.chars().take(LONGEST).map(tame).collect()
}

/// Says what is easy to guess about it, and what helps.
fn too_weak(feedback: Option<&Feedback>) -> Fault {
    let warning = feedback
        .and_then(Feedback::warning)
        .map_or(("Kata sandi ini terlalu mudah ditebak.", "This password is too easy to guess."), explain);
    let advice = feedback.map_or(&[][..], Feedback::suggestions).iter().map(|suggestion| advise(*suggestion));
    let (mut id, mut en) = (warning.0.to_owned(), warning.1.to_owned());
    for (advice_id, advice_en) in advice {
        id = format!("{id} {advice_id}");
        en = format!("{en} {advice_en}");
    }
    Fault::new("too-weak", id, en)
}

fn explain(warning: Warning) -> (&'static str, &'static str) {
    use Warning as W;
    match warning {
        W::StraightRowsOfKeysAreEasyToGuess | W::ShortKeyboardPatternsAreEasyToGuess => {
            ("Deretan tombol papan ketik mudah ditebak.", "Rows of keys are easy to guess.")
        }
        W::RepeatsLikeAaaAreEasyToGuess | W::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            ("Pengulangan mudah ditebak.", "Repeats are easy to guess.")
        }
        W::ThisIsATop10Password
        | W::ThisIsATop100Password
        | W::ThisIsACommonPassword
        | W::ThisIsSimilarToACommonlyUsedPassword => (
            "Ini mirip kata sandi yang dipakai banyak orang.",
            "This is like a password that many people use.",
        ),
        W::SequencesLikeAbcAreEasyToGuess => {
            ("Urutan seperti abc atau 6543 mudah ditebak.", "Sequences like abc or 6543 are easy to guess.")
        }
        W::RecentYearsAreEasyToGuess | W::DatesAreOftenEasyToGuess => {
            ("Tanggal dan tahun mudah ditebak.", "Dates and years are easy to guess.")
        }
        W::AWordByItselfIsEasyToGuess => ("Satu kata saja mudah ditebak.", "A single word is easy to guess."),
        W::NamesAndSurnamesByThemselvesAreEasyToGuess | W::CommonNamesAndSurnamesAreEasyToGuess => {
            ("Nama mudah ditebak.", "Names are easy to guess.")
        }
    }
}

fn advise(suggestion: Suggestion) -> (&'static str, &'static str) {
    use Suggestion as S;
    match suggestion {
        S::UseAFewWordsAvoidCommonPhrases | S::AddAnotherWordOrTwo => (
            "Tambahkan satu atau dua kata yang jarang dipakai.",
            "Add another word or two; uncommon words are better.",
        ),
        S::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            ("Simbol, angka, dan huruf besar tidak wajib.", "Symbols, digits and capitals are not needed.")
        }
        S::CapitalizationDoesntHelpVeryMuch | S::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            ("Huruf besar tidak banyak membantu.", "Capitals do not help much.")
        }
        S::ReversedWordsArentMuchHarderToGuess => {
            ("Kata yang dibalik tidak lebih sulit ditebak.", "Reversed words are not much harder to guess.")
        }
        S::PredictableSubstitutionsDontHelpVeryMuch => (
            "Mengganti huruf, misalnya @ untuk a, tidak banyak membantu.",
            "Substitutions such as @ for a do not help much.",
        ),
        S::UseALongerKeyboardPatternWithMoreTurns => {
            ("Jangan pakai pola papan ketik.", "Avoid patterns on the keyboard.")
        }
        S::AvoidRepeatedWordsAndCharacters => {
            ("Hindari pengulangan kata dan huruf.", "Avoid repeated words and characters.")
        }
        S::AvoidSequences => ("Hindari urutan.", "Avoid sequences."),
        S::AvoidRecentYears
        | S::AvoidYearsThatAreAssociatedWithYou
        | S::AvoidDatesAndYearsThatAreAssociatedWithYou => {
            ("Hindari tanggal dan tahun.", "Avoid dates and years.")
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn code(text: &str, hints: &[&str]) -> &'static str {
        password(text, hints).err().map_or("", |fault| fault.code)
    }

    #[test]
    fn passwords_are_long_and_hard_to_guess() {
        for (text, wanted) in [
            ("", "too-short"),
            ("1234567", "too-short"),
            ("12345678", "too-weak"),
            ("Password123", "too-weak"),
            ("p@ssw0rd1", "too-weak"),
            ("aaaaaaaaaaaa", "too-weak"),
            ("qwertyuiop", "too-weak"),
            ("katasandi123", "too-weak"),
            ("bismillah99", "too-weak"),
            ("sayangku1", "too-weak"),
            ("Bekasi2024", "too-weak"),
            ("!@#$%^&*()", "too-weak"),
            ("keripik tempe enak", ""),
            ("kerupuk-udang-42", ""),
            ("keripik tempe 7", ""),
        ] {
            assert_eq!(code(text, &[]), wanted, "{text}");
        }
        assert_eq!(code(&"é".repeat(129), &[]), "too-long");
        // An accent as one code point or as two is the same password.
        let (one, two) = (password("kafé kopi 17", &[]).unwrap(), attempt("kafe\u{301} kopi 17"));
        assert_eq!(one.expose_secret(), two.expose_secret());
    }

    #[test]
    fn what_others_know_about_somebody_is_no_password() {
        let hints = hints("Siti Nurhaliza", Some("siti.nurhaliza@contoh.id"), Some("+6281290001234"));
        let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
        for text in
            ["sitinurhaliza", "siti.nurhaliza@contoh.id", "081290001234", "6281290001234", "Nurhaliza1"]
        {
            assert_eq!(code(text, &hints), "too-weak", "{text}");
        }
        assert_eq!(code("keripik tempe enak", &hints), "");
    }

    #[test]
    fn a_refusal_says_what_would_help() {
        let fault = password("qwertyuiop", &[]).unwrap_err();
        assert!(fault.detail.id.contains("Tambahkan satu atau dua kata"), "{}", fault.detail.id);
        assert!(fault.detail.en.contains("Add another word or two"), "{}", fault.detail.en);
    }

    #[test]
    fn nobody_keeps_the_estimator_busy() {
        let text = estimable(&"4@8({[<36&0!1|7$5+%2".repeat(6));
        assert_eq!(text.chars().count(), 40);
        assert!(text.starts_with("4@8({[<36&0~1~7~5~~2"), "{text}");
    }
}
