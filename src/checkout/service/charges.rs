//! What gateways say becomes money in the books: once, never backwards, and only if it is the money that was asked for.

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::methods::set_method;
use super::settle::money_came;
use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::jobs::HandleEvent;
use crate::kernel::{ChargeId, PaymentId, ProviderEventId, UserId};
use crate::orders::service::By;
use crate::payments::entity::charge::{self, Status as ChargeStatus};
use crate::payments::entity::event::{self, Outcome};
use crate::payments::entity::payment;
use crate::payments::service::{charges, events, repay};
use crate::payments::{PaymentError, query, service as payments};
use crate::platform::gateways::{Seen, State, WebhookError};
use crate::platform::jobs::{self, NewJob};

/// What is looked at in one round.
const ROUND: u64 = 100;

/// What came of an answer of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing new.
    Nothing,
    /// It is in the books now.
    Done,
    /// It does not fit; a person has to look.
    Review(&'static str),
}

/// Takes a message of a gateway: its signature first, then it is kept, and a job looks at it. Repeated, it changes nothing.
pub async fn take_message(
    app: &App,
    provider: &str,
    (headers, body): (&HeaderMap, &[u8]),
) -> Result<(), CheckoutError> {
    let gateway = app.gateways.named(provider).ok_or(PaymentError::NotFound)?;
    let event = gateway.verify_webhook(headers, body).map_err(PaymentError::Webhook)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    if let Some(id) = events::keep(&txn, gateway.name(), (&event, body), now).await? {
        jobs::enqueue(&txn, vec![NewJob::now(now, &HandleEvent { event_id: id })?]).await?;
    }
    Ok(app.commit(txn).await?)
}

/// Looks at a message: what it claims is compared with ours, and then the gateway is asked itself.
pub async fn handle(app: &App, id: ProviderEventId) -> Result<(), CheckoutError> {
    let Some(event) = event::Entity::find_by_id(id).one(app.db.read()).await? else {
        return Ok(());
    };
    if event.outcome != Outcome::Received {
        return Ok(());
    }
    let charge = match event.reference.parse::<ChargeId>() {
        Ok(reference) => charges::find(app.db.read(), reference).await?,
        Err(_) => None,
    };
    let charge = charge.filter(|charge| charge.provider == event.provider);
    let applied = match &charge {
        None => Applied::Review("unknown-reference"),
        Some(charge) => match mismatch(charge, &event) {
            Some(reason) => Applied::Review(reason),
            None => confirmed(&event, follow(app, charge).await?),
        },
    };
    let end = match applied {
        Applied::Nothing => (Outcome::Ignored, None),
        Applied::Done => (Outcome::Applied, None),
        Applied::Review(reason) => (Outcome::Review, Some(reason)),
    };
    Ok(events::conclude(app, id, charge.map(|charge| charge.id), end).await?)
}

fn mismatch(charge: &charge::Model, event: &event::Model) -> Option<&'static str> {
    let other_ref = charge.provider_ref.as_ref().is_some_and(|known| *known != event.provider_ref);
    match () {
        () if event.currency != "IDR" => Some("other-currency"),
        () if event.amount != Some(charge.amount) => Some("other-amount"),
        () if other_ref => Some("other-transaction"),
        () => None,
    }
}

/// A message about money that the gateway itself does not confirm is no news but a question.
fn confirmed(event: &event::Model, (applied, state): (Applied, State)) -> Applied {
    match applied {
        Applied::Nothing if event.state == "paid" && state != State::Paid => Applied::Review("not-confirmed"),
        Applied::Nothing if event.state == "charged_back" => Applied::Review("not-confirmed"),
        applied => applied,
    }
}

/// Asks a gateway how a charge stands, and puts that into the books.
pub async fn follow(app: &App, charge: &charge::Model) -> Result<(Applied, State), CheckoutError> {
    let asked = match app.gateways.at(&charge.provider) {
        Ok(gateway) => gateway.status(&charge.reference()).await,
        Err(gone) => Err(gone),
    };
    match asked {
        Ok(seen) => Ok((apply(app, charge, &seen).await?, seen.state)),
        Err(error) => {
            charges::put_off(app, charge, &error).await?;
            Err(PaymentError::Call(error).into())
        }
    }
}

async fn apply(app: &App, known: &charge::Model, seen: &Seen) -> Result<Applied, CheckoutError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let payment = query::of_platform(&txn, known.payment_id).await?.ok_or(PaymentError::NotFound)?;
    let mut payment = payments::lock(&txn, payment.purchase_id, now).await?;
    // What was known of the charge may be old; only now nobody else moves it.
    let charge = charges::find(&txn, known.id).await?.ok_or(PaymentError::NotFound)?;
    let applied = if charge.fits(seen) {
        put_down(&txn, (&mut payment, &charge), seen, now).await?
    } else {
        events::to_review(&txn, &charge, (seen, "answer-differs"), now).await?;
        charges::waits(&txn, &charge, now).await?;
        Applied::Review("answer-differs")
    };
    app.commit(txn).await?;
    Ok(applied)
}

async fn put_down(
    txn: &DatabaseTransaction,
    (payment, charge): (&mut payment::Model, &charge::Model),
    seen: &Seen,
    now: DateTime<Utc>,
) -> Result<Applied, CheckoutError> {
    match seen.state {
        State::Pending => {
            charges::waits(txn, charge, now).await?;
            Ok(Applied::Nothing)
        }
        State::Failed => {
            let news = charges::failed(txn, charge, now).await?;
            Ok(if news { Applied::Done } else { Applied::Nothing })
        }
        State::Paid => {
            let news = charges::came(txn, charge, now).await?;
            if news {
                count(txn, payment, charge, now).await?;
            }
            if repay::is_known(txn, charge, &seen.refunds).await? {
                return Ok(if news { Applied::Done } else { Applied::Nothing });
            }
            went_away(txn, charge, (seen, "unknown-refund"), now).await
        }
        // Whether the purchase still stands is for a person to say: nothing is booked.
        State::ChargedBack => went_away(txn, charge, (seen, "charged-back"), now).await,
    }
}

/// Money went away that the books know nothing of.
async fn went_away(
    txn: &DatabaseTransaction,
    charge: &charge::Model,
    (seen, reason): (&Seen, &'static str),
    now: DateTime<Utc>,
) -> Result<Applied, CheckoutError> {
    // Of a charge that was paid only a message can tell, and that is kept itself; the others are also asked about.
    if charge.status != ChargeStatus::Paid {
        events::to_review(txn, charge, (seen, reason), now).await?;
        charges::waits(txn, charge, now).await?;
    }
    Ok(Applied::Review(reason))
}

/// The money of a charge pays the purchase, if nothing has paid it; otherwise it is too much and goes back.
async fn count(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    charge: &charge::Model,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    if !payment.status.awaits_money() {
        return Ok(repay::surplus(txn, charge, now).await?);
    }
    // It was paid the way this charge went, whatever the buyer chose after it.
    if payment.method != charge.method {
        set_method(txn, payment, charge.method).await?;
    }
    money_came(txn, payment, By::SYSTEM, now).await
}

/// Pays the open charge of a payment in the sandbox, and takes its message as from any gateway.
pub async fn settle_in_sandbox(
    app: &App,
    buyer: UserId,
    id: PaymentId,
) -> Result<payment::Status, CheckoutError> {
    let payment = query::of_buyer(app.db.read(), buyer, id).await?.ok_or(PaymentError::NotFound)?;
    let charge = charges::newest(app.db.read(), id).await?;
    let sandbox = app.gateways.sandbox().ok_or(PaymentError::WrongMethod)?;
    let charge = charge.filter(|charge| charge.provider == "sandbox").ok_or(PaymentError::WrongMethod)?;
    if charge.status == ChargeStatus::Creating {
        payments::charges::create(app, charge.id).await?;
    }
    let (signature, body) = sandbox.pay(&charge.reference()).await.map_err(PaymentError::Call)?;
    let mut headers = HeaderMap::new();
    let signature = signature.parse().map_err(|_| PaymentError::Webhook(WebhookError::Signature))?;
    headers.insert(crate::platform::gateways::sandbox::SIGNATURE, signature);
    take_message(app, "sandbox", (&headers, body.as_bytes())).await?;
    follow(app, &charge).await?;
    let now = query::of_platform(app.db.read(), payment.id).await?.ok_or(PaymentError::NotFound)?;
    Ok(now.status)
}

/// Looks at everything whose outcome nobody knows, and at charges that wait long.
pub async fn reconcile(app: &App) -> Result<(), CheckoutError> {
    let now = app.now();
    for charge in charges::due(app.db.read(), now, ROUND).await? {
        let done = match charge.status {
            ChargeStatus::Creating => charges::create(app, charge.id).await.map_err(CheckoutError::from),
            ChargeStatus::Closing => charges::close(app, charge.id).await.map_err(CheckoutError::from),
            _ => follow(app, &charge).await.map(|_| ()),
        };
        if let Err(error) = done {
            tracing::warn!(charge.id = %charge.id, error = %error, "a charge cannot be looked at");
        }
    }
    for row in repay::due(app.db.read(), now, ROUND).await? {
        if let Err(error) = repay::pay(app, row.id).await {
            tracing::warn!(repayment.id = %row.id, error = %error, "money cannot be sent back");
        }
    }
    Ok(())
}
