//! Products and stock.

use serde_json::{Value, json};

pub fn good(id: &str) -> Option<Value> {
    Some(match id {
        "create_product" => json!({
            "title": "Keripik tempe", "description": "Renyah", "category": "keripik",
            "attributes": {"rasa": "asin"}, "unit": "pcs", "min_order": 1, "lead_time_days": 0,
            "variants": [{"price": 10_000, "stock": 5, "sku": "KT-1", "weight_g": 100, "options": {"isi": "100 g"},
                "tiers": [{"min_quantity": 10, "price": 9_000}]}],
        }),
        "update_product" => {
            json!({"title": "Keripik tempe", "min_order": 2, "attributes": {"rasa": "pedas"}})
        }
        "set_stock" => json!({"on_hand": 50, "reason": "count"}),
        _ => return None,
    })
}
