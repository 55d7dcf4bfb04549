//! The settings of the index, kept in the code and applied only where the server's differ.

use serde_json::{Value, json};

use crate::platform::search::TextAnalysis;

/// Most hits that can be paged through.
const MOST_HITS: usize = 20_000;

/// What the index has to be set to.
pub fn wanted(analysis: &dyn TextAnalysis) -> Value {
    let synonyms: serde_json::Map<String, Value> = analysis
        .synonyms()
        .into_iter()
        .filter(|(_, found)| !found.is_empty())
        .map(|(term, found)| (term, found.into()))
        .collect();
    json!({
        // In the order of their weight.
        "searchableAttributes": [
            "title", "category", "attributes", "district", "vendor", "fold", "stem", "description",
        ],
        "filterableAttributes": [
            "category_path", "created_at_ms", "district_code", "id", "in_stock", "price_max", "price_min",
            "price_step", "vendor_id", "vendor_slug",
        ],
        "sortableAttributes": ["created_at_ms", "id", "price_min", "rating"],
        // Equal hits: what is in stock first, then by a number that has nothing to do with the order of writing.
        "rankingRules": [
            "sort", "words", "typo", "proximity", "attribute", "exactness", "stock_rank:desc", "tie:asc",
        ],
        "displayedAttributes": ["id", "shown_category", "shown_title", "shown_vendor"],
        "stopWords": analysis.stop_words(),
        "synonyms": synonyms,
        "typoTolerance": {
            "enabled": true,
            "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
            "disableOnAttributes": ["attributes"],
            "disableOnNumbers": true,
        },
        "pagination": {"maxTotalHits": MOST_HITS},
        "faceting": {"maxValuesPerFacet": 500},
    })
}

/// Settings whose order means nothing.
const SETS: &[&str] = &["filterableAttributes", "sortableAttributes", "displayedAttributes", "stopWords"];

/// The wanted settings the server does not have; empty if it has all.
pub fn missing(wanted: &Value, actual: &Value) -> Value {
    let Some(wanted) = wanted.as_object() else {
        return json!({});
    };
    let differing = wanted.iter().filter(|(name, value)| !has(name, value, &actual[name.as_str()]));
    Value::Object(differing.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn has(name: &str, wanted: &Value, actual: &Value) -> bool {
    match (wanted, actual) {
        (Value::Array(wanted), Value::Array(actual)) if SETS.contains(&name) => {
            wanted.len() == actual.len() && wanted.iter().all(|one| actual.contains(one))
        }
        (Value::Object(wanted), Value::Object(actual)) if name == "synonyms" => {
            wanted.len() == actual.len() && wanted.iter().all(|(term, found)| actual.get(term) == Some(found))
        }
        // The server may know more settings of a group than we set.
        (Value::Object(wanted), Value::Object(actual)) => {
            wanted.iter().all(|(name, value)| actual.get(name).is_some_and(|actual| has(name, value, actual)))
        }
        _ => wanted == actual,
    }
}

#[cfg(test)]
mod tests {
    use super::missing;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_applied() {
        let wanted = json!({
            "stopWords": ["a", "b"],
            "rankingRules": ["words", "typo"],
            "pagination": {"maxTotalHits": 5},
            "synonyms": {"x": ["y"]},
        });
        let actual = json!({
            "stopWords": ["b", "a"],
            "rankingRules": ["typo", "words"],
            "pagination": {"maxTotalHits": 5, "other": 1},
            "synonyms": {"x": ["y"], "z": ["x"]},
        });
        let found = missing(&wanted, &actual);
        assert_eq!(found, json!({"rankingRules": ["words", "typo"], "synonyms": {"x": ["y"]}}));
        assert_eq!(missing(&wanted, &wanted), json!({}));
    }
}
