//! What people are told about money that comes and goes back. The texts are in `src/notifications/texts`.

use serde_json::json;
use uuid::Uuid;

use super::entity::{bank_line, charge, payment, refund};
use crate::kernel::{BankStatementId, ProviderEventId, Rupiah};
use crate::orders::entity::order::{self, Channel};
use crate::orders::entity::purchase::PaymentMethod;
use crate::platform::news::{Audience, News};

/// News of a refund for the buyer: `refund.owed`, `refund.paid`. The shop hears that money of its order goes back.
pub fn refund(kind: &'static str, refund: &refund::Model, order: &order::Model) -> Vec<News> {
    // What a shop entered by hand has no buyer with an account.
    if order.channel != Channel::Marketplace {
        return Vec::new();
    }
    let data = json!({"number": order.number, "amount": refund.amount, "order_id": order.id});
    let news = |to| News { to, kind, object: ("refund", refund.id.0), data: data.clone() };
    let mut all = vec![news(Audience::User(order.buyer_id))];
    if refund.status == refund::Status::Pending {
        all.push(news(Audience::Vendor(order.vendor_id)));
    }
    all
}

/// What was paid out for an order is taken back, and a part of it is now owed by the shop.
pub fn clawed_back(order: &order::Model, debt: Rupiah) -> Option<News> {
    (!debt.is_zero()).then(|| News {
        to: Audience::Vendor(order.vendor_id),
        kind: "settlement.clawed_back",
        object: ("order", order.id.0),
        data: json!({"number": order.number, "amount": debt, "order_id": order.id}),
    })
}

/// Money cannot go back the way it came, and nobody knows where the buyer wants it.
pub fn account_needed(payment: &payment::Model, amount: Rupiah) -> Option<News> {
    // A shop that took cash itself gives it back itself.
    (payment.method != PaymentMethod::Cash)
        .then(|| to_buyer(payment, "refund.account_needed", json!({"amount": amount})))
}

/// Finance did not find the money behind a proof.
pub fn proof_rejected(payment: &payment::Model, reason: &str) -> News {
    to_buyer(payment, "payment.proof_rejected", json!({"amount": payment.amount, "reason": reason}))
}

/// The gateway will not take the money any more: the buyer has to pay otherwise.
pub fn charge_failed(payment: &payment::Model) -> News {
    to_buyer(payment, "payment.charge_failed", json!({"amount": payment.amount}))
}

fn to_buyer(payment: &payment::Model, kind: &'static str, mut data: serde_json::Value) -> News {
    data["payment_id"] = json!(payment.id);
    data["purchase_id"] = json!(payment.purchase_id);
    News { to: Audience::User(payment.buyer_id), kind, object: ("payment", payment.id.0), data }
}

/// A proof waits for finance.
pub fn proof_submitted(payment: &payment::Model) -> News {
    let data = json!({"amount": payment.amount, "reference": payment.reference});
    to_finance("payment.proof_submitted", ("payment", payment.id.0), data)
}

/// A gateway will not send money back: finance has to.
pub fn refused(repayment: (Uuid, Rupiah), charge: &charge::Model) -> News {
    let data = json!({"amount": repayment.1, "provider": charge.provider, "payment_id": charge.payment_id});
    to_finance("refund.refused", ("repayment", repayment.0), data)
}

/// What a gateway said does not fit.
pub fn in_review(id: ProviderEventId, provider: &str, reason: &str) -> News {
    let data = json!({"provider": provider, "reason": reason});
    to_finance("payment.event_in_review", ("provider_event", id.0), data)
}

/// Lines of a statement that fit nothing.
pub fn lines_unmatched(line: &bank_line::Model, lines: u64) -> News {
    let BankStatementId(id) = line.statement_id;
    to_finance("payment.lines_unmatched", ("bank_statement", id), json!({"lines": lines}))
}

fn to_finance(kind: &'static str, object: (&'static str, Uuid), data: serde_json::Value) -> News {
    News { to: Audience::FINANCE, kind, object, data }
}
