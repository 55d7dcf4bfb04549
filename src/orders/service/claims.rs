//! Steps of returns and quarrels that touch no money. They take the caller's transaction; whose turn it is has been taken.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, UpdateMany};
use serde_json::{Value, json};

use super::moves::{Claim as Open, claim_closed};
use super::news::tell_others;
use super::{By, acts, files};
use crate::kernel::{OrderFileId, OrderId, ReturnId, UserId};
use crate::orders::OrderError;
use crate::orders::entity::act::Kind;
use crate::orders::entity::event::Actor;
use crate::orders::entity::file::Use;
use crate::orders::entity::return_line::{self, Reason};
use crate::orders::entity::returns::{self, Status};
use crate::orders::entity::{line, order};
use crate::orders::model::parcel::Pieces;
use crate::orders::query::claims::Claim;

/// What a buyer asks to give back.
#[derive(Clone, Debug, Default)]
pub struct NewReturn {
    pub lines: Vec<(Pieces, Reason)>,
    pub note: Option<String>,
    pub files: Vec<OrderFileId>,
}

/// Writes a return and takes its pieces: a piece goes back once.
pub async fn write_return(
    txn: &DatabaseTransaction,
    order: &order::Model,
    (buyer, number): (UserId, i32),
    new: &NewReturn,
    (decide_by, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<returns::Model, OrderError> {
    let row = returns::Model {
        id: ReturnId::generate(),
        order_id: order.id,
        number,
        status: Status::Requested,
        note: new.note.clone(),
        requested_by: buyer,
        decide_by,
        decided_by: None,
        decided_at: None,
        answer: None,
        ship_back_by: None,
        carrier: None,
        tracking_number: None,
        shipped_back_at: None,
        received_at: None,
        reminded: 0,
        refund_amount: None,
        created_at: now,
        updated_at: now,
    };
    let insert = returns::Entity::insert(returns::ActiveModel::from(row.clone()).reset_all());
    insert.exec_without_returning(txn).await?;
    let mut lines = new.lines.clone();
    lines.sort_by_key(|(pieces, _)| pieces.line_id);
    for (pieces, _) in &lines {
        take_pieces(txn, pieces.line_id, pieces.quantity).await?;
    }
    let rows = lines.into_iter().map(|(pieces, reason)| return_line::Model {
        return_id: row.id,
        line_id: pieces.line_id,
        quantity: pieces.quantity,
        reason,
        restocked: 0,
        lost: 0,
    });
    let rows = rows.map(|line| return_line::ActiveModel::from(line).reset_all());
    return_line::Entity::insert_many(rows).exec_without_returning(txn).await?;
    files::use_for(txn, (order.id, Actor::Buyer), &new.files, (Use::Return, row.id.0)).await?;
    Ok(row)
}

/// Counts pieces that go back; a negative count gives them up again.
async fn take_pieces(
    txn: &DatabaseTransaction,
    id: crate::kernel::OrderLineId,
    quantity: i32,
) -> Result<(), OrderError> {
    let after = Expr::col(line::Column::Returned).add(quantity);
    let counted = line::Entity::update_many()
        .col_expr(line::Column::Returned, after.clone())
        .filter(line::Column::Id.eq(id))
        .filter(after.clone().lte(Expr::col(line::Column::Quantity)).and(after.gte(0)))
        .exec(txn)
        .await?;
    if counted.rows_affected == 1 { Ok(()) } else { Err(OrderError::Moved) }
}

/// Moves a return; `change` sets what the move brings with it. The order goes on once nothing is open.
pub async fn move_return(
    txn: &DatabaseTransaction,
    claim: &mut Claim,
    (to, by): (Status, By),
    change: impl FnOnce(UpdateMany<returns::Entity>) -> UpdateMany<returns::Entity>,
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    let from = claim.claim.status;
    if !from.may_become(to, by.actor) {
        return Err(OrderError::ClaimState);
    }
    let update = returns::Entity::update_many()
        .col_expr(returns::Column::Status, Expr::value(to))
        .col_expr(returns::Column::UpdatedAt, Expr::value(now))
        .col_expr(returns::Column::Reminded, Expr::value(0));
    let moved = change(update)
        .filter(returns::Column::Id.eq(claim.claim.id).and(returns::Column::Status.eq(from)))
        .exec_with_returning(txn)
        .await?;
    claim.claim = moved.into_iter().next().ok_or(OrderError::ClaimState)?;
    if to.gives_up() {
        for line in &claim.lines {
            take_pieces(txn, line.line_id, -line.quantity).await?;
        }
    }
    Ok(())
}

/// Writes down what happened to a return and tells the other side.
pub async fn report_return(
    txn: &DatabaseTransaction,
    order: &order::Model,
    claim: &Claim,
    (by, detail): (By, Value),
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    let (kind, news) = match claim.claim.status {
        Status::Requested => (Kind::ReturnRequested, "return.requested"),
        Status::Approved => (Kind::ReturnApproved, "return.approved"),
        Status::Refused => (Kind::ReturnRefused, "return.refused"),
        Status::ShippedBack => (Kind::ReturnShippedBack, "return.shipped_back"),
        Status::Received => (Kind::ReturnReceived, "return.received"),
        Status::Withdrawn => (Kind::ReturnWithdrawn, "return.withdrawn"),
        Status::Lapsed => (Kind::ReturnLapsed, "return.lapsed"),
    };
    let id = claim.claim.id;
    let mut data = json!({"return_number": claim.claim.number});
    if let (Value::Object(data), Value::Object(detail)) = (&mut data, detail) {
        data.extend(detail);
    }
    acts::write(txn, (order.id, id.0), (kind, by), data.clone(), now).await?;
    tell_others(txn, order, by.actor, (news, ("return", id.0)), (data, now)).await?;
    Ok(())
}

/// Ends a return that is not received: the order may go on.
pub async fn return_given_up(
    txn: &DatabaseTransaction,
    id: OrderId,
    now: DateTime<Utc>,
) -> Result<order::Model, OrderError> {
    claim_closed(txn, id, Open::Return, now).await
}

/// Keeps what became of the pieces that came back.
pub async fn keep_outcome(
    txn: &DatabaseTransaction,
    claim: &Claim,
    outcome: &[super::stock::Back],
) -> Result<(), OrderError> {
    for back in outcome {
        return_line::Entity::update_many()
            .col_expr(return_line::Column::Restocked, Expr::value(back.restocked))
            .col_expr(return_line::Column::Lost, Expr::value(back.lost))
            .filter(return_line::Column::ReturnId.eq(claim.claim.id))
            .filter(return_line::Column::LineId.eq(back.line_id))
            .exec(txn)
            .await?;
    }
    Ok(())
}
