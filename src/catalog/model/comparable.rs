//! How values are written when they are compared: a number in one form, one word for yes and one for no.

/// `250`, `2,5` or `2.5`; the unit may follow.
pub(super) fn is_number(value: &str, unit: Option<&str>) -> bool {
    let value = normal(value);
    let unit = unit.map(str::to_lowercase);
    measured(&value).is_some_and(|(_, said)| said.is_empty() || Some(said) == unit.as_deref())
}

/// How values are written when they are compared: in lower case, with one word for yes and one for no.
pub(super) fn normal(value: &str) -> String {
    match value.trim().to_lowercase().as_str() {
        "ya" | "iya" | "yes" => "true".to_owned(),
        "tidak" | "no" => "false".to_owned(),
        other => other.to_owned(),
    }
}

/// How lists are asked for a value: the same, with a number in its shortest form before its unit. `2,50Kg` is `2.5 kg`.
pub fn comparable(value: &str) -> String {
    let value = normal(value);
    match measured(&value) {
        Some((number, "")) => number,
        Some((number, unit)) => format!("{number} {unit}"),
        None => value,
    }
}

/// A number in its shortest form, and the unit behind it.
pub(super) fn measured(value: &str) -> Option<(String, &str)> {
    let figure = |letter: char| letter.is_ascii_digit() || matches!(letter, ',' | '.');
    let end = value.find(|letter: char| !figure(letter)).unwrap_or(value.len());
    let (figures, unit) = value.split_at(end);
    let unit = unit.trim();
    let (whole, part) = figures.split_once([',', '.']).unwrap_or((figures, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_unit =
        !unit.contains(',') && unit.chars().next().is_none_or(|first| first.is_alphabetic() || first == '%');
    if !is_unit || !digits(whole) || !digits(part) || whole.len() > 12 || part.len() > 3 {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let part = part.trim_end_matches('0');
    let number = if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") };
    Some((number, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        assert_eq!((comparable("250.5"), comparable("250,50 gram")), ("250.5".into(), "250.5 gram".into()));
        assert_eq!((comparable("2,50Kg"), comparable("007")), ("2.5 kg".into(), "7".into()));
        for text in ["-1", "1.2345", "1,", "١", "2 + 3"] {
            assert_eq!(measured(text), None, "{text}");
        }
    }

    #[test]
    fn yes_and_no_have_one_word_each() {
        for (said, word) in
            [("Ya", "true"), ("iya", "true"), ("yes", "true"), ("Tidak", "false"), ("no", "false")]
        {
            assert_eq!(comparable(said), word, "{said}");
        }
    }

    #[test]
    fn the_unit_of_a_number_is_the_right_one() {
        assert!(is_number("32 GB", Some("Gb")) && is_number("32", None) && is_number("32", Some("GB")));
        assert!(!is_number("32 MB", Some("GB")) && !is_number("32 GB", None));
    }
}
