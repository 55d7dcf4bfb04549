//! Shops.

use serde_json::{Value, json};

pub fn good(id: &str) -> Option<Value> {
    Some(match id {
        "reveal_vendor_number" => json!({"field": "nik", "reason": "pemeriksaan berkas"}),
        "create_vendor" => json!({
            "name": "Toko Tiga", "legal_form": "person", "phone": "081290001234", "nib": "1234567890123",
            "address": {"line": "Jl. Raya 1", "district_code": "32.16.01", "village_code": "32.16.01.1007"},
        }),
        "ask_vendor_to_fix" => json!({"fields": [{"pointer": "/nib", "reason": "Tidak terbaca."}]}),
        "update_vendor_business" => {
            json!({"sector": "kuliner", "kbli": ["10794"], "export_countries": ["DE"]})
        }
        "add_paper" => json!({"kind": "pirt", "number": "2063216010001-28", "expires_on": "2028-12-31"}),
        "set_bank_account" => {
            json!({"bank_code": "110", "number": "001234567890", "holder_name": "Siti Aminah"})
        }
        "refuse_vendor_facts" => json!({"note": "Nama tidak sesuai."}),
        "exempt_vendor" => json!({"kind": "pirt", "reason": "Tahan kurang dari tujuh hari."}),
        "reject_paper" => json!({"reason": "Tidak terbaca."}),
        "update_storefront" => {
            json!({"story": "Sejak 1998.", "hours": [{"day": 1, "opens": "08:00", "closes": "16:00"}]})
        }
        "update_delivery_areas" => json!({"items": [{"district_code": "32.16.09", "fee": 5000}]}),
        "begin_holiday" => json!({"reopens_on": "2026-12-01"}),
        "grant_assistance" => json!({"expires_at": "2026-12-01T00:00:00Z"}),
        "update_member" => json!({"role": "staff", "permissions": ["stock"]}),
        _ => return None,
    })
}
