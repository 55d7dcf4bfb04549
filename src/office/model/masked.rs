//! Cells of a list as a report may show them.

use crate::identity::model::{masked_email, masked_phone};
use crate::vendors::model::mask;

/// Columns whose cells are personal.
const PERSONAL: &[&str] = &["pemilik", "nik", "npwp", "telepon", "email"];

/// True if cells of this column are personal.
pub fn is_personal(column: &str) -> bool {
    PERSONAL.contains(&column)
}

/// A cell as it may be shown: of a personal one enough to find it in the list.
pub fn cell(column: &str, value: &str) -> String {
    match column {
        "pemilik" => initials(value),
        "telepon" => masked_phone(value),
        "email" => masked_email(value),
        "nik" | "npwp" if value.chars().count() > 8 => mask(value),
        "nik" | "npwp" => "*".repeat(value.chars().count()),
        _ => value.to_owned(),
    }
}

/// `Siti Aminah` becomes `S*** A***`.
fn initials(name: &str) -> String {
    let words = name.split_whitespace().filter_map(|word| word.chars().next());
    words.map(|first| format!("{first}***")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_cells_are_masked() {
        assert_eq!(cell("nik", "3216105203979843"), "3216********9843");
        assert_eq!(cell("nik", "32161052"), "********");
        assert_eq!(cell("telepon", "081234567890"), "0812***7890");
        assert_eq!(cell("pemilik", "Siti  Aminah"), "S*** A***");
        assert_eq!(cell("email", "siti@contoh.id"), "s***@contoh.id");
        assert_eq!(cell("kecamatan", "Setu"), "Setu");
        assert!(is_personal("npwp") && !is_personal("nib"));
    }
}
