//! What an edit changes, field by field: the product as it is against the request that waits.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One field that is to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RevisionChange)]
pub struct Change {
    /// Such as `title`, `attributes/bahan`, `variants/<id>/price` or `variants/new`.
    pub field: String,
    /// `null` if it is new.
    #[schema(value_type = Option<Object>)]
    pub before: Value,
    /// `null` if it goes.
    #[schema(value_type = Option<Object>)]
    pub after: Value,
}

/// Compares a product as its shop sees it with an edit of it. What the edit does not name stays.
pub fn diff(product: &Value, edit: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, after) in members(edit) {
        match (name.as_str(), after) {
            ("variants", Value::Array(variants)) => {
                variants.iter().for_each(|edited| variant(&product["variants"], edited, &mut changes));
            }
            (_, Value::Object(after)) => whole_map(name, &product[name], after, &mut changes),
            (_, after) => push(&mut changes, name.clone(), &product[name], after),
        }
    }
    changes
}

/// Two edits one after the other as one: the later one wins, and variants add up.
pub fn join(earlier: Value, later: Value) -> Value {
    let (Value::Object(mut all), Value::Object(later)) = (earlier, later) else {
        return Value::Null;
    };
    for (name, value) in later {
        match (all.get_mut(&name), value) {
            (Some(Value::Array(variants)), Value::Array(more)) if name == "variants" => {
                more.into_iter().for_each(|edited| join_variant(variants, edited));
            }
            (_, value) => {
                all.insert(name, value);
            }
        }
    }
    Value::Object(all)
}

/// What a later edit says beyond an earlier one; an empty object if that says it all already.
pub fn beyond(earlier: &Value, later: Value) -> Value {
    let Value::Object(later) = later else {
        return later;
    };
    let more = later.into_iter().filter_map(|(name, value)| match (&earlier[&name], value) {
        (Value::Array(known), Value::Array(variants)) if name == "variants" => {
            let more: Vec<Value> = variants.into_iter().filter(|edited| !says(known, edited)).collect();
            (!more.is_empty()).then_some((name, Value::Array(more)))
        }
        (before, value) => (*before != value).then_some((name, value)),
    });
    Value::Object(more.collect())
}

/// True if edits of variants already say what this one says.
fn says(known: &[Value], edited: &Value) -> bool {
    let same = |one: &&Value| edited["id"].is_null() || one["id"] == edited["id"];
    known.iter().filter(same).any(|one| members(edited).all(|(name, value)| one[name] == *value))
}

/// What an edit may take away: `null` says something there, and is not sent otherwise.
const TAKEN_AWAY: [&str; 2] = ["weight_g", "content"];

/// An edit without the members that say nothing.
pub fn said(edit: Value) -> Value {
    match edit {
        Value::Object(members) => {
            let said = members
                .into_iter()
                .filter(|(name, value)| !value.is_null() || TAKEN_AWAY.contains(&name.as_str()));
            Value::Object(said.map(|(name, value)| (name, said_within(value))).collect())
        }
        other => other,
    }
}

fn said_within(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(said).collect()),
        other => other,
    }
}

fn join_variant(variants: &mut Vec<Value>, edited: Value) {
    let same = variants.iter_mut().find(|known| edited["id"].is_string() && known["id"] == edited["id"]);
    match same {
        Some(known) => *known = join(known.take(), edited),
        None => variants.push(edited),
    }
}

fn variant(stored: &Value, edited: &Value, changes: &mut Vec<Change>) {
    let Some(id) = edited["id"].as_str() else {
        return push(changes, "variants/new".to_owned(), &Value::Null, edited);
    };
    let stored = stored.as_array().and_then(|rows| rows.iter().find(|row| row["id"] == id));
    let before = stored.cloned().unwrap_or_default();
    for (name, after) in members(edited).filter(|(name, _)| *name != "id") {
        push(changes, format!("variants/{id}/{name}"), &before[name], after);
    }
}

/// A map is sent as a whole: what is not in it any more goes.
fn whole_map(name: &str, before: &Value, after: &Map<String, Value>, changes: &mut Vec<Change>) {
    for (key, value) in after {
        push(changes, format!("{name}/{key}"), &before[key], value);
    }
    for (key, value) in members(before).filter(|(key, _)| !after.contains_key(*key)) {
        push(changes, format!("{name}/{key}"), value, &Value::Null);
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn push(changes: &mut Vec<Change>, field: String, before: &Value, after: &Value) {
    if before != after {
        changes.push(Change { field, before: before.clone(), after: after.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_field_that_changes_is_named_and_no_other() {
        let product = json!({"title": "Batik", "unit": "pcs", "attributes": {"bahan": "katun", "halal": "ya"},
            "variants": [{"id": "a", "price": 10, "sku": "A"}]});
        let edit = json!({"title": "Batik tulis", "unit": "pcs", "attributes": {"bahan": "sutra", "asal": "Bekasi"},
            "variants": [{"id": "a", "price": 12, "sku": "A"}, {"price": 9}]});
        let changes: Vec<(String, Value, Value)> = diff(&product, &edit)
            .into_iter()
            .map(|change| (change.field, change.before, change.after))
            .collect();
        let expected = [
            ("attributes/asal", json!(null), json!("Bekasi")),
            ("attributes/bahan", json!("katun"), json!("sutra")),
            ("attributes/halal", json!("ya"), json!(null)),
            ("title", json!("Batik"), json!("Batik tulis")),
            ("variants/a/price", json!(10), json!(12)),
            ("variants/new", json!(null), json!({"price": 9})),
        ];
        let expected = expected.map(|(field, before, after)| (field.to_owned(), before, after));
        assert_eq!(changes.len(), expected.len());
        assert!(expected.iter().all(|change| changes.contains(change)), "{changes:?}");
    }

    #[test]
    fn edits_add_up() {
        let first = json!({"title": "A", "variants": [{"id": "a", "price": 1}]});
        let second = json!({"description": "B", "variants": [{"id": "a", "sku": "X"}, {"price": 2}]});
        let expected = json!({"title": "A", "description": "B",
            "variants": [{"id": "a", "price": 1, "sku": "X"}, {"price": 2}]});
        assert_eq!(join(first, second), expected);
        assert_eq!(
            said(json!({"title": null, "variants": [{"sku": null, "price": 1}]})),
            json!({"variants": [{"price": 1}]})
        );
    }
}
