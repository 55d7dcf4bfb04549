//! Attempts at gateways. A call is written down before it is made: claimed and committed, then called under the same reference
//! however often, then recorded. What nobody knows is asked back.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::app::App;
use crate::kernel::qris::MAX_AMOUNT;
use crate::kernel::{ChargeId, PaymentId};
use crate::orders::entity::purchase::PaymentMethod;
use crate::payments::entity::charge::{self, Column, Entity, Model, Status};
use crate::payments::entity::payment;
use crate::payments::error::PaymentError;
use crate::payments::jobs::{CloseCharge, CreateCharge};
use crate::payments::{news, query};
use crate::platform::db::Unique;
use crate::platform::gateways::{CallError, Gateways, NewCharge, Seen, State, Way};
use crate::platform::jobs::{self, NewJob};
use crate::platform::news::tell;

/// A call that has not been recorded by then is taken for lost.
pub(super) const CALLING: Duration = Duration::minutes(2);
/// How often a charge that can be paid is looked at, besides what the gateway says of its own accord.
const POLL: Duration = Duration::minutes(10);
/// How long after its end a charge is still looked at.
const AFTER: Duration = Duration::hours(24);

const LIVE: Unique = Unique { name: "charges_live", columns: "charges.payment_id" };

/// How a method is called at a gateway; nothing for methods without one.
pub fn way(method: PaymentMethod) -> Option<Way> {
    match method {
        PaymentMethod::Qris => Some(Way::Qris),
        PaymentMethod::VirtualAccount => Some(Way::VirtualAccount),
        _ => None,
    }
}

/// After the first, second, third failure.
pub fn later(attempts: i32, now: DateTime<Utc>) -> DateTime<Utc> {
    now + Duration::seconds(30_i64 << attempts.clamp(1, 7))
}

impl Model {
    /// The name of the charge at the gateway.
    pub fn reference(&self) -> String {
        self.id.to_string()
    }

    /// True if the gateway speaks of the same money.
    pub fn fits(&self, seen: &Seen) -> bool {
        let named = self.provider_ref.as_deref().is_none_or(|known| known == seen.provider_ref);
        named
            && seen.reference == self.reference()
            && seen.amount == Some(self.amount)
            && seen.currency == "IDR"
    }
}

/// A charge: for jobs and messages of gateways.
pub async fn find(db: &impl ConnectionTrait, id: ChargeId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The charge that a buyer sees: the newest.
pub async fn newest(db: &impl ConnectionTrait, payment: PaymentId) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::PaymentId.eq(payment)).order_by_desc(Column::Id).limit(1).one(db).await
}

/// The charge that brought the money.
pub async fn paid(db: &impl ConnectionTrait, payment: PaymentId) -> Result<Option<Model>, DbErr> {
    let of_payment = Column::PaymentId.eq(payment).and(Column::Status.eq(Status::Paid));
    Entity::find().filter(of_payment).order_by_asc(Column::UpdatedAt).limit(1).one(db).await
}

/// How many charges were begun for a payment.
pub async fn count(db: &impl ConnectionTrait, payment: PaymentId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::PaymentId.eq(payment)).count(db).await
}

/// Charges that are due to be looked at, the longest first.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::CheckAt.lte(now)).order_by_asc(Column::CheckAt).limit(most).all(db).await
}

/// Begins a charge for a payment whose method goes through a gateway, and hands back the job that makes the call, for the
/// caller's queue; does nothing for the other methods.
pub async fn begin(
    txn: &DatabaseTransaction,
    gateways: &Gateways,
    payment: &payment::Model,
    now: DateTime<Utc>,
) -> Result<Option<NewJob>, PaymentError> {
    let Some(way) = way(payment.method) else {
        return Ok(None);
    };
    if way == Way::Qris && payment.amount.get() > MAX_AMOUNT {
        return Err(PaymentError::AboveQris);
    }
    let gateway = gateways.serving(way).ok_or(PaymentError::NotOffered)?;
    let id = ChargeId::generate();
    let row = charge::ActiveModel {
        id: Set(id),
        payment_id: Set(payment.id),
        provider: Set(gateway.name().to_owned()),
        method: Set(payment.method),
        status: Set(Status::Creating),
        amount: Set(payment.amount),
        provider_ref: Set(None),
        pay_by: Set(None),
        error: Set(None),
        attempts: Set(0),
        check_at: Set(Some(now)),
        expires_at: Set(payment.expires_at.unwrap_or(now + AFTER)),
        created_at: Set(now),
        updated_at: Set(now),
    };
    match Entity::insert(row).exec_without_returning(txn).await {
        Err(error) if LIVE.broken_by(&error) => return Err(PaymentError::WrongState(payment.status)),
        made => made?,
    };
    Ok(Some(NewJob::now(now, &CreateCharge { charge_id: id })?))
}

/// Calls off what could still be paid for a payment; the gateway is told by a job.
pub async fn close_live(
    txn: &DatabaseTransaction,
    payment: PaymentId,
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let closing = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Closing))
        .col_expr(Column::CheckAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::PaymentId.eq(payment))
        .filter(Column::Status.is_in([Status::Creating, Status::Open]))
        .exec_with_returning(txn)
        .await?;
    let close = |charge: Model| NewJob::now::<App, _>(now, &CloseCharge { charge_id: charge.id });
    Ok(jobs::enqueue(txn, closing.into_iter().map(close).collect::<Result<_, _>>()?).await?)
}

/// Takes a charge for one call; nothing if somebody else has it, or it moved on.
async fn claim(app: &App, id: ChargeId, status: Status) -> Result<Option<Model>, PaymentError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let claimed = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::CheckAt, Expr::value(now + CALLING))
        .filter(Column::Id.eq(id).and(Column::Status.eq(status)).and(Column::CheckAt.lte(now)))
        .exec_with_returning(&txn)
        .await?;
    app.commit(txn).await?;
    Ok(claimed.into_iter().next())
}

/// Makes a charge at its gateway, or finds out what became of an earlier try.
pub async fn create(app: &App, id: ChargeId) -> Result<(), PaymentError> {
    match claim(app, id, Status::Creating).await? {
        Some(charge) => record_created(app, &charge, call_create(app, &charge).await).await,
        None => Ok(()),
    }
}

async fn call_create(app: &App, charge: &Model) -> Result<Seen, CallError> {
    let gateway = app.gateways.at(&charge.provider)?;
    let way =
        way(charge.method).ok_or_else(|| CallError::Refused("no gateway takes this method".to_owned()))?;
    let new = NewCharge {
        reference: charge.reference(),
        way,
        amount: charge.amount,
        now: app.now(),
        expires_at: charge.expires_at,
    };
    if charge.attempts > 1 {
        match gateway.status(&new.reference).await {
            Err(CallError::Absent) => {}
            known => return known,
        }
    }
    if new.now >= new.expires_at {
        return Err(CallError::Refused("it is too late to pay".to_owned()));
    }
    gateway.create(&new).await
}

async fn record_created(
    app: &App,
    charge: &Model,
    outcome: Result<Seen, CallError>,
) -> Result<(), PaymentError> {
    let now = app.now();
    let mut change = charge::ActiveModel { updated_at: Set(now), ..Default::default() };
    match outcome {
        Ok(seen) if charge.fits(&seen) => {
            // What is more than waiting is put into the books by whoever looks next.
            let next = if seen.state == State::Pending { now + POLL } else { now };
            let pay_by = seen.pay_by.as_ref().map(serde_json::to_string).transpose();
            change.pay_by = Set(pay_by.map_err(|error| DbErr::Json(error.to_string()))?);
            change.provider_ref = Set(Some(seen.provider_ref));
            (change.status, change.check_at, change.error) = (Set(Status::Open), Set(Some(next)), Set(None));
        }
        Ok(_) => {
            change.error = Set(Some("the gateway made another charge than was asked".to_owned()));
            (change.status, change.check_at) = (Set(Status::Failed), Set(None));
        }
        Err(CallError::Refused(reason)) => {
            change.error = Set(Some(reason));
            (change.status, change.check_at) = (Set(Status::Failed), Set(None));
        }
        Err(unsure) => {
            change.error = Set(Some(unsure.to_string()));
            change.check_at = Set(Some(later(charge.attempts, now)));
        }
    }
    let came_to_nothing = change.status == Set(Status::Failed);
    let txn = app.db.begin().await?;
    // A charge that was called off meanwhile stays so; its closing asks the gateway.
    let creating = Column::Id.eq(charge.id).and(Column::Status.eq(Status::Creating));
    let changed = Entity::update_many().set(change).filter(creating).exec(&txn).await?;
    if came_to_nothing && changed.rows_affected == 1 {
        tell_buyer(&txn, charge, now).await?;
    }
    Ok(app.commit(txn).await?)
}

/// Tells the buyer that a charge came to nothing, while there is time to pay otherwise.
async fn tell_buyer(txn: &DatabaseTransaction, charge: &Model, now: DateTime<Utc>) -> Result<(), DbErr> {
    let payment = query::of_platform(txn, charge.payment_id).await?;
    let waits =
        |payment: &payment::Model| payment.status.is_open() && payment.expires_at.is_none_or(|end| end > now);
    if let Some(payment) = payment.filter(waits) {
        tell(txn, &[news::charge_failed(&payment)], now).await?;
    }
    Ok(())
}

/// Tells the gateway that a charge is called off. If it was paid, that is left to whoever looks next.
pub async fn close(app: &App, id: ChargeId) -> Result<(), PaymentError> {
    match claim(app, id, Status::Closing).await? {
        Some(charge) => record_closed(app, &charge, call_close(app, &charge).await).await,
        None => Ok(()),
    }
}

async fn call_close(app: &App, charge: &Model) -> Result<State, CallError> {
    let Some(gateway) = app.gateways.named(&charge.provider) else {
        return Ok(State::Failed);
    };
    match gateway.status(&charge.reference()).await {
        Ok(seen) if seen.state == State::Pending => {
            gateway.cancel(&charge.reference()).await.map(|()| State::Failed)
        }
        Ok(seen) => Ok(seen.state),
        // It was never made; or it is being made this moment, and then its message or the end of its time comes.
        Err(CallError::Absent) => Ok(State::Failed),
        Err(unsure) => Err(unsure),
    }
}

async fn record_closed(
    app: &App,
    charge: &Model,
    outcome: Result<State, CallError>,
) -> Result<(), PaymentError> {
    let now = app.now();
    let mut change = charge::ActiveModel { updated_at: Set(now), ..Default::default() };
    match outcome {
        Ok(State::Failed) => (change.status, change.check_at) = (Set(Status::Closed), Set(None)),
        // Paid in the last moment: called off all the same, since another may be open beside it by now, but looked at
        // until its money is in the books.
        Ok(_) => (change.status, change.check_at) = (Set(Status::Closed), Set(Some(now))),
        Err(unsure) => {
            change.error = Set(Some(unsure.to_string()));
            change.check_at = Set(Some(later(charge.attempts, now)));
        }
    }
    let closing = Column::Id.eq(charge.id).and(Column::Status.eq(Status::Closing));
    let txn = app.db.begin().await?;
    Entity::update_many().set(change).filter(closing).exec(&txn).await?;
    Ok(app.commit(txn).await?)
}

/// Looks at a charge again later, because the gateway did not say how it stands.
pub async fn put_off(app: &App, charge: &Model, why: &CallError) -> Result<(), PaymentError> {
    let now = app.now();
    // A day after its end its money can only come with a message.
    let next = (now < charge.expires_at + AFTER).then(|| later(charge.attempts, now));
    let txn = app.db.begin().await?;
    Entity::update_many()
        .col_expr(Column::Error, Expr::value(why.to_string()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::CheckAt, Expr::value(next))
        .filter(Column::Id.eq(charge.id).and(Column::CheckAt.is_not_null()))
        .exec(&txn)
        .await?;
    Ok(app.commit(txn).await?)
}

/// A charge that still waits for the buyer is looked at again; a day after its end no more.
pub async fn waits(txn: &DatabaseTransaction, charge: &Model, now: DateTime<Utc>) -> Result<(), DbErr> {
    let next = (now < charge.expires_at + AFTER).then_some(now + POLL);
    let update = Entity::update_many().col_expr(Column::CheckAt, Expr::value(next));
    update.filter(unsettled(charge, [Status::Open])).exec(txn).await.map(|_| ())
}

/// A charge in one of these states, or one that is called off and still looked at because it was paid.
fn unsettled(charge: &Model, live: impl IntoIterator<Item = Status>) -> Condition {
    let looked_at = Column::Status.eq(Status::Closed).and(Column::CheckAt.is_not_null());
    let any = Condition::any().add(Column::Status.is_in(live)).add(looked_at);
    Condition::all().add(Column::Id.eq(charge.id)).add(any)
}

/// The gateway says that a charge came to nothing; true if that is news.
pub async fn failed(txn: &DatabaseTransaction, charge: &Model, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let live = [Status::Creating, Status::Open, Status::Closing];
    let update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Failed))
        .col_expr(Column::CheckAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(unsettled(charge, live));
    let failed = update.exec(txn).await?.rows_affected == 1;
    // One that was called off is not what the buyer waits for.
    if failed && matches!(charge.status, Status::Creating | Status::Open) {
        tell_buyer(txn, charge, now).await?;
    }
    Ok(failed)
}

/// The money of a charge came; false if it was counted before.
pub async fn came(txn: &DatabaseTransaction, charge: &Model, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Paid))
        .col_expr(Column::CheckAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(charge.id).and(Column::Status.ne(Status::Paid)));
    Ok(update.exec(txn).await?.rows_affected == 1)
}
