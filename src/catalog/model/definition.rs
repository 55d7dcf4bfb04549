//! Typed attributes: what products of a category may and must say, and what their values are.

use std::collections::{BTreeMap, BTreeSet};

use super::comparable::{comparable, is_number, measured, normal};
use super::{Attributes, Tree};
use crate::catalog::entity::attribute::{Kind, Model};
use crate::kernel::fields::{Fault, text};
use crate::kernel::{CategoryId, FieldError};

/// Most attributes that one category defines.
pub const MAX_DEFINED: u64 = 40;
/// Most choices of an attribute.
pub const MAX_CHOICES: usize = 100;
/// Most conditions on attributes in one list.
pub const MAX_CONDITIONS: usize = 5;
/// Longest value that lists can be narrowed to.
const LONGEST: usize = 100;
/// Most values of one attribute.
const MAX_VALUES: usize = 20;

/// A new or changed attribute, checked.
#[derive(Clone, Debug)]
pub struct Definition {
    pub key: String,
    pub name_id: String,
    pub name_en: String,
    pub kind: Kind,
    pub unit: Option<String>,
    pub choices: Vec<String>,
    pub required: bool,
    pub filterable: bool,
    pub position: i32,
}

/// The attributes that hold for a category: its own and those of everything above it; the nearer one counts.
pub fn effective<'a>(tree: &'a Tree, all: &'a [Model], category: CategoryId) -> Vec<(&'a Model, &'a str)> {
    let mut found: Vec<(&Model, &str)> = Vec::new();
    for branch in tree.path(category) {
        let mut own: Vec<&Model> = all.iter().filter(|one| one.category_id == branch.id).collect();
        own.sort_by_key(|one| (one.position, one.id));
        for one in own {
            match found.iter_mut().find(|(above, _)| above.key == one.key) {
                Some(above) => *above = (one, &branch.slug),
                None => found.push((one, &branch.slug)),
            }
        }
    }
    found
}

/// The choices of an attribute, from its column.
pub fn choices(definition: &Model) -> Vec<String> {
    serde_json::from_str(&definition.choices).unwrap_or_default()
}

/// A name in requests and in the address of a list.
pub fn key(value: &str) -> Result<String, Fault> {
    let value = text(value, 1, 40, false)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if value.bytes().all(plain) {
        return Ok(value);
    }
    Err(Fault::new(
        "characters",
        "Hanya huruf kecil, angka dan garis bawah.",
        "Only lower-case letters, digits and underscores.",
    ))
}

/// Choices, each once; exactly the kinds that choose have some.
pub fn check_choices(kind: Kind, choices: &[String]) -> Result<Vec<String>, Fault> {
    let chooses = matches!(kind, Kind::Choice | Kind::MultiChoice);
    if chooses == choices.is_empty() {
        return Err(if chooses { no_choices() } else { needless_choices() });
    }
    let checked: Vec<String> =
        choices.iter().map(|choice| text(choice, 1, 60, false)).collect::<Result<_, _>>()?;
    let distinct: BTreeSet<String> = checked.iter().map(|choice| comparable(choice)).collect();
    if distinct.len() != checked.len() || checked.len() > MAX_CHOICES {
        return Err(Fault::new(
            "choices-not-distinct",
            format!("Pilihan tidak boleh sama dan paling banyak {MAX_CHOICES}."),
            format!("Choices must differ and be at most {MAX_CHOICES}."),
        ));
    }
    if checked.iter().any(|choice| choice.contains(['|', ','])) {
        return Err(Fault::new(
            "characters",
            "Pilihan tidak boleh berisi koma atau |.",
            "A choice must not contain a comma or |.",
        ));
    }
    Ok(checked)
}

/// Checks what a product says against what its category defines. What is not defined is free text.
///
/// An option of the variants says it as well as an attribute; its fault is at the place of the variant in the product.
pub fn check(
    defined: &[(&Model, &str)],
    attributes: &Attributes,
    options: &[Attributes],
) -> Result<(), Vec<FieldError>> {
    let mut faults = Vec::new();
    for (definition, _) in defined {
        let key = &definition.key;
        let by_variants = options.iter().any(|one| one.get(key).is_some());
        match attributes.get(key) {
            None if definition.required && !by_variants => {
                faults.push(required().at(format!("/attributes/{key}")));
            }
            None => {}
            Some(value) => faults.extend(fault(definition, value, || format!("/attributes/{key}"))),
        }
        for (place, one) in options.iter().enumerate() {
            let value = one.get(key);
            let pointer = || format!("/variants/{place}/options/{key}");
            faults.extend(value.and_then(|value| fault(definition, value, pointer)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn fault(definition: &Model, value: &str, pointer: impl Fn() -> String) -> Option<FieldError> {
    check_value(definition, value).err().map(|fault| fault.at(pointer()))
}

fn check_value(definition: &Model, value: &str) -> Result<(), Fault> {
    match definition.kind {
        Kind::Text => Ok(()),
        Kind::Number if is_number(value, definition.unit.as_deref()) => Ok(()),
        Kind::Number => Err(not_a_number(definition.unit.as_deref())),
        Kind::Boolean if ["true", "false"].contains(&normal(value).as_str()) => Ok(()),
        Kind::Boolean => Err(Fault::new("not-yes-or-no", "Harus ya atau tidak.", "Must be true or false.")),
        Kind::Choice | Kind::MultiChoice => {
            let known: Vec<String> = choices(definition).iter().map(|choice| comparable(choice)).collect();
            let chosen = chosen(value);
            let many = definition.kind == Kind::Choice && chosen.len() > 1;
            if !many && !chosen.is_empty() && chosen.iter().all(|value| known.contains(value)) {
                return Ok(());
            }
            Err(not_a_choice(&choices(definition)))
        }
    }
}

/// What was chosen of choices, none of which has a comma in it.
fn chosen(value: &str) -> Vec<String> {
    value.split(['|', ',']).map(comparable).filter(|value| !value.is_empty()).collect()
}

/// The values in a free text. The comma in `48,02` is that of a number.
fn listed(value: &str) -> Vec<String> {
    let pieces = value.split('|').flat_map(|piece| piece.split(", ")).flat_map(|piece| {
        let whole = measured(&normal(piece)).is_some();
        if whole { vec![piece] } else { piece.split(',').collect() }
    });
    pieces.map(comparable).filter(|value| !value.is_empty()).collect()
}

/// Under which texts a list finds a value: a number with its unit and without.
fn forms(definition: Option<&Model>, value: &str) -> Vec<String> {
    match definition.map(|one| one.kind) {
        None | Some(Kind::Text) => listed(value),
        Some(Kind::Choice | Kind::MultiChoice) => chosen(value),
        Some(Kind::Boolean) => vec![normal(value)],
        Some(Kind::Number) => {
            let usual = definition.and_then(|one| one.unit.as_deref()).unwrap_or_default().to_lowercase();
            match measured(&normal(value)) {
                Some((number, said)) if said.is_empty() || said == usual => {
                    let with_unit = comparable(&format!("{number} {usual}"));
                    vec![number, with_unit]
                }
                _ => vec![comparable(value)],
            }
        }
    }
}

/// Everything that lists can be narrowed to: the attributes of a product and the options of its variants. What a category defines
/// is found by the kind of its values, unless it is not to be filtered by.
pub fn values(
    defined: &[(&Model, &str)],
    attributes: &Attributes,
    options: &[Attributes],
) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for said in std::iter::once(attributes).chain(options) {
        for (name, value) in said.clone().into_map() {
            let name = name.to_lowercase();
            let definition = defined.iter().map(|(one, _)| *one).find(|one| one.key == name);
            if definition.is_some_and(|one| !one.filterable) {
                continue;
            }
            let fits = |value: &String| value.chars().count() <= LONGEST;
            let forms = forms(definition, &value).into_iter().filter(fits).take(MAX_VALUES);
            found.entry(name).or_default().extend(forms);
        }
    }
    found
}

fn required() -> Fault {
    Fault::new("required", "Wajib diisi pada kategori ini.", "Must be given in this category.")
}

fn not_a_number(unit: Option<&str>) -> Fault {
    let unit = unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
    Fault::new("not-a-number", format!("Harus berupa angka{unit}."), format!("Must be a number{unit}."))
}

fn not_a_choice(choices: &[String]) -> Fault {
    let choices = choices.join(", ");
    Fault::new("not-a-choice", format!("Pilihannya: {choices}."), format!("The choices are: {choices}."))
}

fn no_choices() -> Fault {
    Fault::new("required", "Jenis ini butuh pilihan.", "This kind needs choices.")
}

fn needless_choices() -> Fault {
    Fault::new("not-used", "Jenis ini tidak memakai pilihan.", "This kind has no choices.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::AttributeId;
    use chrono::DateTime;
    use serde_json::json;

    fn definition(key: &str, kind: Kind, choices: &[&str]) -> Model {
        Model {
            id: AttributeId::generate(),
            category_id: CategoryId::generate(),
            key: key.to_owned(),
            name_id: key.to_owned(),
            name_en: key.to_owned(),
            kind,
            unit: (kind == Kind::Number).then(|| "gram".to_owned()),
            choices: json!(choices).to_string(),
            required: false,
            filterable: true,
            position: 0,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn code(definition: &Model, value: &str) -> Option<&'static str> {
        check_value(definition, value).err().map(|fault| fault.code)
    }

    #[test]
    fn values_are_what_their_kind_says() {
        let weight = definition("berat", Kind::Number, &[]);
        for good in ["250", "2,5", "0.125", "250 gram", "250gram"] {
            assert_eq!(code(&weight, good), None, "{good}");
        }
        for bad in ["berat", "-1", "1.2345", "250 kg", "", "1,", "١"] {
            assert_eq!(code(&weight, bad), Some("not-a-number"), "{bad}");
        }
        let colour = definition("warna", Kind::MultiChoice, &["Hitam", "putih"]);
        assert_eq!(code(&colour, "hitam, Putih"), None);
        assert_eq!(code(&colour, "hitam|hijau"), Some("not-a-choice"));
        let one = definition("untuk", Kind::Choice, &["pria", "wanita"]);
        assert_eq!((code(&one, "Pria"), code(&one, "pria|wanita")), (None, Some("not-a-choice")));
        let yes = definition("vegetarian", Kind::Boolean, &[]);
        assert_eq!((code(&yes, "ya"), code(&yes, "mungkin")), (None, Some("not-yes-or-no")));
    }

    #[test]
    fn what_is_required_may_be_said_by_the_variants() {
        let mut size = definition("ukuran", Kind::Text, &[]);
        size.required = true;
        let mut option = Attributes::default();
        option.set("ukuran", "42");
        let defined = [(&size, "sepatu-kulit")];
        let nothing = Attributes::default();
        let faults = check(&defined, &nothing, &[]).unwrap_err();
        assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/attributes/ukuran", "required"));
        assert!(check(&defined, &nothing, std::slice::from_ref(&option)).is_ok());
        assert!(check(&defined, &option, &[]).is_ok());
    }

    #[test]
    fn choices_belong_to_the_kinds_that_choose() {
        let choices = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let code = |kind, list: &[&str]| check_choices(kind, &choices(list)).err().map(|fault| fault.code);
        assert_eq!(code(Kind::Choice, &["a", "b"]), None);
        assert_eq!(code(Kind::Choice, &["a", " A"]), Some("choices-not-distinct"));
        assert_eq!(code(Kind::MultiChoice, &[]), Some("required"));
        assert_eq!(code(Kind::Text, &["a"]), Some("not-used"));
        assert_eq!(code(Kind::Choice, &["a,b"]), Some("characters"));
    }

    #[test]
    fn a_unit_may_be_written_in_capitals() {
        let memory = Model { unit: Some("GB".to_owned()), ..definition("memori", Kind::Number, &[]) };
        for good in ["32", "32 GB", "32gb"] {
            assert_eq!(code(&memory, good), None, "{good}");
        }
        assert_eq!(code(&memory, "32 MB"), Some("not-a-number"));
    }

    #[test]
    fn options_and_names_in_capitals_are_checked_as_well() {
        let size = definition("berat", Kind::Number, &[]);
        let colour = definition("warna", Kind::Choice, &["hitam"]);
        let defined = [(&size, "a"), (&colour, "a")];
        let said = |name: &str, value: &str| {
            let mut one = Attributes::default();
            one.set(name, value);
            one
        };
        let options = [said("berat", "250 gram"), said("berat", "banana")];
        let faults = check(&defined, &said("Warna", "hijau"), &options).unwrap_err();
        let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        assert_eq!(
            found,
            [("/variants/1/options/berat", "not-a-number"), ("/attributes/warna", "not-a-choice")]
        );
    }

    /// What is found, in one text.
    fn found(defined: &[(&Model, &str)], said: &[(&str, &str)], option: (&str, &str)) -> String {
        let mut attributes = Attributes::default();
        said.iter().for_each(|(name, value)| attributes.set(name, value));
        let mut options = Attributes::default();
        options.set(option.0, option.1);
        let all = values(defined, &attributes, &[options]).into_iter();
        let all = all.flat_map(|(key, values)| values.into_iter().map(move |value| format!("{key}={value}")));
        all.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn lists_are_narrowed_by_each_value() {
        let said = [("Warna", "Hitam|putih"), ("siap_ekspor", "ya")];
        let expected = "siap_ekspor=true; ukuran=42; warna=hitam; warna=putih";
        assert_eq!(found(&[], &said, ("ukuran", "42")), expected);
    }

    #[test]
    fn a_number_is_found_with_its_unit_and_without() {
        let weight = definition("berat", Kind::Number, &[]);
        let hidden = Model { filterable: false, ..definition("halal", Kind::Text, &[]) };
        let defined = [(&weight, "a"), (&hidden, "a")];
        let said =
            [("berat", "250,50Gram"), ("halal", "ID32"), ("tkdn", "48,02"), ("bahan", "katun, sutra,kulit")];
        let expected =
            "bahan=katun; bahan=kulit; bahan=sutra; berat=250.5; berat=250.5 gram; isi=2 kg; tkdn=48.02";
        assert_eq!(found(&defined, &said, ("isi", "2Kg")), expected);
    }
}
