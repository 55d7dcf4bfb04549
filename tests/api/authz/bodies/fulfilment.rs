//! What happens between an order and its end.

use serde_json::{Value, json};

pub fn good(id: &str) -> Option<Value> {
    Some(match id {
        "decline_order" | "cancel_vendor_order" => json!({"reason": "out_of_stock", "note": "habis"}),
        "deliver_order" | "deliver_shipment" => {
            json!({"recipient_name": "Pak Budi", "recipient_phone": "081211112222"})
        }
        "rule_dispute" => json!({"outcome": "none", "ruling": "Sudah diperiksa bersama."}),
        "add_holiday" => json!({"day": "2026-12-01", "name": "Hari jadi", "kind": "local"}),
        "open_dispute" | "open_vendor_dispute" => json!({"reason": "damaged", "text": "Barangnya rusak."}),
        "answer_dispute" | "answer_vendor_dispute" | "answer_dispute_as_office" => {
            json!({"text": "Foto terlampir."})
        }
        _ => return None,
    })
}
