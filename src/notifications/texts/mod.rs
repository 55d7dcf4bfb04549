//! What people are told, in Indonesian and English: a table by kind of news and by who hears it.
//!
//! `{number}` is a value of the news, `{rp:total}` an amount, `{day:due_at}` a day. What a piece of news has no text for is not
//! told to that side.

mod fulfilment;
mod money;
mod orders;
mod papers;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::entity::notification;
use crate::kernel::clock::business_date;
use crate::kernel::{Lang, Rupiah};
use crate::platform::news::Audience;

/// Title and text of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// One line; the subject of a mail.
    pub title: String,
    /// A sentence or two.
    pub text: String,
}

/// Who hears something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// A person for oneself, mostly as a buyer.
    Person,
    /// The people of a shop.
    Shop,
    /// The office.
    Office,
}

/// Kind, side, and in both languages the title and the text.
type Row = (&'static str, Side, [&'static str; 2], [&'static str; 2]);

fn rows() -> impl Iterator<Item = &'static Row> {
    orders::ROWS.iter().chain(money::ROWS).chain(papers::ROWS).chain(fulfilment::ROWS)
}

fn find(kind: &str, audience: &str) -> Option<&'static Row> {
    let side = match audience {
        Audience::USER => Side::Person,
        Audience::VENDOR => Side::Shop,
        _ => Side::Office,
    };
    rows().find(|row| row.0 == kind && row.1 == side)
}

/// True if an audience is told about this kind of news.
pub fn exists(kind: &str, audience: &str) -> bool {
    find(kind, audience).is_some()
}

/// Every kind that somebody is told about.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    rows().map(|row| row.0)
}

/// What a notification says.
pub fn words(notification: &notification::Model, lang: Lang) -> Option<Words> {
    let row = find(&notification.kind, &notification.audience)?;
    let [title, text] = if lang == Lang::En { row.3 } else { row.2 };
    let data = serde_json::from_str(&notification.data).unwrap_or_default();
    Some(Words { title: fill(title, &data), text: fill(text, &data) })
}

/// Puts the values in; one that is missing is left blank rather than shown as a placeholder.
fn fill(text: &str, data: &Map<String, Value>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, following)) = after.split_once('}') else {
            break;
        };
        filled.push_str(before);
        filled.push_str(&value(name, data));
        rest = following;
    }
    filled.push_str(rest);
    filled
}

fn value(name: &str, data: &Map<String, Value>) -> String {
    let (form, key) = name.split_once(':').unwrap_or(("", name));
    match (form, data.get(key)) {
        (_, None | Some(Value::Null)) => "-".to_owned(),
        ("rp", Some(value)) => {
            let amount = value.as_i64().and_then(|amount| Rupiah::new(amount).ok());
            amount.map_or_else(|| value.to_string(), |amount| amount.to_string())
        }
        ("day", Some(value)) => {
            let at = value.as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
            at.map_or_else(|| plain(value), |at| business_date(at).format("%d-%m-%Y").to_string())
        }
        (_, Some(value)) => plain(value),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn values_are_put_in() {
        let data = serde_json::json!({"number": "LPK-1", "total": 1_250_000, "due": "2026-11-24T18:00:00Z"});
        let data = data.as_object().unwrap();
        assert_eq!(fill("{number}: {rp:total}, {day:due}.", data), "LPK-1: Rp 1.250.000, 25-11-2026.");
        assert_eq!(fill("{absent} {", data), "- {");
        assert_eq!(fill("{number}", &Map::new()), "-");
    }

    #[test]
    fn every_text_is_there_once_in_both_languages() {
        let mut seen = HashSet::new();
        for (kind, side, id, en) in rows() {
            assert!(seen.insert((kind, format!("{side:?}"))), "{kind} for {side:?} is there twice");
            for text in id.iter().chain(en) {
                assert!(!text.is_empty() && text.matches('{').count() == text.matches('}').count(), "{kind}");
            }
            let places = |texts: &[&str; 2]| {
                let inside = texts.iter().flat_map(|text| text.split('{').skip(1));
                let mut names: Vec<String> =
                    inside.filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect();
                names.sort();
                names
            };
            assert_eq!(places(id), places(en), "{kind}: the languages say different things");
        }
        assert!(kinds().count() > 15);
    }
}
