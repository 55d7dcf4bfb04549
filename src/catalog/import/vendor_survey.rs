//! What a row of the office's list says beside the shop itself: for the register, the survey and the trainings.

use serde::{Deserialize, Serialize};

use super::product_row::{is_halal, is_pirt};
use super::repair;
use super::sheet::Row;
use super::vendor_row::Remark;
use crate::kernel::Email;
use crate::vendors::model::SECTORS;

/// Cells that are not facts of the shop. What is unclear is left out, and remarked on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extra {
    /// Name of the owner.
    pub owner: Option<String>,
    /// Line of business.
    pub kbli: Option<String>,
    /// One of [`SECTORS`].
    pub sector: Option<String>,
    /// Of the owner.
    pub email: Option<String>,
    /// Since when.
    pub founded_year: Option<i32>,
    /// Men who work there.
    pub workers_male: Option<i32>,
    /// Women who work there.
    pub workers_female: Option<i32>,
    /// In a month, in rupiah.
    pub turnover: Option<i64>,
    /// Anything at all.
    pub sells_online: Option<bool>,
    /// As they are written.
    pub export_countries: Vec<String>,
    /// When somebody took the e-Smart training.
    pub training_year: Option<i32>,
    /// Number of the P-IRT certificate.
    pub pirt: Option<String>,
    /// Number of the halal certificate.
    pub halal: Option<String>,
}

/// Reads the cells of a row.
pub fn read(row: &Row<'_>) -> (Extra, Vec<Remark>) {
    let mut reader = Reader { row, remarks: Vec::new() };
    let extra = reader.extra();
    (extra, reader.remarks)
}

struct Reader<'a> {
    row: &'a Row<'a>,
    remarks: Vec<Remark>,
}

impl Reader<'_> {
    fn extra(&mut self) -> Extra {
        let owner = repair::text(self.row.get("pemilik"));
        if owner != self.row.raw("pemilik") {
            self.remarks.push(Remark::repaired("pemilik", &owner));
        }
        Extra {
            owner: (!owner.is_empty()).then_some(owner),
            kbli: self.checked("kbli", kbli),
            sector: self.checked("sektor", sector),
            email: self.checked("email", |cell| {
                Email::parse(&cell.replace(" at ", "@")).ok().map(|email| email.to_string())
            }),
            founded_year: self.number("tahun_berdiri", repair::year),
            training_year: self.number("esmart", training_year),
            turnover: self.number("omzet_per_bulan", repair::amount),
            workers_male: self.number("tenaga_kerja_l", people),
            workers_female: self.number("tenaga_kerja_p", people),
            sells_online: self.checked("jual_online", yes_or_no).map(|answer| answer == "ya"),
            pirt: self.checked("pirt", |cell| is_pirt(cell).then(|| cell.to_owned())),
            halal: self.checked("halal", |cell| is_halal(cell).then(|| cell.to_owned())),
            export_countries: countries(self.row.get("ekspor")),
        }
    }

    /// A cell in its usual form, with a remark if it was not.
    fn checked(&mut self, column: &'static str, read: impl Fn(&str) -> Option<String>) -> Option<String> {
        let raw = self.row.raw(column);
        if raw.trim().is_empty() {
            return None;
        }
        let form = read(&repair::text(raw));
        match &form {
            Some(form) if form == raw => {}
            Some(form) => self.remarks.push(Remark::repaired(column, form)),
            None => self.remarks.push(Remark::unclear(column)),
        }
        form
    }

    fn number<N: ToString + std::str::FromStr>(
        &mut self,
        column: &'static str,
        read: impl Fn(&str) -> Option<N>,
    ) -> Option<N> {
        self.checked(column, |cell| read(cell).map(|number| number.to_string()))?.parse().ok()
    }
}

fn kbli(cell: &str) -> Option<String> {
    let code = cell.trim_start_matches("KBLI").trim().trim_end_matches(".0");
    (code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit())).then(|| code.to_owned())
}

fn sector(cell: &str) -> Option<String> {
    let folded = cell.to_lowercase().replace([' ', '/', '&'], "_");
    let fits = |sector: &&&str| folded == **sector || folded.starts_with(&format!("{sector}_"));
    SECTORS.iter().find(fits).map(|sector| (*sector).to_owned())
}

/// Trainings of the office began in the nineties.
fn training_year(cell: &str) -> Option<i32> {
    repair::year(cell).filter(|year| (1990..=2100).contains(year))
}

fn yes_or_no(cell: &str) -> Option<String> {
    match cell.to_lowercase().as_str() {
        "ya" | "y" => Some("ya".to_owned()),
        "tidak" | "t" | "belum" => Some("tidak".to_owned()),
        _ => None,
    }
}

fn people(cell: &str) -> Option<i32> {
    let count = cell.strip_suffix("orang").unwrap_or(cell).trim_end();
    repair::amount(count).and_then(|count| i32::try_from(count).ok())
}

fn countries(cell: &str) -> Vec<String> {
    cell.split([';', ',', '/']).map(repair::text).filter(|name| !matches!(name.as_str(), "" | "-")).collect()
}
