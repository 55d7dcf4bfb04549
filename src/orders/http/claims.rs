//! Returns and quarrels as people see them. What happens to them is in `checkout/http`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::FileRef;
use crate::kernel::{DisputeId, OrderId, OrderLineId, ReturnId, Rupiah};
use crate::orders::entity::dispute::{self, Outcome, Payer, Reason};
use crate::orders::entity::dispute_post;
use crate::orders::entity::event::Actor;
use crate::orders::entity::return_line;
use crate::orders::entity::returns::Status;
use crate::orders::model::returns::ReturnAction;
use crate::orders::query::claims::Claim;

/// Goods that go back.
#[derive(Serialize, ToSchema)]
pub struct ReturnOut {
    id: ReturnId,
    order_id: OrderId,
    /// Counts the returns of the order.
    number: i32,
    status: Status,
    lines: Vec<ReturnLineOut>,
    /// What the buyer said.
    note: Option<String>,
    /// The shop answers until then, or it has agreed.
    decide_by: DateTime<Utc>,
    /// What the shop said.
    answer: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    /// The buyer sends the goods until then, or keeps them.
    ship_back_by: Option<DateTime<Utc>>,
    carrier: Option<String>,
    tracking_number: Option<String>,
    shipped_back_at: Option<DateTime<Utc>>,
    received_at: Option<DateTime<Utc>>,
    /// What goes back to the buyer.
    refund: Option<Rupiah>,
    created_at: DateTime<Utc>,
    /// What the caller may do next.
    allowed_actions: Vec<ReturnAction>,
}

/// What of an article goes back.
#[derive(Serialize, ToSchema)]
pub struct ReturnLineOut {
    line_id: OrderLineId,
    quantity: i32,
    reason: return_line::Reason,
    /// Good enough to be sold again.
    restocked: i32,
    /// Of no use any more.
    lost: i32,
}

impl ReturnOut {
    /// As one side sees it.
    pub fn of(whole: Claim, actor: Actor) -> Self {
        let Claim { claim, lines } = whole;
        Self {
            id: claim.id,
            order_id: claim.order_id,
            number: claim.number,
            status: claim.status,
            lines: lines.into_iter().map(ReturnLineOut::of).collect(),
            note: claim.note,
            decide_by: claim.decide_by,
            answer: claim.answer,
            decided_at: claim.decided_at,
            ship_back_by: claim.ship_back_by,
            carrier: claim.carrier,
            tracking_number: claim.tracking_number,
            shipped_back_at: claim.shipped_back_at,
            received_at: claim.received_at,
            refund: claim.refund_amount,
            created_at: claim.created_at,
            allowed_actions: claim.status.allowed_actions(actor),
        }
    }
}

impl ReturnLineOut {
    fn of(line: return_line::Model) -> Self {
        Self {
            line_id: line.line_id,
            quantity: line.quantity,
            reason: line.reason,
            restocked: line.restocked,
            lost: line.lost,
        }
    }
}

/// A quarrel in short.
#[derive(Serialize, ToSchema)]
pub struct DisputeBriefOut {
    id: DisputeId,
    order_id: OrderId,
    return_id: Option<ReturnId>,
    status: dispute::Status,
    /// Which side asked.
    opened_by: Actor,
    reason: Reason,
    outcome: Option<Outcome>,
    /// What goes back to the buyer.
    amount: Option<Rupiah>,
    payer: Option<Payer>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// A quarrel with what was said and shown.
#[derive(Serialize, ToSchema)]
pub struct DisputeOut {
    #[serde(flatten)]
    brief: DisputeBriefOut,
    /// What it is about.
    text: Option<String>,
    /// Why the office decided so.
    ruling: Option<String>,
    /// True if the goods go back on the shelf by the ruling.
    restock: bool,
    posts: Vec<DisputePostOut>,
    /// What both sides showed.
    files: Vec<FileRef>,
}

/// What somebody said about a quarrel.
#[derive(Serialize, ToSchema)]
pub struct DisputePostOut {
    by: Actor,
    text: Option<String>,
    at: DateTime<Utc>,
}

impl DisputeBriefOut {
    /// As everybody sees it who may.
    pub fn of(dispute: dispute::Model) -> Self {
        Self {
            id: dispute.id,
            order_id: dispute.order_id,
            return_id: dispute.return_id,
            status: dispute.status,
            opened_by: dispute.opened_as,
            reason: dispute.reason,
            outcome: dispute.outcome,
            amount: dispute.amount,
            payer: dispute.payer,
            created_at: dispute.created_at,
            ended_at: dispute.ended_at,
        }
    }
}

impl DisputeOut {
    /// With what belongs to it.
    pub fn of(dispute: dispute::Model, posts: Vec<dispute_post::Model>, files: Vec<FileRef>) -> Self {
        Self {
            text: dispute.text.clone(),
            ruling: dispute.ruling.clone(),
            restock: dispute.restock,
            posts: posts.into_iter().map(DisputePostOut::of).collect(),
            files,
            brief: DisputeBriefOut::of(dispute),
        }
    }
}

impl DisputePostOut {
    fn of(post: dispute_post::Model) -> Self {
        Self { by: post.author, text: post.text, at: post.created_at }
    }
}
