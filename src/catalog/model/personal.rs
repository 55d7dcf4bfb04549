//! What a buyer may have made for a piece: a name engraved, a logo printed, a size to measure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::attributes::token;
use super::price;
use crate::kernel::fields::{Fault, Fields, number, text};
use crate::kernel::{FieldError, MoneyError, Rupiah};

/// Most fields of a product.
const MAX_FIELDS: usize = 10;
/// Longest text when the shop does not say.
const LONGEST: i32 = 100;

/// One field that a buyer fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonalField {
    /// What is asked for, e.g. `ukiran`.
    pub name: String,
    /// Whether it must be filled in.
    #[serde(default)]
    pub required: bool,
    /// Longest text; 100 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500)]
    pub max_length: Option<i32>,
    /// Only these; any text when absent.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub choices: Vec<String>,
    /// On top of the price of each piece, where it is filled in.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0)]
    pub surcharge: Rupiah,
}

/// What was filled in, as an order keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Chosen {
    pub name: String,
    pub value: String,
    pub surcharge: Rupiah,
}

/// Checks the fields of a product; pointers are relative to the list.
pub fn check_fields(raw: Vec<PersonalField>) -> Result<Vec<PersonalField>, Vec<FieldError>> {
    let mut fields = Fields::new();
    if raw.len() > MAX_FIELDS {
        fields.push("", Fault::new("too-many", "Terlalu banyak isian.", "Too many fields."));
        return Err(fields.into_errors());
    }
    let mut checked: Vec<PersonalField> = Vec::with_capacity(raw.len());
    for (index, mut field) in raw.into_iter().enumerate() {
        let name = fields.take(&format!("/{index}/name"), text(&field.name, 1, 40, false));
        if name.as_ref().is_some_and(|name| checked.iter().any(|other| other.name == *name)) {
            fields.push(
                format!("/{index}/name"),
                Fault::new("not-distinct", "Nama sudah ada.", "Named twice."),
            );
        }
        fields.take_opt(&format!("/{index}/max_length"), field.max_length.map(|most| number(most, 1, 500)));
        if !field.surcharge.is_zero() {
            fields.take(&format!("/{index}/surcharge"), price(field.surcharge.get()));
        }
        if field.choices.len() > 50 || field.choices.iter().any(|choice| text(choice, 1, 60, false).is_err())
        {
            fields
                .push(format!("/{index}/choices"), Fault::new("choices", "Pilihan salah.", "Wrong choices."));
        }
        field.name = name.unwrap_or_default();
        checked.push(field);
    }
    if fields.any() { Err(fields.into_errors()) } else { Ok(checked) }
}

/// The fields of a product, from its column.
pub fn stored_fields(text: &str) -> Vec<PersonalField> {
    serde_json::from_str(text).unwrap_or_default()
}

/// As stored; nothing is an empty text.
pub fn encode_fields(fields: &[PersonalField]) -> String {
    if fields.is_empty() { String::new() } else { serde_json::to_string(fields).unwrap_or_default() }
}

/// Checks what a buyer filled in; pointers are relative to the object.
pub fn choose(
    fields: &[PersonalField],
    values: &BTreeMap<String, String>,
) -> Result<Vec<Chosen>, Vec<FieldError>> {
    let mut faults = Fields::new();
    let mut chosen = Vec::new();
    for field in fields {
        let value = values.get(&field.name).map(|value| value.trim()).filter(|value| !value.is_empty());
        let pointer = format!("/{}", token(&field.name));
        match value.map(|value| check_value(field, value)) {
            None if field.required => faults.push(pointer, required(&field.name)),
            None => {}
            Some(checked) => {
                let value = faults.take(&pointer, checked);
                let name = field.name.clone();
                chosen.extend(value.map(|value| Chosen { name, value, surcharge: field.surcharge }));
            }
        }
    }
    for name in values.keys().filter(|name| !fields.iter().any(|field| field.name == **name)) {
        faults.push(
            format!("/{}", token(name)),
            Fault::new("unknown", "Isian tidak dikenal.", "There is no such field."),
        );
    }
    if faults.any() { Err(faults.into_errors()) } else { Ok(chosen) }
}

fn check_value(field: &PersonalField, value: &str) -> Result<String, Fault> {
    let most = usize::try_from(field.max_length.unwrap_or(LONGEST)).unwrap_or(0);
    let value = text(value, 1, most, false)?;
    if field.choices.is_empty() || field.choices.contains(&value) {
        return Ok(value);
    }
    let choices = field.choices.join(", ");
    Err(Fault::new("not-a-choice", format!("Pilihannya: {choices}."), format!("The choices are: {choices}.")))
}

/// What all that was filled in costs for one piece.
pub fn surcharge(chosen: &[Chosen]) -> Result<Rupiah, MoneyError> {
    Rupiah::sum(chosen.iter().map(|one| one.surcharge))
}

fn required(name: &str) -> Fault {
    Fault::new("required", format!("{name} wajib diisi."), format!("{name} must be filled in."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields() -> Vec<PersonalField> {
        let raw = json!([
            {"name": "ukiran", "max_length": 10, "surcharge": 15_000},
            {"name": "ukuran", "required": true, "choices": ["40", "41"]},
        ]);
        check_fields(serde_json::from_value(raw).unwrap()).unwrap()
    }

    fn chosen(values: serde_json::Value) -> Result<Vec<Chosen>, Vec<String>> {
        let values: BTreeMap<String, String> = serde_json::from_value(values).unwrap();
        choose(&fields(), &values).map_err(|faults| {
            faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
        })
    }

    #[test]
    fn only_what_is_filled_in_costs() {
        let plain = chosen(json!({"ukuran": "41", "ukiran": " "})).unwrap();
        assert_eq!((plain.len(), surcharge(&plain).unwrap().get()), (1, 0));
        let carved = chosen(json!({"ukuran": "41", "ukiran": "Ani"})).unwrap();
        assert_eq!(surcharge(&carved).unwrap().get(), 15_000);
    }

    #[test]
    fn every_fault_is_named() {
        let faults = chosen(json!({"ukiran": "terlalu panjang", "warna": "x"})).unwrap_err();
        assert_eq!(faults, ["/ukiran too-long", "/ukuran required", "/warna unknown"]);
        assert_eq!(chosen(json!({"ukuran": "39"})).unwrap_err(), ["/ukuran not-a-choice"]);
    }

    #[test]
    fn fields_come_back_from_the_column() {
        assert_eq!(stored_fields(&encode_fields(&fields())), fields());
        assert_eq!((encode_fields(&[]), stored_fields("")), (String::new(), Vec::new()));
        let twice = vec![fields().remove(0), fields().remove(0)];
        assert_eq!(check_fields(twice).unwrap_err()[0].code, "not-distinct");
    }
}
