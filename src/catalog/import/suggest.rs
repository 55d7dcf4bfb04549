//! What a cell that was not taken may have meant, for whoever has to put it right.

use super::list::{LISTING, Note, Shape};
use super::repair;
use super::sheet::Row;
use crate::catalog::model::Tree;
use crate::kernel::region;

/// Districts whose names are at most so many letters away.
const NEAR: usize = 3;

/// A hint for one cell, where there is one.
pub fn suggestion(row: &Row<'_>, column: &str) -> Option<String> {
    match column {
        "kecamatan" => district(row.get("kecamatan"), row.get("desa")),
        "desa" => village(row.get("desa")),
        "omzet_per_bulan" => amount(row.get("omzet_per_bulan")),
        _ => None,
    }
}

/// A hint for one cell of a shop's own list of products.
pub fn listed(note: &Note, tree: &Tree) -> Option<String> {
    let near = |names: &mut dyn Iterator<Item = &str>| {
        let near = names.map(|name| (repair::unlikeness(name, &note.value), name.to_owned()));
        near.min().filter(|(distance, _)| *distance <= NEAR).map(|(_, name)| name)
    };
    let column = LISTING.iter().find(|column| column.name == note.column)?;
    match (note.code, column.shape) {
        ("unknown-category", _) => near(&mut tree.iter().map(|category| category.slug.as_str())),
        ("unknown-code", Shape::Code(codes)) => near(&mut codes.iter().copied()),
        ("number", _) => {
            let digits: String = note.value.chars().filter(char::is_ascii_digit).collect();
            (!digits.is_empty()).then_some(digits)
        }
        _ => None,
    }
}

/// The district of that village, or the one that is spelt most alike.
fn district(name: &str, village_name: &str) -> Option<String> {
    let by_village = districts_with(village_name);
    if !by_village.is_empty() {
        return Some(by_village.join(", "));
    }
    let districts = region::all().filter(|region| region.level == "kecamatan");
    let near = districts.map(|region| (repair::unlikeness(region.name, name), region.name));
    near.min().filter(|(distance, _)| *distance <= NEAR).map(|(_, name)| name.to_owned())
}

/// The districts that have a village of this name.
fn village(name: &str) -> Option<String> {
    let districts = districts_with(name);
    (!districts.is_empty()).then(|| format!("Kec. {}", districts.join(", ")))
}

fn districts_with(village: &str) -> Vec<&'static str> {
    if village.is_empty() {
        return Vec::new();
    }
    let districts = region::all().filter(|region| region.level == "kecamatan");
    let mut names: Vec<&str> = districts
        .filter(|region| repair::has_village(region.code, village))
        .map(|region| region.name)
        .collect();
    names.sort_unstable();
    names
}

/// The number in `± 10jt` and `sekitar 5 juta`.
fn amount(cell: &str) -> Option<String> {
    let plain = cell.trim_start_matches(|c: char| !c.is_ascii_digit());
    repair::amount(plain).map(|amount| amount.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Sheet;
    use super::*;

    #[test]
    fn hints_are_given_where_there_is_one() {
        let text =
            "kecamatan,desa,omzet_per_bulan\nCikarang Utarra,,± 10jt\nSetu,Sukarahayu,entah\nMustika,,\n";
        let sheet = Sheet::parse(text.as_bytes()).unwrap();
        let rows: Vec<_> = sheet.rows().map(|(_, row)| row.ok().unwrap()).collect();
        assert_eq!(suggestion(&rows[0], "kecamatan").unwrap(), "Cikarang Utara");
        assert_eq!(suggestion(&rows[0], "omzet_per_bulan").unwrap(), "10000000");
        assert_eq!(suggestion(&rows[1], "desa").unwrap(), "Kec. Tambelang");
        assert_eq!(suggestion(&rows[1], "omzet_per_bulan"), None);
        assert_eq!(suggestion(&rows[2], "kecamatan"), None);
        assert_eq!(suggestion(&rows[2], "nik"), None);
    }
}
