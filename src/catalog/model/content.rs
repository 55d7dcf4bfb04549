//! What the public reads and sees of a product. One list serves all: what officers look at, where banned words are looked
//! for, and what an edit changes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kernel::ImageId;

/// Members of a product, in the order in which they are read.
const FIELDS: [&str; 9] = [
    "title",
    "description",
    "category",
    "attributes",
    "unit",
    "personalisation",
    "slug",
    "images",
    "translations",
];
/// Members of a variant that exists; a new one is content as a whole.
const OF_VARIANT: [&str; 2] = ["options", "sku"];
/// What names other things, and says nothing itself.
const NAMES: [&str; 3] = ["id", "variant_id", "category"];
/// Whose members are named by the shop.
const FREE: [&str; 2] = ["attributes", "options"];

/// What waits beside the request of an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Beside {
    /// The slug wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// All pictures in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<Place>>,
    /// All translations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translations: Option<Texts>,
}

/// A picture in the order of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub id: ImageId,
    /// What is to be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

/// Texts in other languages than Indonesian.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    pub en: Option<Text>,
    pub de: Option<Text>,
}

/// Title and description in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub title: String,
    pub description: String,
}

/// Splits an edit into what the public reads and the rest.
pub fn split(edit: Value) -> (Value, Value) {
    let (mut content, mut rest) = (Map::new(), Map::new());
    for (name, value) in members(edit) {
        match value {
            Value::Array(variants) if name == "variants" => {
                let (read, other): (Vec<_>, Vec<_>) = variants.into_iter().map(split_variant).unzip();
                for (side, variants) in [(&mut content, read), (&mut rest, other)] {
                    let variants: Vec<Value> = variants.into_iter().flatten().collect();
                    if !variants.is_empty() {
                        side.insert(name.clone(), Value::Array(variants));
                    }
                }
            }
            value => {
                let side = if FIELDS.contains(&name.as_str()) { &mut content } else { &mut rest };
                side.insert(name, value);
            }
        }
    }
    (Value::Object(content), Value::Object(rest))
}

fn split_variant(edited: Value) -> (Option<Value>, Option<Value>) {
    if !edited["id"].is_string() {
        return (Some(edited), None);
    }
    let id = edited["id"].clone();
    let others = members(edited).into_iter().filter(|(name, _)| name != "id");
    let (read, other): (Map<_, _>, Map<_, _>) =
        others.partition(|(name, _)| OF_VARIANT.contains(&name.as_str()));
    let with_id = |mut side: Map<String, Value>| {
        (!side.is_empty()).then(|| {
            side.insert("id".to_owned(), id.clone());
            Value::Object(side)
        })
    };
    (with_id(read), with_id(other))
}

/// True if an edit says nothing.
pub fn is_empty(edit: &Value) -> bool {
    edit.as_object().is_none_or(Map::is_empty)
}

/// Takes what is not part of the request out of what waits.
pub fn take_beside(edit: Value) -> (Value, Beside) {
    let apart = |(name, _): &(String, Value)| matches!(name.as_str(), "slug" | "images" | "translations");
    let (beside, request): (Map<_, _>, Map<_, _>) = members(edit).into_iter().partition(apart);
    (Value::Object(request), serde_json::from_value(Value::Object(beside)).unwrap_or_default())
}

/// Every text of a content, or of a part of one, with the name of its field.
pub fn texts(content: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in FIELDS.iter().filter(|name| !NAMES.contains(name)) {
        collect(name, &content[*name], &mut found);
    }
    for variant in content["variants"].as_array().into_iter().flatten() {
        for name in OF_VARIANT {
            collect(name, &variant[name], &mut found);
        }
    }
    found
}

fn collect(field: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((field.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(field, item, found)),
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !NAMES.contains(&name.as_str())) {
                let place = format!("{field}/{name}");
                if FREE.contains(&field) {
                    found.push((place.clone(), name.clone()));
                }
                collect(&place, value, found);
            }
        }
        _ => {}
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_public_reads_is_told_from_the_rest() {
        let edit = json!({"title": "A", "min_order": 2, "unit": "dus", "variants": [
            {"id": "a", "price": 1, "options": {"rasa": "asin"}}, {"id": "b", "price": 2}, {"price": 3, "stock": 1}]});
        let (content, rest) = split(edit);
        let expected = json!({"title": "A", "unit": "dus", "variants": [
            {"id": "a", "options": {"rasa": "asin"}}, {"price": 3, "stock": 1}]});
        assert_eq!(content, expected);
        assert_eq!(
            rest,
            json!({"min_order": 2, "variants": [{"id": "a", "price": 1}, {"id": "b", "price": 2}]})
        );
        assert!(is_empty(&split(rest).0) && is_empty(&split(content).1));
    }

    #[test]
    fn every_text_is_found() {
        let content = json!({"title": "satu", "category": "batik", "attributes": {"dua": "tiga"}, "unit": "empat",
            "personalisation": [{"name": "lima", "choices": ["enam"], "surcharge": 5}], "slug": "tujuh",
            "images": [{"id": "x", "alt": "delapan"}], "translations": {"en": {"title": "sembilan", "description": "sepuluh"}, "de": null},
            "variants": [{"id": "a", "sku": "sebelas", "options": {"duabelas": "tigabelas"}}]});
        let texts: Vec<String> = texts(&content).into_iter().map(|(_, text)| text).collect();
        let mut expected = [
            "satu",
            "dua",
            "tiga",
            "empat",
            "lima",
            "enam",
            "tujuh",
            "delapan",
            "sembilan",
            "sepuluh",
            "sebelas",
            "duabelas",
            "tigabelas",
        ];
        let mut found = texts.iter().map(String::as_str).collect::<Vec<_>>();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_stands_beside_the_request_is_taken_out() {
        let beside = Beside { slug: Some("a-b".to_owned()), ..Beside::default() };
        let mut edit = serde_json::to_value(&beside).unwrap();
        edit["title"] = json!("A");
        assert_eq!(take_beside(edit), (json!({"title": "A"}), beside));
    }
}
