//! What people are told about money that goes back. The texts are in `src/notifications/texts`.

use serde_json::json;

use super::entity::refund;
use crate::orders::entity::order::{self, Channel};
use crate::platform::news::{Audience, News};

/// News for the buyer: `refund.owed`, `refund.paid`.
pub fn refund(kind: &'static str, refund: &refund::Model, order: &order::Model) -> Vec<News> {
    // What a shop entered by hand has no buyer with an account.
    if order.channel != Channel::Marketplace {
        return Vec::new();
    }
    let data = json!({"number": order.number, "amount": refund.amount, "order_id": order.id});
    vec![News { to: Audience::User(order.buyer_id), kind, object: ("refund", refund.id.0), data }]
}
