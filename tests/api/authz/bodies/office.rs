//! The desk of the industry office.

use serde_json::{Value, json};

pub fn good(id: &str) -> Option<Value> {
    Some(match id {
        "start_vendor_import" => json!({"mapping": {
            "nama_usaha": "nama_usaha", "nik": "nik", "nib": "nib", "npwp": "npwp", "kecamatan": "kecamatan",
            "alamat": "alamat", "telepon": "telepon",
        }}),
        "merge_vendor" => json!({"into": "01900000-0000-7000-8000-000000000001", "reason": "toko yang sama"}),
        "invite_vendor" => json!({
            "name": "Dapur Bu Rini", "legal_form": "person", "phone": "081290004321",
            "address": {"line": "Kp. Sempu RT 003/RW 05", "district_code": "32.16.09"},
        }),
        "invite_vendor_again" => json!({"phone": "081290004321"}),
        "draw_claim_letters" => json!({"village_code": "32.16.09.2001"}),
        "answer_survey" | "record_vendor_survey" => json!({"period": "2026-S2", "turnover": 5_000_000}),
        "compute_turnover" => json!({"period": "2026-S2"}),
        "create_training" => json!({"name": "Kemasan", "year": 2026}),
        _ => return None,
    })
}
