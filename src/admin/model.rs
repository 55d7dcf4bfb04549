//! What of the books is sealed.

use crate::platform::audit::seals::Fact::{Id, Number, Text, Time};
use crate::platform::audit::seals::Source;

/// Every table whose rows are sealed, with what of a row never changes. What people typed is left out, notes and delivery
/// windows: somebody who asks to be forgotten may be named there.
pub const SEALED: &[Source] = &[
    Source {
        table: "audit_events",
        facts: &[
            Id("actor_id"),
            Text("acting_as"),
            Id("api_key_id"),
            Text("action"),
            Text("object_kind"),
            Id("object_id"),
            Text("detail"),
            Text("address_sealed"),
            Text("request_id"),
            Time("created_at"),
        ],
    },
    Source {
        table: "orders",
        facts: &[
            Text("number"),
            Id("purchase_id"),
            Id("vendor_id"),
            Id("buyer_id"),
            Text("payment_method"),
            Number("goods_total"),
            Number("shipping_total"),
            Number("tax_total"),
            Number("discount_total"),
            Number("total"),
            Text("delivery_method"),
            Text("delivery_date"),
            Time("placed_at"),
        ],
    },
    Source {
        table: "order_events",
        facts: &[
            Id("order_id"),
            Text("from_status"),
            Text("to_status"),
            Text("actor"),
            Id("actor_id"),
            Id("job_id"),
            Time("created_at"),
        ],
    },
    Source {
        table: "ledger_transfers",
        facts: &[
            Id("transaction_id"),
            Id("debit_account"),
            Id("credit_account"),
            Number("amount"),
            Text("kind"),
            Id("payment_id"),
            Id("order_id"),
            Time("created_at"),
        ],
    },
];
