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
        "define_attribute" => {
            json!({"key": "aroma", "name_id": "Aroma", "name_en": "Scent", "kind": "text"})
        }
        "redefine_attribute" => json!({"name_id": "Aroma"}),
        "combine_variants" => json!({
            "options": [{"name": "ukuran", "values": ["M", "L"]}], "template": {"price": 10_000},
        }),
        "order_product_images" => json!({"items": []}),
        "set_meal_plan" => json!({"weekdays": [5, 5, 5, 5, 5, 0, 0]}),
        "set_meal_day" => json!({"date": "2026-12-01", "capacity": 5}),
        "set_sale" => json!({"price": 1, "to": "2026-12-24T00:00:00Z"}),
        "set_stock" => json!({"on_hand": 50, "reason": "count"}),
        "set_low_stock" => json!({"threshold": 3}),
        "open_stock_count" => json!({"note": "Akhir bulan"}),
        "schedule_product" => json!({"publish_at": "2026-12-01T01:00:00Z"}),
        "approve_product" => json!({"version": 1}),
        "reject_product" => json!({"version": 1, "note": "Foto buram."}),
        "take_down_product" => json!({"note": "Barang tiruan."}),
        "approve_product_revision" => {
            json!({"id": "01900000-0000-7000-8000-00000000dead", "version": 1})
        }
        "reject_product_revision" => {
            let note = "Klaim kesehatan tidak boleh.";
            json!({"id": "01900000-0000-7000-8000-00000000dead", "version": 1, "note": note})
        }
        "add_banned_word" => json!({"word": "obat kuat"}),
        "report_product" | "report_vendor" => {
            json!({"reason": "other", "text": "Fotonya bukan barang aslinya."})
        }
        "close_content_report" => json!({"outcome": "dismissed", "note": "Tidak terbukti."}),
        "set_product_translations" => {
            json!({"en": {"title": "Tempeh crackers", "description": "Crisp"}, "de": null})
        }
        "rename_product" => json!({"slug": "keripik-tempe-baru"}),
        _ => return None,
    })
}
