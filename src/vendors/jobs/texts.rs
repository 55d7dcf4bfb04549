//! What owners are told about their shop, in Indonesian and English.

use crate::vendors::entity::paper::{self, PaperStatus};
use crate::vendors::entity::review;
use crate::vendors::entity::vendor::Status;
use crate::vendors::model::FieldReason;

/// What a move means to the owners; nothing where nothing follows for them.
pub fn moved(shop: &str, review: &review::Model) -> Option<String> {
    let (id, en) = match (review.from_status, review.to_status) {
        (Status::Submitted, Status::InReview) => {
            ("sedang diperiksa Dinas.", "is being looked at by the office.")
        }
        (Status::Suspended, Status::Active) => ("dapat berjualan lagi.", "can sell again."),
        (Status::Suspended, Status::Inactive) => (
            "tidak lagi dihentikan dan tetap ditutup sementara.",
            "is no longer stopped and stays closed for now.",
        ),
        (Status::Inactive, Status::Active) => ("dibuka kembali.", "is open again."),
        (_, Status::Active) => ("sudah diverifikasi dan dapat berjualan.", "is verified and can sell."),
        (_, Status::NeedsFix) => {
            ("perlu diperbaiki sebelum diverifikasi.", "needs changes before it is verified.")
        }
        (_, Status::Draft) => ("dikembalikan oleh Dinas.", "was sent back by the office."),
        (_, Status::Suspended) => ("dihentikan oleh Dinas.", "was stopped by the office."),
        (_, Status::Inactive) => ("ditutup sementara.", "is closed for now."),
        (_, Status::Withdrawn) => ("ditutup untuk seterusnya.", "was given up."),
        _ => return None,
    };
    let mut lines = vec![format!("Toko {shop} {id}"), format!("The shop {shop} {en}")];
    lines.extend(review.note.clone());
    lines.extend(reasons(review).into_iter().map(|reason| format!("{}: {}", reason.pointer, reason.reason)));
    Some(lines.join("\n"))
}

/// What became of a paper.
pub fn decided(shop: &str, paper: &paper::Model) -> Option<String> {
    let kind = paper.kind.name().to_uppercase();
    let (id, en) = match paper.status {
        PaperStatus::Accepted => ("diterima Dinas.", "was accepted by the office."),
        PaperStatus::Rejected => (
            "tidak diterima Dinas; produk yang membutuhkannya ditahan.",
            "was not accepted by the office; listings that need it are paused.",
        ),
        PaperStatus::Expired => (
            "sudah tidak berlaku; produk yang membutuhkannya ditahan.",
            "has run out; listings that need it are paused.",
        ),
        PaperStatus::Pending => return None,
    };
    let mut text = format!("Dokumen {kind} toko {shop} {id}\nThe paper {kind} of {shop} {en}");
    if let Some(reason) = &paper.reason {
        text = format!("{text}\n{reason}");
    }
    Some(text)
}

/// A paper ends soon.
pub fn expires(shop: &str, paper: &paper::Model, days: i32) -> String {
    let kind = paper.kind.name().to_uppercase();
    let last = paper.expires_on.as_deref().unwrap_or_default();
    format!(
        "Dokumen {kind} toko {shop} berlaku sampai {last}, kurang dari {days} hari lagi. Perpanjang dan kirim yang baru.\n\
         The paper {kind} of {shop} runs until {last}, in {days} days at most. Renew it and send the new one."
    )
}

/// What the office says of facts that changed.
pub fn facts(shop: &str, confirmed: bool, note: Option<&str>) -> String {
    let (id, en) = if confirmed {
        ("sudah diperiksa Dinas dan diterima.", "were looked at by the office and are in order.")
    } else {
        (
            "belum diterima Dinas dan perlu diperbaiki; toko tetap buka.",
            "were not accepted by the office and need to be put right; the shop stays open.",
        )
    };
    let text = format!("Perubahan data toko {shop} {id}\nThe changes of {shop} {en}");
    note.map_or(text.clone(), |note| format!("{text}\n{note}"))
}

/// The shop is to be paid elsewhere.
pub fn bank_account(shop: &str) -> String {
    format!(
        "Rekening toko {shop} diganti dan berlaku setelah masa tunggu. Jika bukan Anda, segera hubungi kami.\n\
         The bank account of {shop} was changed and counts after a waiting time. If that was not you, contact us now."
    )
}

/// What was wrong, field by field.
fn reasons(review: &review::Model) -> Vec<FieldReason> {
    review.reasons.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
