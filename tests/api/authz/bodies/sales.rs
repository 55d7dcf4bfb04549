//! Carts and checkouts.

use serde_json::{Value, json};

use crate::authz::objects::Objects;
use crate::support::shop::address;

pub fn good(id: &str, objects: &Objects) -> Option<Value> {
    let vendor = objects.shop().to_string();
    let checkout = json!({
        "cart_id": objects.own("carts", "cart_id"),
        "shipping_address": address(),
        "deliveries": [{"vendor_id": vendor, "method": "zone", "date": "2026-11-30", "window": "08.00-10.00"}],
    });
    Some(match id {
        "put_cart_line" => json!({"quantity": 1, "note": "yang pedas"}),
        "quote_checkout" => checkout,
        "place_checkout" => {
            let mut body = checkout;
            body["payment_method"] = "sandbox".into();
            body["expected_total"] = 65_000.into();
            body
        }
        "enter_manual_order" => {
            json!({"channel": "phone", "buyer_name": "Bu Siti", "buyer_phone": "081290001111",
            "note": "diambil", "lines": [{"variant_id": objects.own("variants", "variant_id"), "quantity": 1}]})
        }
        "set_refund_account" => {
            json!({"bank_code": "110", "number": "001234567890", "holder_name": "Ani Suryani"})
        }
        "change_payment_method" => json!({"payment_method": "manual_transfer"}),
        "enter_stock_count" => {
            json!({"lines": [{"variant_id": objects.own("variants", "variant_id"), "counted": 5}]})
        }
        "issue_order_document" | "issue_vendor_document" => json!({"kind": "invoice"}),
        "issue_vendor_statement" => json!({"month": "2026-10"}),
        _ => return None,
    })
}
