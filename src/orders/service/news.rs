//! Telling the buyer and the shop of an order what happened around it.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::orders::entity::event::Actor;
use crate::orders::entity::order;
use crate::platform::news::{self, Audience, News};

/// Tells both sides; `detail` is added to what every text about an order needs. Ids, codes, dates and amounts only.
pub async fn tell_both(
    txn: &DatabaseTransaction,
    order: &order::Model,
    (kind, object): (&'static str, (&'static str, Uuid)),
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let to = [Audience::User(order.buyer_id), Audience::Vendor(order.vendor_id)];
    tell(txn, order, &to, (kind, object), (detail, now)).await
}

/// Tells the other side of whoever acted; both if it was neither.
pub async fn tell_others(
    txn: &DatabaseTransaction,
    order: &order::Model,
    by: Actor,
    (kind, object): (&'static str, (&'static str, Uuid)),
    (detail, now): (Value, DateTime<Utc>),
) -> Result<(), DbErr> {
    let buyer = Audience::User(order.buyer_id);
    let shop = Audience::Vendor(order.vendor_id);
    let to: &[Audience] = match by {
        Actor::Buyer => &[shop],
        Actor::Vendor => &[buyer],
        _ => &[buyer, shop],
    };
    tell(txn, order, to, (kind, object), (detail, now)).await
}

/// Tells whoever is named.
pub async fn tell(
    txn: &DatabaseTransaction,
    order: &order::Model,
    to: &[Audience],
    (kind, object): (&'static str, (&'static str, Uuid)),
    (detail, now): (Value, DateTime<Utc>),
) -> Result<(), DbErr> {
    let mut data = json!({"order_id": order.id, "number": order.number, "vendor_id": order.vendor_id});
    if let (Value::Object(data), Value::Object(detail)) = (&mut data, detail) {
        data.extend(detail);
    }
    let news: Vec<News> = to.iter().map(|to| News { to: *to, kind, object, data: data.clone() }).collect();
    news::tell(txn, &news, now).await?;
    Ok(())
}
