//! What people are told about orders: `order.<state>` to the buyer and to the shop. The texts are in `src/notifications/texts`.

use sea_orm::{DbErr, TryIntoModel as _};
use serde_json::{Value, json};

use super::entity::event::Actor;
use super::entity::order::{self, Channel, Status};
use crate::platform::news::{Audience, News};

/// The news of orders that were placed.
pub fn placed(orders: &[order::ActiveModel]) -> Result<Vec<News>, DbErr> {
    let mut news = Vec::new();
    for order in orders {
        let order = order.clone().try_into_model()?;
        news.extend(both(&order, kind(order.status)));
    }
    Ok(news)
}

/// The news of orders that somebody moves to a state.
pub fn moved(orders: &[&order::Model], to: Status, by: Actor) -> Vec<News> {
    orders.iter().flat_map(|order| both(order, move_kind(order.status, to, by))).collect()
}

/// Some moves mean something else by somebody else.
fn move_kind(from: Status, to: Status, by: Actor) -> &'static str {
    match (from, to, by) {
        (Status::Placed | Status::Paid, Status::Expired | Status::Declined, Actor::System) => {
            "order.not_accepted"
        }
        (_, Status::Cancelled, Actor::Vendor) => "order.cancelled_by_shop",
        (_, Status::Completed, Actor::System) => "order.auto_completed",
        _ => kind(to),
    }
}

fn both(order: &order::Model, kind: &'static str) -> Vec<News> {
    // The shop entered it itself, and its buyer has no account.
    if order.channel != Channel::Marketplace {
        return Vec::new();
    }
    let news = |to| News { to, kind, object: ("order", order.id.0), data: data(order) };
    vec![news(Audience::User(order.buyer_id)), news(Audience::Vendor(order.vendor_id))]
}

fn data(order: &order::Model) -> Value {
    json!({"number": order.number, "total": order.total, "purchase_id": order.purchase_id,
        "payment_method": order.payment_method})
}

fn kind(state: Status) -> &'static str {
    match state {
        Status::AwaitingPayment => "order.awaiting_payment",
        Status::Placed => "order.placed",
        Status::Paid => "order.paid",
        Status::Accepted => "order.accepted",
        Status::Shipped => "order.shipped",
        Status::Delivered => "order.delivered",
        Status::Completed => "order.completed",
        Status::Expired => "order.expired",
        Status::Declined => "order.declined",
        Status::Cancelled => "order.cancelled",
        Status::Returned => "order.returned",
    }
}
