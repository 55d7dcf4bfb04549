//! What gateways say of their own accord: kept as it came, once per event.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set, TryInsertResult};
use serde_json::json;

use crate::app::App;
use crate::kernel::{ChargeId, ProviderEventId, UserId};
use crate::payments::entity::charge;
use crate::payments::entity::event::{self, Column, Entity, Model, Outcome};
use crate::payments::error::PaymentError;
use crate::payments::news;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::gateways::{Event, Seen, State};
use crate::platform::news::tell;

/// Longest text of a gateway that is kept beside its body.
const MAX_TEXT: usize = 200;

/// A text that every database takes.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}

fn name(state: State) -> &'static str {
    match state {
        State::Pending => "pending",
        State::Paid => "paid",
        State::Failed => "failed",
        State::ChargedBack => "charged_back",
    }
}

fn row(
    provider: &str,
    (event_id, seen): (&str, &Seen),
    body: String,
    now: DateTime<Utc>,
) -> event::ActiveModel {
    event::ActiveModel {
        id: Set(ProviderEventId::generate()),
        provider: Set(provider.to_owned()),
        event_id: Set(plain(event_id)),
        reference: Set(plain(&seen.reference)),
        provider_ref: Set(plain(&seen.provider_ref)),
        charge_id: Set(None),
        state: Set(name(seen.state).to_owned()),
        amount: Set(seen.amount),
        currency: Set(plain(&seen.currency)),
        body: Set(body),
        outcome: Set(Outcome::Received),
        reason: Set(None),
        note: Set(None),
        resolved_by: Set(None),
        received_at: Set(now),
        handled_at: Set(None),
    }
}

async fn insert(
    txn: &DatabaseTransaction,
    row: event::ActiveModel,
) -> Result<Option<ProviderEventId>, DbErr> {
    let id = *row.id.as_ref();
    let once = OnConflict::columns([Column::Provider, Column::EventId]).do_nothing().to_owned();
    let made = Entity::insert(row).on_conflict(once).try_insert().exec_without_returning(txn).await?;
    Ok(matches!(made, TryInsertResult::Inserted(1)).then_some(id))
}

/// Keeps a message; nothing if it is known.
pub async fn keep(
    txn: &DatabaseTransaction,
    provider: &str,
    (event, body): (&Event, &[u8]),
    now: DateTime<Utc>,
) -> Result<Option<ProviderEventId>, DbErr> {
    let body = String::from_utf8_lossy(body).into_owned();
    insert(txn, row(provider, (&event.id, &event.seen), body, now)).await
}

/// Puts what a gateway answered about a charge before a person.
pub async fn to_review(
    txn: &DatabaseTransaction,
    charge: &charge::Model,
    (seen, reason): (&Seen, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let amount = seen.amount.map_or_else(String::new, |amount| amount.get().to_string());
    let id = format!("answer:{}:{}:{amount}", charge.id, name(seen.state));
    let mut row = row(&charge.provider, (&id, seen), String::new(), now);
    (row.outcome, row.reason) = (Set(Outcome::Review), Set(Some(reason.to_owned())));
    (row.charge_id, row.handled_at) = (Set(Some(charge.id)), Set(Some(now)));
    if let Some(id) = insert(txn, row).await? {
        tell(txn, &[news::in_review(id, &charge.provider, reason)], now).await?;
    }
    Ok(())
}

/// Says what became of a message.
pub async fn conclude(
    app: &App,
    id: ProviderEventId,
    charge: Option<ChargeId>,
    (outcome, reason): (Outcome, Option<&str>),
) -> Result<(), PaymentError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let concluded = Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(outcome))
        .col_expr(Column::Reason, Expr::value(reason.map(str::to_owned)))
        .col_expr(Column::ChargeId, Expr::value(charge))
        .col_expr(Column::HandledAt, Expr::value(now))
        .filter(Column::Id.eq(id).and(Column::Outcome.eq(Outcome::Received)))
        .exec_with_returning(&txn)
        .await?;
    if let (Some(row), Some(reason), Outcome::Review) = (concluded.first(), reason, outcome) {
        tell(&txn, &[news::in_review(id, &row.provider, reason)], now).await?;
    }
    Ok(app.commit(txn).await?)
}

/// Somebody in finance looked at a message that did not fit.
pub async fn resolve(
    app: &App,
    (finance, who): (UserId, &Who),
    id: ProviderEventId,
    note: String,
) -> Result<Model, PaymentError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let resolved = Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(Outcome::Resolved))
        .col_expr(Column::Note, Expr::value(note))
        .col_expr(Column::ResolvedBy, Expr::value(finance))
        .filter(Column::Id.eq(id).and(Column::Outcome.eq(Outcome::Review)))
        .exec_with_returning(&txn)
        .await?;
    let Some(row) = resolved.into_iter().next() else {
        let known = Entity::find_by_id(id).one(&txn).await?;
        return Err(known.map_or(PaymentError::NotFound, |_| PaymentError::Resolved));
    };
    let detail = json!({"provider": row.provider, "reason": row.reason});
    let deed = Deed { action: "provider_event.resolved", object: ("provider_event", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}
