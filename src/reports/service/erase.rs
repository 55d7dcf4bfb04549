//! Forgetting a person, in one transaction: who it was goes, what the books need stays.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::cart;
use crate::catalog;
use crate::documents;
use crate::identity::entity::user;
use crate::identity::jobs::SendRequested;
use crate::identity::service::{erase as account, members, proof};
use crate::identity::{IdentityError, MemberError};
use crate::kernel::UserId;
use crate::notifications::service::own as notices;
use crate::orders;
use crate::payments;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::{jobs, person};
use crate::reports::error::ReportError;
use crate::web::idempotency;

/// Who is to be forgotten, and why.
pub struct Erasing {
    /// Whom.
    pub user_id: UserId,
    /// The hash of the password that was shown; nothing if somebody else decides.
    pub shown: Option<String>,
    /// What an operator says about it.
    pub reason: Option<String>,
}

/// Forgets a person. What was sealed under the person's key is unreadable from then on, wherever copies lie.
pub async fn erase(app: &App, who: &Who, erasing: Erasing) -> Result<(), ReportError> {
    let now = app.now();
    let no_password = account::no_password(app).await?;
    let txn = app.db.begin().await?;
    // Members are locked before any account, as everywhere.
    let shops = members::may_go(&txn, erasing.user_id, now).await.map_err(IdentityError::from)?;
    let person = account::lock(&txn, erasing.user_id).await?;
    // Made an owner at this very moment: those members are not locked.
    if members::owned(&txn, person.id).await? != shops {
        return Err(IdentityError::from(MemberError::LastOwner).into());
    }
    if erasing.shown.is_some_and(|shown| shown != person.password_hash) {
        return Err(proof::wrong_password("/password").into());
    }
    if orders::query::under_way(&txn, person.id).await? {
        return Err(ReportError::OrdersUnderWay);
    }
    if payments::query::owed(&txn, person.id).await? {
        return Err(ReportError::MoneyOwed);
    }
    write_down(app, &txn, who, (&person, erasing.reason), now).await?;
    forget(app, &txn, &person, no_password, now).await?;
    app.commit(txn).await?;
    Ok(())
}

async fn forget(
    app: &App,
    txn: &DatabaseTransaction,
    person: &user::Model,
    no_password: String,
    now: DateTime<Utc>,
) -> Result<(), ReportError> {
    for reached in [&person.email, &person.phone].into_iter().flatten() {
        jobs::forget_mentioning(txn, reached).await?;
        for mark in SendRequested::marks(app, reached) {
            jobs::forget_mentioning(txn, &mark).await?;
        }
    }
    account::forget(txn, person, no_password, now).await?;
    cart::service::forget(txn, person.id).await?;
    catalog::service::forget_reporter(txn, person.id).await?;
    orders::service::forget_buyer(txn, person.id, now).await?;
    payments::service::forget_buyer(txn, person.id, now).await?;
    notices::forget_person(txn, person.id).await?;
    documents::service::forget::forget_buyer(txn, person.id, now).await?;
    idempotency::forget_person(txn, person.id).await?;
    person::destroy(txn, person.id).await?;
    Ok(())
}

/// Commits to who it was under a key that is then destroyed: the row proves nothing about anybody any more.
async fn write_down(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    (person, reason): (&user::Model, Option<String>),
    now: DateTime<Utc>,
) -> Result<(), ReportError> {
    let key = person::key(txn, &app.sealer, person.id, now).await?;
    let mut detail = Map::new();
    for (name, column, value) in
        [("email", "users.email", &person.email), ("phone", "users.phone", &person.phone)]
    {
        let commitment = value.as_ref().map(|value| key.index(column, value));
        detail.insert(name.to_owned(), commitment.map_or(Value::Null, Value::String));
    }
    detail.insert("reason".to_owned(), json!(reason));
    let deed = Deed { action: "person.erased", object: ("user", person.id.into()), detail: detail.into() };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    Ok(())
}
