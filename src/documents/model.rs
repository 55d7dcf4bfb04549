//! How numbers, amounts and dates are written on paper, and which paper an order may have when.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sea_orm::ActiveEnum as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::entity::document::Kind;
use crate::kernel::VendorId;
use crate::kernel::clock::{business_date, start_of_business_day};
use crate::kernel::fields::Fault;
use crate::orders::entity::order::{DeliveryMethod, Status};
use crate::orders::entity::purchase::PaymentMethod;

pub use crate::kernel::money::dots;

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

impl Kind {
    /// The first part of a number.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Invoice => "INV",
            Self::Receipt => "KWT",
            Self::PackingSlip => "SJ",
            Self::VendorStatement => "LST",
            Self::CreditNote => "NK",
        }
    }

    /// The template.
    pub fn template(self) -> &'static str {
        match self {
            Self::Invoice => "invoice.typ",
            Self::Receipt => "receipt.typ",
            Self::PackingSlip => "packing_slip.typ",
            Self::VendorStatement => "vendor_statement.typ",
            Self::CreditNote => "credit_note.typ",
        }
    }

    /// As people call it, in Indonesian and in English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Invoice => ("Faktur", "Invoice"),
            Self::Receipt => ("Kuitansi", "Receipt"),
            Self::PackingSlip => ("Surat Jalan", "Packing slip"),
            Self::VendorStatement => ("Laporan Saldo Toko", "Vendor statement"),
            Self::CreditNote => ("Nota Kredit", "Credit note"),
        }
    }

    /// True if an order in this state may have such a paper. Whoever has not paid has a bill, not a receipt.
    pub fn fits(self, status: Status, method: PaymentMethod) -> bool {
        let never = [Status::Expired, Status::Declined, Status::Cancelled];
        let on_delivery = method == PaymentMethod::Cod;
        match self {
            Self::Invoice => !never.contains(&status),
            Self::Receipt if on_delivery => matches!(status, Status::Delivered | Status::Completed),
            Self::Receipt => {
                !never.contains(&status) && !matches!(status, Status::AwaitingPayment | Status::Placed)
            }
            Self::PackingSlip => {
                matches!(status, Status::Accepted | Status::Shipped | Status::Delivered | Status::Completed)
            }
            Self::VendorStatement | Self::CreditNote => false,
        }
    }
}

/// `INV/TOKO-BATIK/2026/00017`.
pub fn number(kind: Kind, issuer: &str, year: i32, serial: i64) -> String {
    format!("{}/{}/{year}/{serial:05}", kind.prefix(), issuer.to_uppercase())
}

/// The year of a moment, in Jakarta.
pub fn year(at: DateTime<Utc>) -> i32 {
    business_date(at).year()
}

/// `Rp 1.250.000`, and `-Rp 1.250.000` below zero.
pub fn signed(amount: i64) -> String {
    let dots = dots(amount);
    dots.strip_prefix('-').map_or_else(|| format!("Rp {dots}"), |dots| format!("-Rp {dots}"))
}

/// `24 November 2026`, in Jakarta.
pub fn long_date(at: DateTime<Utc>) -> String {
    let date = business_date(at);
    format!("{} {} {}", date.day(), month_name(date), date.year())
}

/// `24-11-2026`, in Jakarta.
pub fn short_date(at: DateTime<Utc>) -> String {
    business_date(at).format("%d-%m-%Y").to_string()
}

fn month_name(date: NaiveDate) -> &'static str {
    MONTHS[usize::try_from(date.month0()).unwrap_or(0) % 12]
}

/// How a purchase was paid, in words.
pub fn payment(method: PaymentMethod) -> String {
    let name = method.to_value();
    match name.as_str() {
        "sandbox" => "Uji coba",
        "manual_transfer" => "Transfer bank",
        "virtual_account" => "Virtual account",
        "qris" => "QRIS",
        "direct_to_vendor" => "Langsung kepada toko",
        "cod" => "Bayar di tempat",
        "cash" => "Tunai",
        other => other,
    }
    .to_owned()
}

/// A tax as papers call it.
pub fn tax(kind: &str) -> &str {
    match kind {
        "ppn" => "PPN",
        "pbjt" => "PBJT",
        "pph22" => "PPh Pasal 22",
        "pph23" => "PPh Pasal 23",
        "pph_final" => "PPh final",
        other => other,
    }
}

/// Who hands a tax on, in words.
pub fn remitter(payer: &str) -> &str {
    match payer {
        "seller" => "penjual",
        "platform" => "platform",
        "treasurer" => "bendahara",
        other => other,
    }
}

/// How an order is delivered, in words.
pub fn delivery(method: DeliveryMethod) -> &'static str {
    match method {
        DeliveryMethod::OwnCourier => "Kurir toko",
        DeliveryMethod::Zone => "Pengantaran menurut wilayah",
        DeliveryMethod::Pickup => "Diambil sendiri",
    }
}

/// A month of business, `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month(NaiveDate);

impl Month {
    /// Reads `2026-11`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = || Fault::new("month", "Tulis bulan seperti 2026-11.", "Write a month like 2026-11.");
        let plain = text.len() == 7 && text.is_ascii();
        let date = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok();
        date.filter(|date| plain && (2000..2200).contains(&date.year())).map(Self).ok_or_else(wrong)
    }

    /// From its first moment until before this, in Jakarta.
    pub fn bounds(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let next = self.0.checked_add_months(chrono::Months::new(1)).unwrap_or(self.0);
        (start_of_business_day(self.0), start_of_business_day(next))
    }

    /// `November 2026`.
    pub fn name(self) -> String {
        format!("{} {}", month_name(self.0), self.0.year())
    }

    /// `2026-11`.
    pub fn code(self) -> String {
        self.0.format("%Y-%m").to_string()
    }

    /// Stands for the month of a shop wherever an id is asked for; always the same.
    pub fn id_for(self, vendor: VendorId) -> Uuid {
        let digest = Sha256::digest(format!("statement:{vendor}:{}", self.0).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// A hash as it is stored and shown.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Rupiah;
    use crate::tax::model::stamp_duty;

    #[test]
    fn numbers_amounts_and_dates_as_offices_write_them() {
        assert_eq!(number(Kind::Invoice, "toko-batik", 2026, 17), "INV/TOKO-BATIK/2026/00017");
        assert_eq!([dots(0), dots(999), dots(1_250_000), dots(-5_000)], ["0", "999", "1.250.000", "-5.000"]);
        let evening = "2026-12-31T17:30:00Z".parse().unwrap();
        assert_eq!(
            (long_date(evening), short_date(evening), year(evening)),
            ("1 Januari 2027".to_owned(), "01-01-2027".to_owned(), 2027)
        );
    }

    #[test]
    fn the_rules_of_the_day_say_what_owes_stamp_duty() {
        let owes_stamp_duty = |amount| {
            let day = "2026-11-24".parse().unwrap();
            !stamp_duty(&crate::tax::query::seeded(), day, Rupiah::new(amount).unwrap()).is_zero()
        };
        assert!(!owes_stamp_duty(5_000_000));
        assert!(owes_stamp_duty(5_000_001));
    }

    #[test]
    fn a_month_has_its_bounds_in_jakarta() {
        let month = Month::parse("2026-11").unwrap();
        let (from, to) = month.bounds();
        assert_eq!(
            (from.to_rfc3339(), to.to_rfc3339()),
            ("2026-10-31T17:00:00+00:00".to_owned(), "2026-11-30T17:00:00+00:00".to_owned())
        );
        assert_eq!(month.name(), "November 2026");
        let vendor = VendorId::generate();
        assert_eq!(month.id_for(vendor), month.id_for(vendor));
        assert_ne!(month.id_for(vendor), month.id_for(VendorId::generate()));
        for wrong in ["", "2026", "2026-13", "2026-11-01", "26-11", "2026-1 "] {
            assert!(Month::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn who_has_not_paid_has_no_receipt() {
        assert!(Kind::Invoice.fits(Status::AwaitingPayment, PaymentMethod::Sandbox));
        assert!(!Kind::Receipt.fits(Status::AwaitingPayment, PaymentMethod::Sandbox));
        assert!(Kind::Receipt.fits(Status::Paid, PaymentMethod::Sandbox));
        assert!(!Kind::Receipt.fits(Status::Accepted, PaymentMethod::Cod));
        assert!(Kind::Receipt.fits(Status::Delivered, PaymentMethod::Cod));
        assert!(!Kind::Invoice.fits(Status::Cancelled, PaymentMethod::Sandbox));
    }
}
