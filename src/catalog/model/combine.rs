//! All combinations of option values: colours times sizes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Attributes, MAX_VARIANTS};
use crate::kernel::FieldError;
use crate::kernel::fields::{Fault, Fields};

/// Every combination, in the order in which the values are given; pointers are relative to the list of options.
pub fn combinations(options: &[(String, Vec<String>)]) -> Result<Vec<Attributes>, Vec<FieldError>> {
    let mut fields = Fields::new();
    let mut seen = BTreeSet::new();
    let mut count = 1_usize;
    for (index, (name, values)) in options.iter().enumerate() {
        if !seen.insert(name.trim().to_lowercase()) {
            fields.push(format!("/{index}/name"), twice());
        }
        let distinct: BTreeSet<String> = values.iter().map(|value| value.trim().to_lowercase()).collect();
        if values.is_empty() || distinct.len() != values.len() {
            fields.push(format!("/{index}/values"), twice());
        }
        count = count.saturating_mul(values.len());
    }
    if count > MAX_VARIANTS {
        fields.push("", too_many());
    }
    if fields.any() {
        return Err(fields.into_errors());
    }
    let mut all: Vec<BTreeMap<String, Value>> = vec![BTreeMap::new()];
    for (name, values) in options {
        let with = |one: &BTreeMap<String, Value>, value: &String| {
            let mut more = one.clone();
            more.insert(name.clone(), Value::String(value.clone()));
            more
        };
        all = all.iter().flat_map(|one| values.iter().map(move |value| with(one, value))).collect();
    }
    all.into_iter().map(Attributes::parse_options).collect()
}

fn twice() -> Fault {
    Fault::new("not-distinct", "Wajib ada dan tidak boleh sama.", "Must be there, each once.")
}

fn too_many() -> Fault {
    Fault::new(
        "too-many",
        format!("Paling banyak {MAX_VARIANTS} kombinasi."),
        format!("At most {MAX_VARIANTS} combinations."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(name: &str, values: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn each_value_meets_each_other() {
        let all =
            combinations(&[option("warna", &["hitam", "putih"]), option("ukuran", &["40", "41"])]).unwrap();
        let texts: Vec<String> = all.iter().map(Attributes::encode).collect();
        assert_eq!(texts[0], r#"{"ukuran":"40","warna":"hitam"}"#);
        assert_eq!(texts[3], r#"{"ukuran":"41","warna":"putih"}"#);
        assert_eq!(texts.len(), 4);
    }

    #[test]
    fn what_cannot_be_combined_is_named() {
        let codes = |options: &[(String, Vec<String>)]| -> Vec<String> {
            let faults = combinations(options).unwrap_err();
            faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
        };
        assert_eq!(codes(&[option("warna", &["a", "A"])]), ["/0/values not-distinct"]);
        assert_eq!(codes(&[option("warna", &["a"]), option("Warna", &["b"])]), ["/1/name not-distinct"]);
        let many: Vec<String> = (0..11).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(codes(&[option("a", &many), option("b", &many)]), [" too-many"]);
    }
}
