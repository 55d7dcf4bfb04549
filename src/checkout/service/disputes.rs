//! Quarrels: opened by one side, answered by the other, decided by the office. Until then the money stays where it is.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use super::end::close_open;
use super::owe::{Wanted, owe};
use super::returns::{Side, order_of};
use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::model::refund::Give;
use crate::kernel::fields::Fault;
use crate::kernel::{DisputeId, DisputePostId, OrderFileId, OrderId, Problem, ReturnId, Rupiah, UserId};
use crate::orders::OrderError;
use crate::orders::entity::act::Kind;
use crate::orders::entity::dispute::{self, Column, Outcome, Payer, Reason, Status};
use crate::orders::entity::dispute_post;
use crate::orders::entity::event::Actor;
use crate::orders::entity::file::Use;
use crate::orders::entity::line;
use crate::orders::entity::order;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::entity::returns;
use crate::orders::http::claims::DisputeBriefOut;
use crate::orders::model::parcel;
use crate::orders::query::claims::{dispute_of, dispute_of_office, return_of, returns_of};
use crate::orders::query::{self as orders_query, Whole};
use crate::orders::service::stock::{self, Back};
use crate::orders::service::{
    self as orders, By, Claim as Open, claim_closed, claim_opened, claims, files, news, write_act,
};
use crate::payments::entity::payment;
use crate::payments::service as payments;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::news::Audience;
use crate::settlement::service::release;
use crate::web::idempotency::Request;

/// What somebody complains about.
#[derive(Clone, Debug)]
pub struct NewDispute {
    pub reason: Reason,
    pub text: String,
    pub return_id: Option<ReturnId>,
    pub files: Vec<OrderFileId>,
}

fn actor_of(side: Side) -> Actor {
    match side {
        Side::Buyer => Actor::Buyer,
        Side::Vendor(_) => Actor::Vendor,
    }
}

/// One side asks the office to decide.
pub async fn open_dispute(
    app: &App,
    (side, user): (Side, UserId),
    id: OrderId,
    new: NewDispute,
) -> Result<dispute::Model, CheckoutError> {
    let found = order_of(app.db.read(), (side, user), id).await?;
    let (actor, now) = (actor_of(side), app.now());
    let txn = app.db.begin().await?;
    payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut order = order_of(&txn, (side, user), id).await?.order;
    if order.open_disputes > 0 {
        return Err(OrderError::ClaimOpen.into());
    }
    if !order.takes_disputes(actor, now) {
        return Err(OrderError::WindowClosed.into());
    }
    if let Some(return_id) = new.return_id
        && return_of(&txn, (id, return_id)).await?.is_none()
    {
        let fault = Fault::new("unknown", "Pengembalian tidak dikenal.", "No such return.");
        return Err(Problem::field(fault.at("/return_id")).into());
    }
    claim_opened(&txn, &mut order, Open::Dispute, now).await?;
    let row = dispute::Model {
        id: DisputeId::generate(),
        order_id: id,
        return_id: new.return_id,
        status: Status::Open,
        opened_as: actor,
        opened_by: user,
        reason: new.reason,
        text: Some(new.text),
        outcome: None,
        amount: None,
        payer: None,
        restock: false,
        ruling: None,
        ended_by: None,
        ended_at: None,
        created_at: now,
    };
    let insert = dispute::Entity::insert(dispute::ActiveModel::from(row.clone()).reset_all());
    insert.exec_without_returning(&txn).await?;
    files::use_for(&txn, (id, actor), &new.files, (Use::Dispute, row.id.0)).await?;
    let about = Report { kind: Kind::DisputeOpened, news: "dispute.opened" };
    report(&txn, (&order, &row), By::person(actor, user), about, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

struct Report {
    kind: Kind,
    news: &'static str,
}

/// Writes down what happened to a quarrel; the other side and the office hear of it.
async fn report(
    txn: &DatabaseTransaction,
    (order, row): (&order::Model, &dispute::Model),
    by: By,
    what: Report,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let detail = json!({"reason": row.reason, "outcome": row.outcome, "amount": row.amount, "by": by.actor});
    write_act(txn, (order.id, row.id.0), (what.kind, by), detail.clone(), now).await?;
    let (buyer, shop) = (Audience::User(order.buyer_id), Audience::Vendor(order.vendor_id));
    let office = Audience::Role("officer");
    let to: &[Audience] = match by.actor {
        Actor::Buyer => &[shop, office],
        Actor::Vendor => &[buyer, office],
        _ => &[buyer, shop],
    };
    news::tell(txn, order, to, (what.news, ("dispute", row.id.0)), (detail, now)).await?;
    Ok(())
}

/// Who takes part in a quarrel.
#[derive(Clone, Copy, Debug)]
pub enum Party {
    /// One side of the order.
    Side(Side, OrderId),
    /// The office.
    Office,
}

async fn find(
    conn: &impl sea_orm::ConnectionTrait,
    (party, user): (Party, UserId),
    id: DisputeId,
) -> Result<(Whole, dispute::Model), CheckoutError> {
    match party {
        Party::Side(side, order_id) => {
            let whole = order_of(conn, (side, user), order_id).await?;
            let row = dispute_of(conn, (order_id, id)).await?.ok_or(OrderError::NotFound)?;
            Ok((whole, row))
        }
        Party::Office => {
            let row = dispute_of_office(conn, id).await?.ok_or(OrderError::NotFound)?;
            let whole = orders_query::of_system(conn, row.order_id).await?.ok_or(OrderError::NotFound)?;
            Ok((whole, row))
        }
    }
}

/// Somebody says or shows something about a quarrel; both sides and the office read it.
pub async fn answer_dispute(
    app: &App,
    (party, user): (Party, UserId),
    id: DisputeId,
    (text, shown): (String, Vec<OrderFileId>),
) -> Result<dispute::Model, CheckoutError> {
    let now = app.now();
    let actor = match party {
        Party::Side(side, _) => actor_of(side),
        Party::Office => Actor::Officer,
    };
    let txn = app.db.begin().await?;
    let (whole, row) = find(&txn, (party, user), id).await?;
    // The row is held, so that nothing is said after the decision.
    let still_open = dispute::Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Open))
        .filter(Column::Id.eq(id).and(Column::Status.eq(Status::Open)))
        .exec(&txn)
        .await?;
    if still_open.rows_affected != 1 {
        return Err(OrderError::ClaimState.into());
    }
    let post = dispute_post::Model {
        id: DisputePostId::generate(),
        dispute_id: id,
        author: actor,
        author_id: user,
        text: Some(text),
        created_at: now,
    };
    let insert = dispute_post::Entity::insert(dispute_post::ActiveModel::from(post).reset_all());
    insert.exec_without_returning(&txn).await?;
    files::use_for(&txn, (row.order_id, actor), &shown, (Use::Dispute, id.0)).await?;
    let about = Report { kind: Kind::DisputeAnswered, news: "dispute.answered" };
    report(&txn, (&whole.order, &row), By::person(actor, user), about, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Whoever opened a quarrel thinks better of it; the order goes on.
pub async fn withdraw_dispute(
    app: &App,
    (side, user): (Side, UserId),
    (order_id, id): (OrderId, DisputeId),
) -> Result<dispute::Model, CheckoutError> {
    let found = order_of(app.db.read(), (side, user), order_id).await?;
    let (actor, now) = (actor_of(side), app.now());
    let txn = app.db.begin().await?;
    payments::lock(&txn, found.order.purchase_id, now).await?;
    let row = dispute_of(&txn, (order_id, id)).await?.ok_or(OrderError::NotFound)?;
    if row.opened_as != actor {
        return Err(OrderError::ClaimState.into());
    }
    let ended = dispute::Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Withdrawn))
        .col_expr(Column::EndedBy, Expr::value(user))
        .col_expr(Column::EndedAt, Expr::value(now))
        .filter(Column::Id.eq(id).and(Column::Status.eq(Status::Open)))
        .exec_with_returning(&txn)
        .await?;
    let row = ended.into_iter().next().ok_or(OrderError::ClaimState)?;
    let order = claim_closed(&txn, order_id, Open::Dispute, now).await?;
    let about = Report { kind: Kind::DisputeWithdrawn, news: "dispute.withdrawn" };
    report(&txn, (&order, &row), By::person(actor, user), about, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// What the office decides.
#[derive(Clone, Debug)]
pub struct Ruling {
    pub outcome: Outcome,
    /// Of a partial refund.
    pub amount: Rupiah,
    /// The goods are with the shop and can be sold again.
    pub restock: bool,
    pub text: String,
}

/// The office decides; the money moves in the same step, once.
pub async fn rule(
    app: &App,
    who: &Who,
    request: Request<'_>,
    (id, user): (DisputeId, UserId),
    ruling: Ruling,
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let (found, _) = find(txn, (Party::Office, user), id).await?;
        let mut payment = payments::lock(txn, found.order.purchase_id, now).await?;
        let row = end_by_ruling(txn, (id, user), &ruling, now).await?;
        let by = By::person(Actor::Officer, user);
        end_returns(txn, row.order_id, by, now).await?;
        claim_closed(txn, row.order_id, Open::Dispute, now).await?;
        let whole = orders_query::of_system(txn, row.order_id).await?.ok_or(OrderError::NotFound)?;
        let amount = carry_out(txn, &mut payment, whole, (&row, &ruling, by), now).await?;
        let row = keep_amount(txn, row, amount).await?;
        let order = orders_query::of_system(txn, row.order_id).await?.ok_or(OrderError::NotFound)?.order;
        let about = Report { kind: Kind::DisputeRuled, news: "dispute.ruled" };
        report(txn, (&order, &row), by, about, now).await?;
        let deed = Deed {
            action: "dispute.ruled",
            object: ("dispute", id.into()),
            detail: json!({"order_id": row.order_id, "outcome": row.outcome, "amount": amount,
                "payer": row.payer, "restock": row.restock}),
        };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        Ok((StatusCode::OK, DisputeBriefOut::of(row)))
    })
    .await
}

async fn end_by_ruling(
    txn: &DatabaseTransaction,
    (id, user): (DisputeId, UserId),
    ruling: &Ruling,
    now: DateTime<Utc>,
) -> Result<dispute::Model, CheckoutError> {
    let payer = (ruling.outcome != Outcome::None).then_some(Payer::Vendor);
    let ended = dispute::Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Ruled))
        .col_expr(Column::Outcome, Expr::value(ruling.outcome))
        .col_expr(Column::Payer, Expr::value(payer))
        .col_expr(Column::Restock, Expr::value(ruling.restock))
        .col_expr(Column::Ruling, Expr::value(ruling.text.as_str()))
        .col_expr(Column::EndedBy, Expr::value(user))
        .col_expr(Column::EndedAt, Expr::value(now))
        .filter(Column::Id.eq(id).and(Column::Status.eq(Status::Open)))
        .exec_with_returning(txn)
        .await?;
    Ok(ended.into_iter().next().ok_or(OrderError::ClaimState)?)
}

async fn keep_amount(
    txn: &DatabaseTransaction,
    mut row: dispute::Model,
    amount: Rupiah,
) -> Result<dispute::Model, CheckoutError> {
    dispute::Entity::update_many()
        .col_expr(Column::Amount, Expr::value(amount))
        .filter(Column::Id.eq(row.id))
        .exec(txn)
        .await?;
    row.amount = Some(amount);
    Ok(row)
}

/// A ruling takes the place of returns that are still open.
async fn end_returns(
    txn: &DatabaseTransaction,
    id: OrderId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    for mut claim in returns_of(txn, id).await? {
        if claim.claim.status.is_open() {
            let to = (returns::Status::Withdrawn, by);
            claims::move_return(txn, &mut claim, to, |update| update, now).await?;
            claims::return_given_up(txn, id, now).await?;
        }
    }
    Ok(())
}

/// Does what was decided: the money, the goods, the state. Tells how much goes back.
async fn carry_out(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    whole: Whole,
    (row, ruling, by): (&dispute::Model, &Ruling, By),
    now: DateTime<Utc>,
) -> Result<Rupiah, CheckoutError> {
    // Cash that nobody took cannot go back.
    let paid = payment.method != PaymentMethod::Cod || whole.order.delivered_at.is_some();
    let give = match ruling.outcome {
        Outcome::RefundFull => Some(Give::Whole),
        Outcome::RefundPart => Some(Give::Amount(ruling.amount)),
        Outcome::None => None,
    };
    let mut amount = Rupiah::ZERO;
    if let Some(give) = give.filter(|_| paid) {
        let wanted = Wanted { give, key: format!("dispute:{}", row.id), reason: None };
        let refund = owe(txn, payment, &whole, wanted, now).await?;
        amount = refund.map_or(Rupiah::ZERO, |refund| refund.amount);
    }
    let mut orders = [whole];
    if ruling.outcome == Outcome::RefundFull {
        let was_released = orders[0].order.status == order::Status::Completed;
        take_all_back(txn, &orders[0], ruling.restock, now).await?;
        orders::advance(txn, &mut orders, order::Status::Returned, (by, None), now).await?;
        stock::close(txn, &mut orders[0]).await?;
        // Cash that the shop took for this order is due, once. Nobody took any for what was not paid, whatever else of the
        // purchase was.
        if paid && !was_released {
            release(txn, payment, &orders[0], now).await?;
        }
        if payment.status.is_open() {
            close_open(txn, payment, payment::Status::Cancelled, now).await?;
        }
    } else if orders[0].order.status == order::Status::Shipped && payment.method != PaymentMethod::Cod {
        // Decided as if it came: the days to the end begin.
        orders::advance(txn, &mut orders, order::Status::Delivered, (by, None), now).await?;
    }
    Ok(amount)
}

/// The pieces that had not come back before: on the shelf, or written off. What never left the shop is on the shelf anyway.
async fn take_all_back(
    txn: &DatabaseTransaction,
    whole: &Whole,
    restock: bool,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let is_packing = whole.order.status == order::Status::Accepted;
    let of_line = |line: &line::Model| {
        let left = line.quantity - line.returned;
        let kept = if is_packing { Ord::min(line.quantity - line.shipped, left) } else { 0 };
        let restocked = if restock { left } else { kept };
        Back { line_id: line.id, restocked, lost: left - restocked }
    };
    let left = parcel::articles(&whole.lines).filter(|line| line.quantity > line.returned);
    let back: Vec<Back> = left.map(of_line).collect();
    Ok(stock::take_back(txn, whole, &back, now).await?)
}
