//! Refunds, commissions, payouts, taxes and budgets.

use serde_json::{Value, json};

pub fn good(id: &str) -> Option<Value> {
    Some(match id {
        "refund_order" | "refund_own_order" => json!({"reason": "barang rusak"}),
        "add_commission_rule" => json!({"scope": "global", "rate_bp": 100, "valid_from": "2027-01-01"}),
        "add_tax_rule" => json!({
            "code": "contoh", "scheme": "document", "kind": "late_fine", "base_num": 1, "base_den": 1, "rate_num": 1,
            "rate_den": 1_000, "valid_from": "2027-01-01", "source": "Perda contoh",
        }),
        "state_turnover" => json!({"year": 2026, "crossed": false}),
        "record_tax_letter" => json!({
            "kind": "exempt", "document_no": "KET-1/2026", "valid_from": "2026-01-01", "valid_to": "2026-12-31",
        }),
        "add_duty_rule" => json!({
            "code": "sekolah", "unit_kind": "school", "above": 0, "apart": [["requester", "approver"]],
            "valid_from": "2027-01-01", "source": "Perbup contoh",
        }),
        "add_approval_rule" => json!({
            "code": "contoh", "above": 0, "steps": ["procurement_officer"], "form": "receipt",
            "valid_from": "2027-01-01", "source": "Perbup contoh",
        }),
        "create_budget_line" => crate::procurement::line(2027, 5_000_000),
        "update_budget_line" => json!({"ceiling": 2_000_000, "reason": "perubahan anggaran"}),
        "settle_payout" => json!({"outcome": "paid"}),
        _ => return None,
    })
}
