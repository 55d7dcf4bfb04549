//! How the cells of a list are written and read: texts on one side, what requests say on the other.
//!
//! Every shape reads what it writes, whatever letters are in it: `\` stands before a separator that is meant as a letter.

use serde_json::{Map, Value, json};

use crate::catalog::import::product_row::{tiers, whole};
use crate::catalog::model::meal::Window;
use crate::catalog::model::personal::PersonalField;
use crate::catalog::model::unit::Unit;
use crate::kernel::fields::Fault;
use crate::platform::sheets::Cell;

/// What kind of thing a cell holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Text,
    /// The last part of a path of slugs.
    Slug,
    /// `12000`, `12.000`, `Rp 12.000`.
    Whole,
    /// One of these.
    Code(&'static [&'static str]),
    /// `name:value;name:value`.
    Pairs,
    /// `12:9000;24:8500`.
    Tiers,
    /// `250 gram`.
    Content,
    /// `SKU:2;SKU:1`.
    Parts,
    /// As in requests, JSON.
    Fields,
    /// Texts between separators.
    Texts(char),
    /// `50;50;50;50;50;20;0`.
    Numbers,
    /// `6 jam` or `1 hari 15:00`.
    Cutoff,
    /// `10:00-12:00;16:00-18:00`.
    Windows,
    /// RFC 3339.
    Time,
}

impl Shape {
    /// What an empty cell says.
    pub fn empty(self) -> Value {
        match self {
            Self::Text => json!(""),
            Self::Pairs => json!({}),
            Self::Tiers | Self::Parts | Self::Fields | Self::Texts(_) | Self::Windows => json!([]),
            Self::Slug | Self::Whole | Self::Code(_) => Value::Null,
            Self::Content | Self::Numbers | Self::Cutoff | Self::Time => Value::Null,
        }
    }

    /// What a cell says.
    pub fn read(self, cell: &str) -> Result<Value, Fault> {
        if cell.is_empty() {
            return Ok(self.empty());
        }
        match self {
            Self::Text => Ok(json!(cell)),
            Self::Slug => Ok(json!(cell.rsplit('/').next().unwrap_or_default().trim())),
            Self::Whole => whole(cell).map(Value::from),
            Self::Code(codes) => code(cell, codes),
            Self::Pairs => pairs(cell),
            Self::Tiers => tiers(cell).map(|tiers| json!(tiers.into_list())),
            Self::Content => content(cell),
            Self::Parts => parts(cell),
            Self::Fields => fields(cell),
            Self::Texts(separator) => Ok(json!(texts(cell, separator))),
            Self::Numbers => {
                texts(cell, ';').iter().map(|part| whole(part).map(Value::from)).collect::<Result<_, _>>()
            }
            Self::Cutoff => cutoff(cell).ok_or_else(wrong_cutoff),
            Self::Windows => Ok(texts(cell, ';').iter().map(|part| json!(window(part))).collect()),
            Self::Time => {
                let time = chrono::DateTime::parse_from_rfc3339(cell).map_err(|_| wrong_time())?;
                Ok(json!(time.to_utc().to_rfc3339()))
            }
        }
    }

    /// The cell that says so.
    pub fn write(self, value: &Value) -> Cell {
        let list = || value.as_array().map(Vec::as_slice).unwrap_or_default();
        match (self, value) {
            (_, Value::Null) => "".into(),
            (_, Value::Number(number)) => Cell::Number(number.as_i64().unwrap_or_default()),
            (Self::Pairs, _) => {
                let pairs = value.as_object().into_iter().flatten();
                joined(pairs.map(|(name, value)| pair(name, &plain(value))), ";").into()
            }
            (Self::Tiers, _) => {
                let tier =
                    |tier: &Value| format!("{}:{}", plain(&tier["min_quantity"]), plain(&tier["price"]));
                joined(list().iter().map(tier), ";").into()
            }
            (Self::Content, _) => format!("{} {}", plain(&value["amount"]), plain(&value["unit"])).into(),
            (Self::Parts, _) => {
                let part = |part: &Value| pair(&plain(&part["sku"]), &plain(&part["quantity"]));
                joined(list().iter().map(part), ";").into()
            }
            (Self::Fields, _) if list().is_empty() => "".into(),
            (Self::Fields, _) => value.to_string().into(),
            (Self::Texts(separator), _) => {
                let escaped = list().iter().map(|text| escape(&plain(text), &[separator]));
                joined(escaped, &separator.to_string()).into()
            }
            (Self::Numbers | Self::Windows, _) => joined(list().iter().map(plain), ";").into(),
            (Self::Cutoff, _) => match (&value["cutoff_hours"], &value["cutoff_days"]) {
                (Value::Null, days) => format!("{days} hari {}", plain(&value["cutoff_time"])).into(),
                (hours, _) => format!("{hours} jam").into(),
            },
            (_, value) => plain(value).into(),
        }
    }
}

/// A value as it is written, without the quotes of JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn joined(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

fn pair(name: &str, value: &str) -> String {
    format!("{}:{}", escape(name, &[';', ':']), escape(value, &[';', ':']))
}

fn escape(text: &str, separators: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' || separators.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Cuts at separators that have no `\` before them; the parts are as they were written.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        let last = parts.len() - 1;
        if c == separator && !escaped {
            parts.push(String::new());
            continue;
        }
        parts[last].push(c);
        escaped = c == '\\' && !escaped;
    }
    parts
}

/// A part as it is meant.
fn meant(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        out.push(if c == '\\' { letters.next().unwrap_or('\\') } else { c });
    }
    out.trim().to_owned()
}

fn texts(cell: &str, separator: char) -> Vec<String> {
    split(cell, separator).iter().map(|part| meant(part)).collect()
}

/// Two sides of a `:`.
fn sides(part: &str) -> Option<(String, String)> {
    let sides = split(part, ':');
    let [name, value] = sides.as_slice() else { return None };
    Some((meant(name), meant(value)))
}

fn code(cell: &str, codes: &[&str]) -> Result<Value, Fault> {
    let wanted = cell.to_lowercase();
    if codes.contains(&wanted.as_str()) {
        return Ok(json!(wanted));
    }
    let all = codes.join(", ");
    Err(Fault::new("unknown-code", format!("Pilihannya: {all}."), format!("Must be one of {all}.")))
}

fn pairs(cell: &str) -> Result<Value, Fault> {
    let mut values = Map::new();
    for part in split(cell, ';').iter().filter(|part| !part.trim().is_empty()) {
        let (name, value) = sides(part).ok_or_else(wrong_pairs)?;
        if values.insert(name, value.into()).is_some() {
            return Err(wrong_pairs());
        }
    }
    Ok(Value::Object(values))
}

fn content(cell: &str) -> Result<Value, Fault> {
    let at = cell.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(cell.len());
    let (amount, unit) = cell.split_at(at);
    let unit = unit.trim();
    let known = Unit::find(unit).map_or(unit, |unit| unit.name);
    Ok(json!({"amount": whole(amount)?, "unit": known}))
}

/// Sorted, since the order of parts says nothing.
fn parts(cell: &str) -> Result<Value, Fault> {
    let part = |part: &String| {
        let (sku, quantity) =
            sides(part).or_else(|| Some((meant(part), "1".to_owned()))).ok_or_else(wrong_pairs)?;
        Ok((sku, whole(&quantity)?))
    };
    let mut parts: Vec<(String, i64)> = split(cell, ';').iter().map(part).collect::<Result<_, Fault>>()?;
    parts.sort();
    Ok(parts.into_iter().map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity})).collect())
}

fn fields(cell: &str) -> Result<Value, Fault> {
    let fields: Result<Vec<PersonalField>, _> = serde_json::from_str(cell);
    fields.map(|fields| json!(fields)).map_err(|error| {
        Fault::new(
            "personalisation",
            format!("Tulis sebagai JSON seperti di API: {error}."),
            format!("Must be JSON as in requests: {error}."),
        )
    })
}

fn cutoff(cell: &str) -> Option<Value> {
    let words: Vec<&str> = cell.split_whitespace().collect();
    let number = |text: &str| text.parse::<i32>().ok();
    match words.as_slice() {
        [hours, "jam"] => Some(json!({"cutoff_hours": number(hours)?})),
        [days, "hari", time] => {
            Some(json!({"cutoff_days": number(days)?, "cutoff_time": time.replace('.', ":")}))
        }
        _ => None,
    }
}

fn window(text: &str) -> String {
    Window::parse(text).map_or_else(|| text.to_owned(), Window::text)
}

fn wrong_pairs() -> Fault {
    Fault::new("pairs", "Tulis sebagai nama:nilai;nama:nilai.", "Must be name:value;name:value.")
}

fn wrong_cutoff() -> Fault {
    Fault::new("cutoff", "Tulis \"6 jam\" atau \"1 hari 15:00\".", "Must be \"6 jam\" or \"1 hari 15:00\".")
}

fn wrong_time() -> Fault {
    Fault::new("time", "Tulis seperti 2026-12-01T08:00:00+07:00.", "Must be like 2026-12-01T08:00:00+07:00.")
}
