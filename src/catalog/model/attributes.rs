//! Named texts: the attributes of a product, the options of a variant.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kernel::FieldError;
use crate::kernel::fields::{Fault, Fields, text};

/// Most attributes of a product.
const MAX_ATTRIBUTES: usize = 40;
/// Most options of a variant.
const MAX_OPTIONS: usize = 5;

/// Texts under their names, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// The attributes of a product; numbers and yes/no are kept as texts.
    pub fn parse(values: BTreeMap<String, Value>) -> Result<Self, Vec<FieldError>> {
        Self::checked(values, MAX_ATTRIBUTES, 1000)
    }

    /// The options of a variant, e.g. colour and size.
    pub fn parse_options(values: BTreeMap<String, Value>) -> Result<Self, Vec<FieldError>> {
        Self::checked(values, MAX_OPTIONS, 60)
    }

    fn checked(values: BTreeMap<String, Value>, max: usize, longest: usize) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        if values.len() > max {
            fields.push("", too_many(max));
            return Err(fields.into_errors());
        }
        let mut checked = BTreeMap::new();
        for (name, value) in values {
            let pointer = format!("/{}", token(&name));
            // Names are keys of the category, and those are in lower case.
            let name = fields.take(&pointer, text(&name.to_lowercase(), 1, 40, false));
            if name.as_ref().is_some_and(|name| checked.contains_key(name)) {
                fields.push(&pointer, named_twice());
            }
            let value = fields.take(&pointer, scalar(value).and_then(|value| text(&value, 1, longest, true)));
            if let (Some(name), Some(value)) = (name, value) {
                checked.insert(name, value);
            }
        }
        if fields.any() {
            return Err(fields.into_errors());
        }
        Ok(Self(checked))
    }

    /// Adds a text that is known to be fine; an empty one is left out.
    pub fn set(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }

    /// As stored.
    pub fn encode(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_else(|_| "{}".to_owned())
    }

    /// From the column. Names that were once kept in capitals are read as they are written now.
    pub fn decode(text: &str) -> Self {
        let stored: BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
        // Capitals come first, so that the name in lower case has the last word.
        Self(stored.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
    }

    /// The text under a name, in whatever case it was once written.
    pub fn get(&self, key: &str) -> Option<&str> {
        let exact = self.0.get(key);
        let found = exact
            .or_else(|| self.0.iter().find(|(name, _)| name.to_lowercase() == key).map(|(_, text)| text));
        found.map(String::as_str)
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The texts, sorted by their names.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }

    /// The texts under their names.
    pub fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }
}

/// A name as a part of a JSON pointer.
pub fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn named_twice() -> Fault {
    Fault::new("not-distinct", "Nama sudah ada.", "Named twice.")
}

fn scalar(value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        _ => Err(Fault::new("shape", "Harus berupa teks.", "Must be a text.")),
    }
}

fn too_many(max: usize) -> Fault {
    Fault::new("too-many", format!("Paling banyak {max}."), format!("At most {max}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> BTreeMap<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn texts_are_checked_one_by_one() {
        let fine = Attributes::parse(map(json!({"bahan": " katun ", "tkdn": 40, "halal": true}))).unwrap();
        assert_eq!(fine.encode(), r#"{"bahan":"katun","halal":"true","tkdn":"40"}"#);
        assert_eq!(Attributes::decode(&fine.encode()), fine);
        let once = Attributes::decode(r#"{"Ukuran":"M","Warna":"hitam","warna":"putih"}"#);
        assert_eq!(once.encode(), r#"{"ukuran":"M","warna":"putih"}"#);
        let faults = Attributes::parse(map(json!({"a/b": [], "": "x", "c": ""}))).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/", "/a~1b", "/c"]);
        let many = (0..6).map(|n| (n.to_string(), json!("x"))).collect();
        assert_eq!(Attributes::parse_options(many).unwrap_err()[0].code, "too-many");
    }
}
