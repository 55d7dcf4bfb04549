//! One row of the office's list of shops.

use super::repair;
use super::report::Outcome;
use super::sheet::Row;
use super::vendor_survey::{self, Extra};
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::region::{post_code, post_code_of};
use crate::kernel::{FieldError, RegionCode};
use crate::vendors::entity::vendor::LegalForm;
use crate::vendors::model::{self, Address, Facts, Papers};

/// Columns without which a table is no list of shops.
pub const COLUMNS: [&str; 7] = ["nama_usaha", "nik", "nib", "npwp", "kecamatan", "alamat", "telepon"];

/// Every column that is read, by the name it is known under.
pub const FIELDS: [&str; 22] = [
    "nama_usaha",
    "pemilik",
    "nik",
    "nib",
    "npwp",
    "kbli",
    "sektor",
    "kecamatan",
    "desa",
    "alamat",
    "kode_pos",
    "telepon",
    "email",
    "tahun_berdiri",
    "tenaga_kerja_l",
    "tenaga_kerja_p",
    "omzet_per_bulan",
    "jual_online",
    "ekspor",
    "esmart",
    "pirt",
    "halal",
];

/// What was noticed about a cell, and the form in which it was taken.
#[derive(Debug)]
pub struct Remark {
    pub outcome: Outcome,
    pub column: &'static str,
    pub fault: Fault,
    pub form: Option<String>,
}

/// A row that was read.
pub struct Parsed {
    /// The shop, or the reasons why not.
    pub facts: Result<Facts, Vec<FieldError>>,
    /// What the row says beside the shop.
    pub extra: Extra,
    /// Remarks on cells that were not taken as they stand.
    pub remarks: Vec<Remark>,
}

/// Reads a row.
pub fn parse(row: &Row<'_>) -> Parsed {
    let mut reader = Reader { row, fields: Fields::new(), remarks: Vec::new() };
    let facts = reader.facts();
    let (extra, remarks) = vendor_survey::read(row);
    reader.remarks.extend(remarks);
    let facts = match facts {
        Some(facts) if !reader.fields.any() => Ok(facts),
        _ => Err(reader.fields.into_errors()),
    };
    Parsed { facts, extra, remarks: reader.remarks }
}

/// True for the line below the list that adds things up.
pub fn is_total(row: &Row<'_>) -> bool {
    let name = row.get("nama_usaha").to_lowercase();
    let sum = ["jumlah", "total"].iter().any(|word| name.starts_with(word));
    sum && row.get("nik").is_empty() && row.get("telepon").is_empty() && row.get("kecamatan").is_empty()
}

struct Reader<'a> {
    row: &'a Row<'a>,
    fields: Fields,
    remarks: Vec<Remark>,
}

impl Reader<'_> {
    fn facts(&mut self) -> Option<Facts> {
        let name = self.text("nama_usaha");
        let name = self.fields.take("/nama_usaha", model::name(&name));
        let papers = self.papers();
        let address = self.address();
        let phone = self.phone();
        let name = name?;
        Some(Facts {
            legal_form: LegalForm::of_name(&name),
            name,
            phone: phone?,
            address: address?,
            description: String::new(),
            papers: papers?,
        })
    }

    /// A text without stray blanks; says so if it had some.
    fn text(&mut self, column: &'static str) -> String {
        let raw = self.row.raw(column);
        let mended = repair::text(self.row.get(column));
        if mended != raw {
            self.repaired(column, &mended);
        }
        mended
    }

    fn papers(&mut self) -> Option<Papers> {
        let [nib, npwp, nik] = ["nib", "npwp", "nik"].map(|column| {
            let raw = self.row.raw(column);
            let number = repair::digits(raw).unwrap_or_else(|| raw.to_owned());
            // A tax number has marks by custom.
            if number != raw && column != "npwp" {
                let form = Some(number.clone());
                self.remarks.push(Remark {
                    outcome: Outcome::Repaired,
                    column,
                    fault: marks_removed(),
                    form,
                });
            }
            number
        });
        let given = |number: &'_ str| (!number.is_empty()).then(|| number.to_owned());
        let (nib, npwp, nik) = (given(&nib), given(&npwp), given(&nik));
        Papers::parse(&mut self.fields, nib.as_deref(), npwp.as_deref(), nik.as_deref())
    }

    fn address(&mut self) -> Option<Address> {
        let line = self.address_line();
        let (name, village_name) = (self.row.get("kecamatan"), self.row.get("desa"));
        let district = repair::district(name, village_name).ok_or_else(unknown_district);
        let district = self.fields.take("/kecamatan", district);
        let village = district.and_then(|district| {
            self.named("kecamatan", district.name());
            self.village(district, village_name)
        });
        let post_code = self.post_code(village.flatten().or(district));
        Some(Address { line: line?, district: district?, village: village?, post_code: post_code? })
    }

    fn address_line(&mut self) -> Option<String> {
        let cell = self.row.get("alamat");
        let line = match cell.chars().next() {
            Some('=' | '+' | '@' | '-') => match repair::formula(cell) {
                Some(label) => {
                    self.repaired("alamat", &label);
                    label
                }
                None => {
                    self.fields.push("/alamat", is_formula());
                    return None;
                }
            },
            _ => self.text("alamat"),
        };
        self.fields.take("/alamat", text(&line, 1, 300, true))
    }

    fn village(&mut self, district: RegionCode, name: &str) -> Option<Option<RegionCode>> {
        if name.is_empty() {
            self.remark(Outcome::Asked, "desa", missing());
            return Some(None);
        }
        let village = repair::village(district, name).ok_or_else(other_district);
        let village = self.fields.take("/desa", village)?;
        self.named("desa", village.name());
        Some(Some(village))
    }

    /// The post code of the cell, or of the place.
    fn post_code(&mut self, place: Option<RegionCode>) -> Option<Option<String>> {
        let raw = self.row.raw("kode_pos");
        let known = place.and_then(|place| post_code_of(place.as_str())).map(str::to_owned);
        let digits = repair::digits(raw).unwrap_or_default();
        if digits.is_empty() {
            return Some(known);
        }
        match post_code(&digits) {
            Ok(code) => {
                if digits != raw {
                    self.repaired("kode_pos", &code);
                }
                Some(Some(code))
            }
            Err(fault) => {
                self.remark(Outcome::Asked, "kode_pos", fault);
                Some(known)
            }
        }
    }

    fn phone(&mut self) -> Option<crate::kernel::Phone> {
        let raw = self.row.raw("telepon");
        let read = repair::phone(raw);
        let (first, second) = self.fields.take("/telepon", read.ok_or_else(no_phone))?;
        let usual = raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+') && !raw.starts_with("620");
        if let Some(second) = second {
            self.remark(Outcome::Repaired, "telepon", second_phone(second.as_str()));
        } else if !usual || raw.starts_with('8') {
            self.repaired("telepon", first.as_str());
        }
        Some(first)
    }

    /// Remarks on a name that is spelt otherwise than the region's.
    fn named(&mut self, column: &'static str, name: &str) {
        if self.row.raw(column) != name {
            self.repaired(column, name);
        }
    }

    fn repaired(&mut self, column: &'static str, form: &str) {
        self.remarks.push(Remark::repaired(column, form));
    }

    fn remark(&mut self, outcome: Outcome, column: &'static str, fault: Fault) {
        self.remarks.push(Remark { outcome, column, fault, form: None });
    }
}

impl Remark {
    /// A cell that was taken in another form.
    pub fn repaired(column: &'static str, form: &str) -> Self {
        let fault = Fault::new("repaired", format!("Dibaca sebagai {form}."), format!("Read as {form}."));
        Self { outcome: Outcome::Repaired, column, fault, form: Some(form.to_owned()) }
    }

    /// A cell that nobody can read for certain.
    pub fn unclear(column: &'static str) -> Self {
        let fault =
            Fault::new("unclear", "Tidak jelas; perlu ditanyakan.", "Not clear; somebody has to ask.");
        Self { outcome: Outcome::Asked, column, fault, form: None }
    }
}

fn marks_removed() -> Fault {
    Fault::new("repaired", "Tanda di antara angka dihapus.", "Marks between the digits were removed.")
}

fn is_formula() -> Fault {
    Fault::new("formula", "Sel berisi rumus.", "The cell holds a formula.")
}

fn missing() -> Fault {
    Fault::new("missing", "Belum diisi.", "Not filled in.")
}

fn unknown_district() -> Fault {
    Fault::new(
        "district",
        "Kecamatan tidak dikenal di Kabupaten Bekasi.",
        "Not a district of Kabupaten Bekasi.",
    )
}

fn other_district() -> Fault {
    Fault::new(
        "village",
        "Desa ini tidak ada di kecamatan tersebut.",
        "There is no such village in this district.",
    )
}

fn no_phone() -> Fault {
    Fault::new("phone", "Nomor HP tidak benar atau kosong.", "Not a mobile number, or none.")
}

fn second_phone(second: &str) -> Fault {
    Fault::new(
        "second-number",
        format!("Ada dua nomor; yang kedua, {second}, tidak disimpan."),
        format!("There are two numbers; the second, {second}, is not kept."),
    )
}
