//! Addresses of people: showing whose they are, and changing them with the consent of both ends.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts::taken;
use super::throttle::{self, Counter};
use super::{proof, secrets, sessions};
use crate::app::App;
use crate::identity::entity::{contact_change, one_time_token, user};
use crate::identity::error::IdentityError;
use crate::identity::jobs::{ContactChanged, SendChange};
use crate::identity::model::{Device, Login, Purpose};
use crate::identity::query;
use crate::kernel::fields::Fault;
use crate::kernel::{ContactChangeId, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{self, NewJob};
use crate::platform::person;
use crate::web::Caller;

/// What people typed in is forgotten after this.
const KEEP: Duration = Duration::days(30);

const PURPOSES: [Purpose; 2] = [Purpose::ChangeNew, Purpose::ChangeOld];

/// Takes the link of a mail: the address is the person's own.
pub async fn verify_email(app: &App, who: &Who, token: &str) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let taken = secrets::take_link(&txn, &[Purpose::VerifyEmail], token, now).await?;
    let taken = taken.ok_or(IdentityError::SecretRefused)?;
    if !verify(&txn, &taken, now).await? {
        return Err(IdentityError::SecretRefused);
    }
    audit::record(&txn, &app.sealer, who, verified(&taken), now).await?;
    txn.commit().await?;
    Ok(())
}

fn verified(shown: &one_time_token::Model) -> Deed {
    let detail = json!({"kind": kind(shown.sent_to.contains('@'))});
    Deed { action: "contact.verified", object: ("user", shown.user_id.0), detail }
}

/// Takes the code that went to the phone of somebody who is signed in.
pub async fn verify_phone(app: &App, who: &Who, user_id: UserId, code: &str) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let user = query::lock_user(&txn, user_id).await?.ok_or(IdentityError::NoSuchAccount)?;
    let phone = user.phone.unwrap_or_default();
    let of = (user_id, Purpose::VerifyPhone, phone.as_str());
    let Some(right) = secrets::try_code(app, &txn, of, code).await? else {
        txn.commit().await?;
        return Err(IdentityError::SecretRefused);
    };
    if !secrets::take(&txn, right.id, now).await? || !verify(&txn, &right, now).await? {
        return Err(IdentityError::SecretRefused);
    }
    audit::record(&txn, &app.sealer, who, verified(&right), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Notes that the address a secret went to is the person's own; false if the person has another one by now.
pub(super) async fn verify(
    txn: &DatabaseTransaction,
    shown: &one_time_token::Model,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let (address, verified_at) = columns(shown.sent_to.contains('@'));
    let verified = user::Entity::update_many()
        .col_expr(verified_at, Expr::col(verified_at).if_null(Expr::value(now)))
        .filter(user::Column::Id.eq(shown.user_id))
        .filter(address.eq(shown.sent_to.as_str()))
        .exec(txn)
        .await?;
    Ok(verified.rows_affected == 1)
}

fn columns(is_email: bool) -> (user::Column, user::Column) {
    if is_email {
        (user::Column::Email, user::Column::EmailVerifiedAt)
    } else {
        (user::Column::Phone, user::Column::PhoneVerifiedAt)
    }
}

fn kind(is_email: bool) -> &'static str {
    if is_email { "email" } else { "phone" }
}

/// Asks for a new address of somebody who shows the password; nothing changes before both ends agree.
pub async fn ask(
    app: &App,
    who: &Who,
    caller: &Caller,
    (to, password): (Login, SecretString),
    device: &Device,
) -> Result<ContactChangeId, IdentityError> {
    let shown = proof::show_password(app, caller.user_id, (password, "/password"), device).await?;
    let is_email = matches!(to, Login::Email(_));
    let old = if is_email { shown.user.email } else { shown.user.phone };
    if old.as_deref() == Some(to.as_str()) {
        let fault = Fault::new("same", "Ini sudah alamat Anda.", "This is your address already.");
        return Err(IdentityError::Field(fault.at(format!("/{}", kind(is_email)))));
    }
    // Nobody fills the mailbox or the phone of somebody else, nor gets ever new codes to guess.
    throttle::pass(app, &Counter::codes(app, to.as_str(), device)).await?;
    let now = app.now();
    let id = ContactChangeId::generate();
    let row = contact_change::ActiveModel {
        id: Set(id),
        user_id: Set(caller.user_id),
        kind: Set(kind(is_email).to_owned()),
        new_value: Set(to.as_str().to_owned()),
        old_value: Set(old.clone()),
        new_confirmed_at: Set(None),
        old_confirmed_at: Set(None),
        session_id: Set(caller.session_id()),
        created_at: Set(now),
        expires_at: Set(now + Duration::from_std(app.config.auth.link_ttl).unwrap_or(Duration::hours(1))),
        done_at: Set(None),
    };
    let txn = app.db.begin().await?;
    query::lock_user(&txn, caller.user_id).await?;
    drop_earlier(&txn, caller.user_id, now).await?;
    contact_change::Entity::insert(row).exec_without_returning(&txn).await?;
    let detail = commitments(app, &txn, caller.user_id, (is_email, to.as_str(), old.as_deref())).await?;
    let deed = Deed { action: "contact.change_asked", object: ("user", caller.user_id.0), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    jobs::enqueue(&txn, vec![NewJob::now(now, &SendChange { change_id: id })?]).await?;
    throttle::clear(&txn, &shown.guess).await?;
    app.commit(txn).await?;
    Ok(id)
}

/// The last wish counts.
async fn drop_earlier(txn: &DatabaseTransaction, user_id: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    contact_change::Entity::update_many()
        .col_expr(contact_change::Column::ExpiresAt, Expr::value(now))
        .filter(contact_change::Column::UserId.eq(user_id))
        .filter(contact_change::Column::DoneAt.is_null().and(contact_change::Column::ExpiresAt.gt(now)))
        .exec(txn)
        .await?;
    Ok(())
}

/// What shows that one end agrees.
pub enum Consent {
    /// The link of a mail.
    Link(String),
    /// The code on a phone.
    Code(ContactChangeId, String),
}

/// One end agrees; with the second one the account has its new address. True when that is so.
pub async fn confirm(app: &App, who: &Who, consent: Consent) -> Result<bool, IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let shown = match &consent {
        Consent::Link(token) => secrets::take_link(&txn, &PURPOSES, token, now).await?,
        Consent::Code(change_id, code) => {
            let change = contact_change::Entity::find_by_id(*change_id).one(&txn).await?;
            query::lock_user(&txn, change.map_or(UserId(Uuid::nil()), |change| change.user_id)).await?;
            secrets::try_change_code(app, &txn, *change_id, code).await?
        }
    };
    let Some(shown) = shown else {
        // A try of a code must stay counted.
        txn.commit().await?;
        return Err(IdentityError::SecretRefused);
    };
    if matches!(consent, Consent::Code(..)) && !secrets::take(&txn, shown.id, now).await? {
        return Err(IdentityError::SecretRefused);
    }
    let change = agree(&txn, &shown, now).await?.ok_or(IdentityError::SecretRefused)?;
    let both = change.new_confirmed_at.is_some()
        && (change.old_confirmed_at.is_some() || change.old_value.is_none());
    if both {
        carry_out(app, &txn, who, &change).await?;
    }
    app.commit(txn).await?;
    Ok(both)
}

async fn agree(
    txn: &DatabaseTransaction,
    shown: &one_time_token::Model,
    now: DateTime<Utc>,
) -> Result<Option<contact_change::Model>, DbErr> {
    use contact_change::Column;
    let end = if shown.purpose == Purpose::ChangeNew.name() {
        Column::NewConfirmedAt
    } else {
        Column::OldConfirmedAt
    };
    let agreed = contact_change::Entity::update_many()
        .col_expr(end, Expr::value(now))
        .filter(Column::Id.eq(shown.change_id))
        .filter(Column::DoneAt.is_null().and(Column::ExpiresAt.gt(now)))
        .exec_with_returning(txn)
        .await?;
    Ok(agreed.into_iter().next())
}

async fn carry_out(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    change: &contact_change::Model,
) -> Result<(), IdentityError> {
    let now = app.now();
    let is_email = change.kind == kind(true);
    let (address, verified_at) = columns(is_email);
    let unchanged = match &change.old_value {
        Some(old) => address.eq(old.as_str()),
        None => address.is_null(),
    };
    let changed = user::Entity::update_many()
        .col_expr(address, Expr::value(change.new_value.as_str()))
        .col_expr(verified_at, Expr::value(now))
        .filter(user::Column::Id.eq(change.user_id))
        .filter(user::Column::Status.eq(user::Status::Active))
        .filter(unchanged)
        .exec(txn)
        .await
        .map_err(taken)?;
    if changed.rows_affected != 1 {
        return Err(IdentityError::SecretRefused);
    }
    contact_change::Entity::update_many()
        .col_expr(contact_change::Column::DoneAt, Expr::value(now))
        .filter(contact_change::Column::Id.eq(change.id))
        .exec(txn)
        .await?;
    secrets::void_all(txn, change.user_id, now).await?;
    sessions::end_others(txn, change.user_id, change.session_id, now).await?;
    let values = (is_email, change.new_value.as_str(), change.old_value.as_deref());
    let detail = commitments(app, txn, change.user_id, values).await?;
    let deed = Deed { action: "contact.changed", object: ("user", change.user_id.0), detail };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    let told = ContactChanged { change_id: change.id };
    jobs::enqueue(txn, vec![NewJob::now(now, &told)?]).await?;
    Ok(())
}

/// Before and after, as nobody can read them who has not the value to compare.
async fn commitments(
    app: &App,
    txn: &DatabaseTransaction,
    user_id: UserId,
    (is_email, new, old): (bool, &str, Option<&str>),
) -> Result<Value, IdentityError> {
    let key = person::key(txn, &app.sealer, user_id, app.now()).await?;
    let column = if is_email { "users.email" } else { "users.phone" };
    let before = old.map(|old| key.index(column, old));
    Ok(json!({"kind": kind(is_email), "before": before, "after": key.index(column, new)}))
}

/// Forgets changes that are long over: they hold addresses.
pub async fn forget(app: &App) -> Result<u64, DbErr> {
    let txn = app.db.begin().await?;
    let gone = contact_change::Entity::delete_many()
        .filter(contact_change::Column::ExpiresAt.lt(app.now() - KEEP))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}
