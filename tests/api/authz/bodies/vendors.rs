//! Shops.

use serde_json::{Value, json};

pub fn good(id: &str) -> Option<Value> {
    Some(match id {
        "reveal_vendor_number" => json!({"field": "nik", "reason": "pemeriksaan berkas"}),
        "create_vendor" => json!({
            "name": "Toko Tiga", "legal_form": "person", "phone": "081290001234", "nib": "1234567890123",
            "address": {"line": "Jl. Raya 1", "district_code": "32.16.01", "village_code": "32.16.01.1007"},
        }),
        "update_member" => json!({"role": "staff", "permissions": ["stock"]}),
        _ => return None,
    })
}
