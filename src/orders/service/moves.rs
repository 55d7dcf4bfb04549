//! Moving orders: guarded updates, one event each, one job that tells people; deadlines begin and end with the moves.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::deadlines;
use crate::kernel::{OrderEventId, OrderId, UserId, WorkingDays};
use crate::orders::OrderError;
use crate::orders::entity::event::{self, Actor};
use crate::orders::entity::order::{self, EndReason, Status};
use crate::orders::model::deadline::{self, Moments};
use crate::orders::news;
use crate::orders::query::Whole;
use crate::platform::calendar;
use crate::platform::jobs;
use crate::platform::news::tell;

/// Who moves an order.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// In which part.
    pub actor: Actor,
    /// The person, if there is one.
    pub user_id: Option<UserId>,
    /// Why it ends, where it ends without a sale.
    pub reason: Option<EndReason>,
}

impl By {
    /// The clock, or money that arrived.
    pub const SYSTEM: Self = Self { actor: Actor::System, user_id: None, reason: None };

    /// A person.
    pub fn person(actor: Actor, user_id: UserId) -> Self {
        Self { actor, user_id: Some(user_id), reason: None }
    }

    /// The same with a reason.
    #[must_use]
    pub fn because(self, reason: Option<EndReason>) -> Self {
        Self { reason, ..self }
    }
}

/// Moves orders, in the order of their ids: guarded updates, one event each, one job that tells people, and the
/// job of a new deadline.
pub async fn advance(
    txn: &DatabaseTransaction,
    orders: &mut [Whole],
    to: Status,
    (by, note): (By, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    orders.sort_by_key(|whole| whole.order.id);
    let days = match deadline::begins_something(to) {
        true => calendar::working_days(txn, now).await?,
        false => WorkingDays::default(),
    };
    let moving: Vec<&order::Model> = orders.iter().map(|whole| &whole.order).collect();
    let job_id = tell(txn, &news::moved(&moving, to, by.actor), now).await?;
    let (mut events, mut followers) = (Vec::new(), Vec::new());
    for whole in orders {
        let from = whole.order.status;
        if !from.may_become(to, by.actor) {
            return Err(OrderError::WrongState(from));
        }
        let moments = deadline::moments(&whole.order, to, &days, now);
        whole.order = guarded_move(txn, &whole.order, to, (by, moments), now).await?;
        events.push(event::ActiveModel {
            id: Set(OrderEventId::generate()),
            order_id: Set(whole.order.id),
            from_status: Set(from),
            to_status: Set(to),
            actor: Set(by.actor),
            actor_id: Set(by.user_id),
            note: Set(note.map(str::to_owned)),
            job_id: Set(job_id),
            created_at: Set(now),
        });
        followers.extend(deadlines::watch(&whole.order, now)?);
    }
    event::Entity::insert_many(events).exec_without_returning(txn).await?;
    jobs::enqueue(txn, followers).await?;
    Ok(())
}

async fn guarded_move(
    txn: &DatabaseTransaction,
    order: &order::Model,
    to: Status,
    (by, moments): (By, Moments),
    now: DateTime<Utc>,
) -> Result<order::Model, OrderError> {
    use order::Column;
    let mut update = order::Entity::update_many()
        .col_expr(Column::Status, Expr::value(to))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Reminded, Expr::value(0));
    for (column, moment) in [
        (Column::AcceptBy, moments.accept_by),
        (Column::ShipBy, moments.ship_by),
        (Column::DeliveredAt, moments.delivered_at),
        (Column::CompleteAt, moments.complete_at),
        (Column::ReturnBy, moments.return_by),
        (Column::DisputeBy, moments.dispute_by),
    ] {
        if moment.is_some() {
            update = update.col_expr(column, Expr::value(moment));
        }
    }
    if by.reason.is_some() {
        update = update.col_expr(Column::EndReason, Expr::value(by.reason));
    }
    let moved = update
        .filter(Column::Id.eq(order.id))
        .filter(Column::Status.eq(order.status))
        .filter(still_allowed(to))
        .exec_with_returning(txn)
        .await?;
    let refused = if order.has_claims() { OrderError::ClaimOpen } else { OrderError::Moved };
    moved.into_iter().next().ok_or(refused)
}

/// What must hold at the moment of the move besides the state.
fn still_allowed(to: Status) -> Condition {
    match to {
        // What the office decides about is not called off under its hands.
        Status::Cancelled => {
            Condition::all().add(order::Column::Shipments.eq(0)).add(order::Column::OpenDisputes.eq(0))
        }
        Status::Completed => {
            Condition::all().add(order::Column::OpenReturns.eq(0)).add(order::Column::OpenDisputes.eq(0))
        }
        _ => Condition::all(),
    }
}

/// Which claim of an order opens or closes.
#[derive(Clone, Copy, Debug)]
pub enum Claim {
    /// Goods that go back.
    Return,
    /// A quarrel.
    Dispute,
}

impl Claim {
    fn column(self) -> order::Column {
        match self {
            Self::Return => order::Column::OpenReturns,
            Self::Dispute => order::Column::OpenDisputes,
        }
    }
}

/// Keeps the order from its end while a claim is open. The row stays locked: an end at the same moment waits, and then sees it.
pub async fn claim_opened(
    txn: &DatabaseTransaction,
    order: &mut order::Model,
    claim: Claim,
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    let opened = order::Entity::update_many()
        .col_expr(claim.column(), Expr::col(claim.column()).add(1))
        .col_expr(order::Column::UpdatedAt, Expr::value(now))
        .filter(order::Column::Id.eq(order.id))
        .filter(order::Column::Status.eq(order.status))
        .filter(order::Column::OpenDisputes.eq(0))
        .exec_with_returning(txn)
        .await?;
    *order = opened.into_iter().next().ok_or(OrderError::Moved)?;
    Ok(())
}

/// Lets the order go on. One that was delivered is given its days again, so that whoever lost can still go to the office.
pub async fn claim_closed(
    txn: &DatabaseTransaction,
    id: OrderId,
    claim: Claim,
    now: DateTime<Utc>,
) -> Result<order::Model, OrderError> {
    let closed = order::Entity::update_many()
        .col_expr(claim.column(), Expr::col(claim.column()).sub(1))
        .col_expr(order::Column::UpdatedAt, Expr::value(now))
        .filter(order::Column::Id.eq(id).and(claim.column().gt(0)))
        .exec_with_returning(txn)
        .await?;
    let mut order = closed.into_iter().next().ok_or(OrderError::Moved)?;
    if order.status == Status::Delivered && !order.has_claims() {
        let days = calendar::working_days(txn, now).await?;
        let again = Some(days.add_working_days(now, order.complete_days.unsigned_abs()));
        order.complete_at = std::cmp::max(again, order.complete_at);
        order.dispute_by = std::cmp::max(again, order.dispute_by);
        order.reminded = 0;
        order::Entity::update_many()
            .col_expr(order::Column::CompleteAt, Expr::value(order.complete_at))
            .col_expr(order::Column::DisputeBy, Expr::value(order.dispute_by))
            .col_expr(order::Column::Reminded, Expr::value(0))
            .filter(order::Column::Id.eq(id))
            .exec(txn)
            .await?;
        jobs::enqueue(txn, deadlines::watch(&order, now)?.into_iter().collect()).await?;
    }
    Ok(order)
}
