//! The timeline of an order, from everything that is kept about it; a fixed number of statements.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::orders::entity::event::Actor;
use crate::orders::entity::order;
use crate::orders::query::{self as orders, claims, talk};
use crate::payments::query as payments;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happening {
    pub at: DateTime<Utc>,
    /// `order.paid`, `return_requested`, `message`, `payment.paid`, `refund.owed`, `refund.paid`.
    pub kind: String,
    pub by: Actor,
    pub object_id: Uuid,
    pub detail: Value,
    /// What somebody wrote.
    pub text: Option<String>,
}

fn name(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Everything that happened to an order, the first first. What both sides wrote to each other is for them alone.
pub async fn timeline(
    conn: &impl ConnectionTrait,
    order: &order::Model,
    with_messages: bool,
) -> Result<Vec<Happening>, DbErr> {
    let mut all = vec![Happening {
        at: order.placed_at,
        kind: "order.placed".to_owned(),
        by: if order.has_a_buyer() { Actor::Buyer } else { Actor::Vendor },
        object_id: order.id.0,
        detail: json!({"total": order.total}),
        text: None,
    }];
    all.extend(moves(conn, order).await?);
    all.extend(acts(conn, order).await?);
    all.extend(money(conn, order).await?);
    if with_messages {
        all.extend(messages(conn, order).await?);
    }
    all.sort_by_key(|happening| happening.at);
    Ok(all)
}

async fn moves(conn: &impl ConnectionTrait, order: &order::Model) -> Result<Vec<Happening>, DbErr> {
    let events = orders::events(conn, order.id).await?;
    let happening = |event: crate::orders::entity::event::Model| Happening {
        at: event.created_at,
        kind: format!("order.{}", name(event.to_status)),
        by: event.actor,
        object_id: order.id.0,
        detail: match order.end_reason.filter(|_| event.to_status == order.status) {
            Some(reason) => json!({"from": event.from_status, "reason": reason}),
            None => json!({"from": event.from_status}),
        },
        text: event.note,
    };
    Ok(events.into_iter().map(happening).collect())
}

async fn acts(conn: &impl ConnectionTrait, order: &order::Model) -> Result<Vec<Happening>, DbErr> {
    let acts = claims::acts_of(conn, order.id).await?;
    let happening = |act: crate::orders::entity::act::Model| Happening {
        at: act.created_at,
        kind: name(act.kind),
        by: act.actor,
        object_id: act.object_id,
        detail: serde_json::from_str(&act.detail).unwrap_or_default(),
        text: None,
    };
    Ok(acts.into_iter().map(happening).collect())
}

async fn money(conn: &impl ConnectionTrait, order: &order::Model) -> Result<Vec<Happening>, DbErr> {
    let mut all = Vec::new();
    let happening = |at, kind: &str, object_id, detail| Happening {
        at,
        kind: kind.to_owned(),
        by: Actor::System,
        object_id,
        detail,
        text: None,
    };
    if let Some(paid) = payments::of_purchase(conn, order.purchase_id).await? {
        let at = paid.paid_at;
        let detail = json!({"method": paid.method, "amount": paid.amount});
        all.extend(at.map(|at| happening(at, "payment.paid", paid.id.0, detail)));
    }
    for refund in payments::refunds_of(conn, [order.id]).await? {
        let detail = json!({"amount": refund.amount});
        all.push(happening(refund.created_at, "refund.owed", refund.id.0, detail.clone()));
        all.extend(refund.done_at.map(|at| happening(at, "refund.paid", refund.id.0, detail)));
    }
    Ok(all)
}

async fn messages(conn: &impl ConnectionTrait, order: &order::Model) -> Result<Vec<Happening>, DbErr> {
    let messages = talk::about_order(conn, order.id).await?;
    let happening = |message: crate::orders::entity::message::Model| Happening {
        at: message.created_at,
        kind: "message".to_owned(),
        by: message.side,
        object_id: message.id.0,
        detail: Value::Null,
        text: message.text,
    };
    Ok(messages.into_iter().map(happening).collect())
}
