//! Goods that come back: asked for, agreed to, sent, received; then the money goes back and the pieces go on the shelf or are lost.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use super::owe::{Wanted, owe};
use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::jobs::ReturnDeadline;
use crate::checkout::model::refund::Give;
use crate::kernel::{Fields, OrderId, Problem, ReturnId, Rupiah, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::order;
use crate::orders::entity::returns::{self, Column, Status};
use crate::orders::http::claims::ReturnOut;
use crate::orders::model::deadline::{Step, first_step, next_step};
use crate::orders::model::parcel;
use crate::orders::query::claims::{Claim, return_of, returns_of};
use crate::orders::query::{self as orders_query, Whole};
use crate::orders::service::claims::{self, NewReturn};
use crate::orders::service::stock::{self, Back};
use crate::orders::service::{self as orders, By, Claim as Open, claim_closed, claim_opened, news};
use crate::payments::entity::payment;
use crate::payments::service as payments;
use crate::platform::calendar;
use crate::platform::jobs::{self, NewJob};
use crate::settlement::service::release;
use crate::web::idempotency::Request;

/// A buyer asks to give something back.
pub async fn request_return(
    app: &App,
    buyer: UserId,
    id: OrderId,
    new: NewReturn,
) -> Result<Claim, CheckoutError> {
    let found = orders_query::of_buyer(app.db.read(), buyer, id).await?.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    payments::lock(&txn, found.order.purchase_id, now).await?;
    let Whole { mut order, lines } =
        orders_query::of_buyer(&txn, buyer, id).await?.ok_or(OrderError::NotFound)?;
    if !order.takes_returns(now) {
        return Err(OrderError::WindowClosed.into());
    }
    let mut fields = Fields::new();
    let pieces: Vec<_> = new.lines.iter().map(|(pieces, _)| *pieces).collect();
    parcel::check(&pieces, &lines, |line| line.quantity - line.returned, &mut fields);
    fields.check()?;
    claim_opened(&txn, &mut order, Open::Return, now).await?;
    let days = calendar::working_days(&txn, now).await?;
    let decide_by = days.add_working_days(now, app.config.orders.return_decide_days.into());
    let number = i32::try_from(returns_of(&txn, id).await?.len()).unwrap_or(i32::MAX).saturating_add(1);
    let row = claims::write_return(&txn, &order, (buyer, number), &new, (decide_by, now)).await?;
    watch(&txn, &row, decide_by, now).await?;
    let claim = return_of(&txn, (id, row.id)).await?.ok_or(OrderError::NotFound)?;
    let detail = json!({"until": decide_by});
    claims::report_return(&txn, &order, &claim, (By::person(Actor::Buyer, buyer), detail), now).await?;
    app.commit(txn).await?;
    Ok(claim)
}

/// Queues the first moment of the waiting for somebody to act on a return.
async fn watch(
    txn: &DatabaseTransaction,
    row: &returns::Model,
    end: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let (step, at) = first_step(now, end);
    let job = ReturnDeadline { order_id: row.order_id, return_id: row.id, step, end };
    Ok(jobs::enqueue(txn, vec![NewJob::at::<App, _>(now, at, &job)?]).await?)
}

/// What somebody decides about a return.
#[derive(Clone, Debug)]
pub enum Decision {
    /// The shop agrees; it may say how to send the goods.
    Approve(Option<String>),
    /// The shop does not, and says why.
    Refuse(String),
    /// The buyer keeps the goods.
    Withdraw,
    /// The buyer has sent them.
    ShipBack { carrier: Option<String>, tracking_number: Option<String> },
}

impl Decision {
    fn target(&self) -> Status {
        match self {
            Self::Approve(_) => Status::Approved,
            Self::Refuse(_) => Status::Refused,
            Self::Withdraw => Status::Withdrawn,
            Self::ShipBack { .. } => Status::ShippedBack,
        }
    }
}

/// The buyer of an order, or its shop.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    Buyer,
    Vendor(VendorId),
}

/// The order of one side.
pub(super) async fn order_of(
    conn: &impl sea_orm::ConnectionTrait,
    (side, user): (Side, UserId),
    id: OrderId,
) -> Result<Whole, CheckoutError> {
    let found = match side {
        Side::Buyer => orders_query::of_buyer(conn, user, id).await?,
        Side::Vendor(vendor) => orders_query::of_vendor(conn, vendor, id).await?,
    };
    Ok(found.ok_or(OrderError::NotFound)?)
}

/// One side decides something about a return.
pub async fn decide_return(
    app: &App,
    (side, user): (Side, UserId),
    (id, return_id): (OrderId, ReturnId),
    decision: Decision,
) -> Result<Claim, CheckoutError> {
    let found = order_of(app.db.read(), (side, user), id).await?;
    let actor = if matches!(side, Side::Buyer) { Actor::Buyer } else { Actor::Vendor };
    let now = app.now();
    let txn = app.db.begin().await?;
    payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut claim = return_of(&txn, (id, return_id)).await?.ok_or(OrderError::NotFound)?;
    let by = By::person(actor, user);
    let order = decided(app, &txn, (&found.order, &mut claim), (by, decision), now).await?;
    claims::report_return(&txn, &order, &claim, (by, json!({})), now).await?;
    app.commit(txn).await?;
    Ok(claim)
}

async fn decided(
    app: &App,
    txn: &DatabaseTransaction,
    (order, claim): (&order::Model, &mut Claim),
    (by, decision): (By, Decision),
    now: DateTime<Utc>,
) -> Result<order::Model, CheckoutError> {
    let to = decision.target();
    let days = calendar::working_days(txn, now).await?;
    let ship_back_by = days.add_working_days(now, app.config.orders.return_ship_days.into());
    let change = |update: sea_orm::UpdateMany<returns::Entity>| match decision {
        Decision::Approve(answer) => update
            .col_expr(Column::Answer, Expr::value(answer))
            .col_expr(Column::DecidedBy, Expr::value(by.user_id))
            .col_expr(Column::DecidedAt, Expr::value(now))
            .col_expr(Column::ShipBackBy, Expr::value(ship_back_by)),
        Decision::Refuse(answer) => update
            .col_expr(Column::Answer, Expr::value(answer))
            .col_expr(Column::DecidedBy, Expr::value(by.user_id))
            .col_expr(Column::DecidedAt, Expr::value(now)),
        Decision::Withdraw => update,
        Decision::ShipBack { carrier, tracking_number } => update
            .col_expr(Column::Carrier, Expr::value(carrier))
            .col_expr(Column::TrackingNumber, Expr::value(tracking_number))
            .col_expr(Column::ShippedBackAt, Expr::value(now)),
    };
    claims::move_return(txn, claim, (to, by), change, now).await?;
    if to == Status::Approved {
        watch(txn, &claim.claim, ship_back_by, now).await?;
    }
    if to.gives_up() {
        return Ok(claims::return_given_up(txn, order.id, now).await?);
    }
    Ok(order.clone())
}

/// A moment in the waiting for a return. Nobody who acted is overtaken: the state is the guard.
pub async fn return_deadline(app: &App, deadline: &ReturnDeadline) -> Result<(), CheckoutError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let Some(found) = orders_query::of_system(&txn, deadline.order_id).await? else {
        return Ok(());
    };
    payments::lock(&txn, found.order.purchase_id, now).await?;
    let key = (deadline.order_id, deadline.return_id);
    let Some(mut claim) = return_of(&txn, key).await?.filter(|claim| waits(&claim.claim, deadline)) else {
        return Ok(());
    };
    if deadline.step == Step::End {
        let by = By::SYSTEM;
        let order = if claim.claim.status == Status::Requested {
            decided(app, &txn, (&found.order, &mut claim), (by, Decision::Approve(None)), now).await?
        } else {
            claims::move_return(&txn, &mut claim, (Status::Lapsed, by), |update| update, now).await?;
            claims::return_given_up(&txn, deadline.order_id, now).await?
        };
        claims::report_return(&txn, &order, &claim, (by, json!({})), now).await?;
    } else {
        remind(&txn, (&found.order, &claim), deadline, now).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

fn waits(claim: &returns::Model, deadline: &ReturnDeadline) -> bool {
    let end = match claim.status {
        Status::Requested => Some(claim.decide_by),
        Status::Approved => claim.ship_back_by,
        _ => None,
    };
    end == Some(deadline.end) && claim.reminded < deadline.step.number()
}

async fn remind(
    txn: &DatabaseTransaction,
    (order, claim): (&order::Model, &Claim),
    deadline: &ReturnDeadline,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    returns::Entity::update_many()
        .col_expr(Column::Reminded, Expr::value(deadline.step.number()))
        .filter(Column::Id.eq(claim.claim.id))
        .exec(txn)
        .await?;
    let kind = match claim.claim.status {
        Status::Requested => "return.decide_reminder",
        _ => "return.ship_back_reminder",
    };
    let detail = json!({"until": deadline.end, "step": deadline.step, "return_number": claim.claim.number});
    news::tell_both(txn, order, (kind, ("return", claim.claim.id.0)), detail, now).await?;
    if let Some((step, at)) = next_step(deadline.step, now, deadline.end) {
        let next = ReturnDeadline { step, ..*deadline };
        jobs::enqueue(txn, vec![NewJob::at::<App, _>(now, at, &next)?]).await?;
    }
    Ok(())
}

/// The shop has the goods: what is good goes on the shelf, and the money goes back, once.
pub async fn receive_return(
    app: &App,
    request: Request<'_>,
    (vendor, by): (VendorId, UserId),
    (id, return_id): (OrderId, ReturnId),
    outcome: Option<Vec<Back>>,
) -> Result<Response, Problem> {
    let now = app.now();
    let by = By::person(Actor::Vendor, by);
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let found = orders_query::of_vendor(txn, vendor, id).await?.ok_or(OrderError::NotFound)?;
        let mut payment = payments::lock(txn, found.order.purchase_id, now).await?;
        let whole = orders_query::of_vendor(txn, vendor, id).await?.ok_or(OrderError::NotFound)?;
        let mut claim = return_of(txn, (id, return_id)).await?.ok_or(OrderError::NotFound)?;
        let outcome = checked(&claim, outcome.clone())?;
        let received = |update: sea_orm::UpdateMany<returns::Entity>| {
            update.col_expr(Column::ReceivedAt, Expr::value(now))
        };
        claims::move_return(txn, &mut claim, (Status::Received, by), received, now).await?;
        claims::keep_outcome(txn, &claim, &outcome).await?;
        stock::take_back(txn, &whole, &outcome, now).await?;
        let amount = pay_back(txn, &mut payment, (&whole, &mut claim), now).await?;
        let order = close_order(txn, &payment, whole, by, now).await?;
        claims::report_return(txn, &order, &claim, (by, json!({"amount": amount})), now).await?;
        let claim = return_of(txn, (id, return_id)).await?.ok_or(OrderError::NotFound)?;
        Ok((StatusCode::OK, ReturnOut::of(claim, Actor::Vendor)))
    })
    .await
}

/// What became of every piece; all of it is good if nothing is said.
fn checked(claim: &Claim, outcome: Option<Vec<Back>>) -> Result<Vec<Back>, CheckoutError> {
    use crate::kernel::fields::Fault;
    let Some(outcome) = outcome else {
        let good = claim.lines.iter();
        let good = good.map(|line| Back { line_id: line.line_id, restocked: line.quantity, lost: 0 });
        return Ok(good.collect());
    };
    let mut fields = Fields::new();
    for line in &claim.lines {
        let mut named = outcome.iter().filter(|back| back.line_id == line.line_id);
        let fits = named.next().is_some_and(|back| {
            back.restocked >= 0
                && back.lost >= 0
                && back.restocked.checked_add(back.lost) == Some(line.quantity)
        });
        if !fits || named.next().is_some() {
            let place = format!(
                "/lines/{}",
                outcome.iter().position(|back| back.line_id == line.line_id).unwrap_or(0)
            );
            fields.push(
                place,
                Fault::new(
                    "sum",
                    format!("Jumlah baik dan rusak harus {} untuk {}.", line.quantity, line.line_id),
                    format!("Good and lost pieces must add up to {} of {}.", line.quantity, line.line_id),
                ),
            );
        }
    }
    if outcome.iter().any(|back| claim.lines.iter().all(|line| line.line_id != back.line_id)) {
        fields.push("/lines", Fault::new("unknown", "Tidak ada di pengembalian ini.", "Not in this return."));
    }
    fields.check()?;
    Ok(outcome)
}

/// Owes the money of the pieces; the shipping too if all of the order came back and the shop was to blame.
async fn pay_back(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    (whole, claim): (&Whole, &mut Claim),
    now: DateTime<Utc>,
) -> Result<Rupiah, CheckoutError> {
    let everything = parcel::articles(&whole.lines).all(|line| line.returned == line.quantity);
    let blame = claim.lines.iter().all(|line| line.reason.is_the_shops());
    let shipping = everything && blame && whole.order.open_returns == 1;
    let lines = claim.lines.iter().map(|line| (line.line_id, line.quantity)).collect();
    let wanted = Wanted {
        // Somebody may have paid for some of the pieces, or for the shipping, by hand.
        give: Give::Returned { lines, shipping },
        key: format!("return:{}", claim.claim.id),
        reason: None,
    };
    let refund = owe(txn, payment, whole, wanted, now).await?;
    let amount = refund.map_or(Rupiah::ZERO, |refund| refund.amount);
    returns::Entity::update_many()
        .col_expr(Column::RefundAmount, Expr::value(amount))
        .filter(Column::Id.eq(claim.claim.id))
        .exec(txn)
        .await?;
    claim.claim.refund_amount = Some(amount);
    Ok(amount)
}

/// The claim is closed; an order of which nothing is left with the buyer has come back.
async fn close_order(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    whole: Whole,
    by: By,
    now: DateTime<Utc>,
) -> Result<order::Model, CheckoutError> {
    let order = claim_closed(txn, whole.order.id, Open::Return, now).await?;
    let nothing_left = parcel::articles(&whole.lines).all(|line| line.returned == line.quantity);
    let mut orders = [Whole { order, lines: whole.lines }];
    if nothing_left && !orders[0].order.has_claims() {
        let was_released = orders[0].order.status == order::Status::Completed;
        orders::advance(txn, &mut orders, order::Status::Returned, (by, None), now).await?;
        stock::close(txn, &mut orders[0]).await?;
        // What did not go back, e.g. the shipping, is earned; and cash that the shop took is due. Once, so not after the end.
        if !was_released {
            release(txn, payment, &orders[0], now).await?;
        }
    }
    let [whole] = orders;
    Ok(whole.order)
}
