//! The six digits of an authenticator app (RFC 6238), and the codes for when it is lost.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

use super::reseal::secret_place;
use super::{proof, throttle};
use crate::app::App;
use crate::identity::entity::{api_key, recovery_code, second_factor, session, user};
use crate::identity::error::IdentityError;
use crate::identity::jobs::{AccountSecured, Secured};
use crate::identity::model::{self, Authenticator, Device, RECOVERY_CODES, Shown};
use crate::kernel::{RecoveryCodeId, SessionId, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::platform::jobs::{self, NewJob};
use crate::platform::random;
use crate::platform::sealed::Sealer;
use crate::web::Role;

/// Where codes are kept, for their keyed hashes.
const CODES: &str = "recovery_codes.hash";
const ONE_EACH: Unique = Unique { name: "second_factors_pkey", columns: "second_factors.user_id" };

/// What a person types or photographs into an authenticator app.
pub struct Enrolment {
    /// Base 32.
    pub secret: String,
    /// The same as a URL, for a picture.
    pub url: String,
}

/// Begins to set up a second factor: nothing holds until a first code is shown.
pub async fn begin(app: &App, user_id: UserId, who: Who) -> Result<Enrolment, IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let person = user::Entity::find_by_id(user_id).one(&txn).await?.ok_or(IdentityError::NoSuchAccount)?;
    let account = person.email.or(person.phone).unwrap_or_default();
    let made = Authenticator::new(random::bytes(), &account).ok_or(IdentityError::BrokenFactor)?;
    second_factor::Entity::delete_many()
        .filter(second_factor::Column::UserId.eq(user_id))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        .exec(&txn)
        .await?;
    let row = second_factor::ActiveModel {
        user_id: Set(user_id),
        secret_sealed: Set(app.sealer.seal(&secret_place(user_id), &made.secret())?),
        last_step: Set(0),
        created_at: Set(now),
        confirmed_at: Set(None),
    };
    second_factor::Entity::insert(row).exec_without_returning(&txn).await.map_err(|error| {
        if ONE_EACH.broken_by(&error) { IdentityError::SecondFactorExists } else { error.into() }
    })?;
    record(app, &txn, &who, (user_id, "second_factor.begun", json!({}))).await?;
    txn.commit().await?;
    let url = made.url().ok_or(IdentityError::BrokenFactor)?;
    Ok(Enrolment { secret: made.secret(), url })
}

/// Ends setting up: with a first code the factor holds, in this session at once. Gives the recovery codes, this once.
pub async fn confirm(
    app: &App,
    user_id: UserId,
    session_id: SessionId,
    code: &str,
    who: Who,
) -> Result<Vec<String>, IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let factor = second_factor::Entity::find_by_id(user_id).one(&txn).await?;
    let factor = factor.ok_or(IdentityError::NoSecondFactor)?;
    if factor.confirmed_at.is_some() {
        return Err(IdentityError::SecondFactorExists);
    }
    let step = matching_step(&app.sealer, &factor, &Shown::parse(code), now)?;
    let step = step.ok_or(IdentityError::WrongProof("/code"))?;
    let confirmed = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::ConfirmedAt, Expr::value(now))
        .col_expr(second_factor::Column::LastStep, Expr::value(step))
        .filter(second_factor::Column::UserId.eq(user_id))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        // Not one that was begun anew in the meantime.
        .filter(second_factor::Column::SecretSealed.eq(factor.secret_sealed.as_str()))
        .exec(&txn)
        .await?;
    if confirmed.rows_affected != 1 {
        return Err(IdentityError::WrongProof("/code"));
    }
    session::Entity::update_many()
        .col_expr(session::Column::SecondFactor, Expr::value(true))
        .filter(session::Column::Id.eq(session_id))
        .exec(&txn)
        .await?;
    let codes = replace_codes(&txn, &app.sealer, user_id, now).await?;
    record(app, &txn, &who, (user_id, "second_factor.enabled", json!({}))).await?;
    tell(&txn, user_id, Secured::FactorOn, now).await?;
    txn.commit().await?;
    Ok(codes)
}

/// Takes the second factor away from who can show it once more; whatever was opened with it counts without it from now on.
pub async fn remove(
    app: &App,
    user_id: UserId,
    code: &str,
    device: &Device,
    who: Who,
) -> Result<(), IdentityError> {
    let guess = proof::admit_signed_in(app, user_id, device).await?;
    let txn = app.db.begin().await?;
    if !show(&txn, &app.sealer, user_id, code, app.now()).await? {
        return Err(IdentityError::WrongProof("/code"));
    }
    forget(&txn, user_id).await?;
    throttle::clear(&txn, &guess).await?;
    record(app, &txn, &who, (user_id, "second_factor.disabled", json!({}))).await?;
    tell(&txn, user_id, Secured::FactorOff, app.now()).await?;
    txn.commit().await?;
    Ok(())
}

/// Replaces the recovery codes and gives the new ones, this once.
pub async fn renew_codes(app: &App, user_id: UserId, who: Who) -> Result<Vec<String>, IdentityError> {
    let txn = app.db.begin().await?;
    confirmed(&txn, user_id).await?.ok_or(IdentityError::NoSecondFactor)?;
    let codes = replace_codes(&txn, &app.sealer, user_id, app.now()).await?;
    record(app, &txn, &who, (user_id, "recovery_codes.renewed", json!({}))).await?;
    txn.commit().await?;
    Ok(codes)
}

/// Checks the code of a login. Tells whether a second factor was shown; without one set up there is nothing to show.
/// Both refusals are for whoever counts attempts: a missing code follows a right password, a wrong one is a wrong login.
pub async fn check(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    user_id: UserId,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, IdentityError> {
    if confirmed(txn, user_id).await?.is_none() {
        return Ok(false);
    }
    let code = code.filter(|code| !code.trim().is_empty()).ok_or(IdentityError::TotpRequired)?;
    if show(txn, sealer, user_id, code, now).await? { Ok(true) } else { Err(IdentityError::LoginFailed) }
}

/// True if the code is good; it never is again.
pub(super) async fn show(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    user_id: UserId,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, IdentityError> {
    let factor = confirmed(txn, user_id).await?.ok_or(IdentityError::NoSecondFactor)?;
    match Shown::parse(code) {
        Shown::Recovery(code) => spend_code(txn, sealer, user_id, &code, now).await,
        digits => match matching_step(sealer, &factor, &digits, now)? {
            Some(step) => Ok(spend_step(txn, user_id, step).await?),
            None => Ok(false),
        },
    }
}

/// The condition refuses a code that was used before, also by a twin of this request.
async fn spend_step(txn: &DatabaseTransaction, user_id: UserId, step: i64) -> Result<bool, DbErr> {
    let spent = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::LastStep, Expr::value(step))
        .filter(second_factor::Column::UserId.eq(user_id))
        .filter(
            second_factor::Column::LastStep.lt(step).and(second_factor::Column::ConfirmedAt.is_not_null()),
        )
        .exec(txn)
        .await?;
    Ok(spent.rows_affected == 1)
}

async fn spend_code(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    user_id: UserId,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, IdentityError> {
    let spent = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(now))
        .filter(recovery_code::Column::UserId.eq(user_id))
        .filter(recovery_code::Column::Hash.is_in(code_hashes(sealer, user_id, code)))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(txn)
        .await?;
    if spent.rows_affected != 1 {
        return Ok(false);
    }
    let who = Who { actor: Some(user_id), acting_as: Role::Buyer.label(), ..Who::default() };
    let deed = Deed { action: "recovery_code.used", object: ("user", user_id.into()), detail: json!({}) };
    audit::record(txn, sealer, &who, deed, now).await?;
    Ok(true)
}

async fn confirmed(
    txn: &DatabaseTransaction,
    user_id: UserId,
) -> Result<Option<second_factor::Model>, DbErr> {
    let factor = second_factor::Entity::find_by_id(user_id).one(txn).await?;
    Ok(factor.filter(|factor| factor.confirmed_at.is_some()))
}

fn matching_step(
    sealer: &Sealer,
    factor: &second_factor::Model,
    shown: &Shown,
    now: DateTime<Utc>,
) -> Result<Option<i64>, IdentityError> {
    let Shown::Digits(digits) = shown else {
        return Ok(None);
    };
    let secret = sealer.open(&secret_place(factor.user_id), &factor.secret_sealed)?;
    let app = Authenticator::read(&secret).ok_or(IdentityError::BrokenFactor)?;
    Ok(app.step(digits, now))
}

async fn replace_codes(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<String>, DbErr> {
    drop_codes(txn, user_id).await?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| model::recovery_code(random::bytes())).collect();
    let rows = codes.iter().map(|code| {
        let plain = code.replace('-', "");
        recovery_code::ActiveModel {
            id: Set(RecoveryCodeId::generate()),
            user_id: Set(user_id),
            hash: Set(sealer.index(CODES, &keyed(user_id, &plain))),
            created_at: Set(now),
            used_at: Set(None),
        }
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(codes)
}

async fn drop_codes(txn: &DatabaseTransaction, user_id: UserId) -> Result<(), DbErr> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id)).exec(txn).await?;
    Ok(())
}

/// Takes away the factor, its codes, and what sessions and keys had by it.
pub(super) async fn forget(txn: &DatabaseTransaction, user_id: UserId) -> Result<(), DbErr> {
    drop_codes(txn, user_id).await?;
    second_factor::Entity::delete_by_id(user_id).exec(txn).await?;
    session::Entity::update_many()
        .col_expr(session::Column::SecondFactor, Expr::value(false))
        .filter(session::Column::UserId.eq(user_id))
        .exec(txn)
        .await?;
    api_key::Entity::update_many()
        .col_expr(api_key::Column::SecondFactor, Expr::value(false))
        .filter(api_key::Column::UserId.eq(user_id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Queues the message that says so to the owner.
pub(super) async fn tell(
    txn: &DatabaseTransaction,
    user_id: UserId,
    what: Secured,
    now: DateTime<Utc>,
) -> Result<(), IdentityError> {
    let job = AccountSecured { user_id, what };
    Ok(jobs::enqueue(txn, vec![NewJob::now(now, &job)?]).await?)
}

/// What is hashed of a code: too short to be safe under a plain hash, it is keyed; and bound to the person.
fn keyed(user_id: UserId, code: &str) -> String {
    format!("{user_id}:{code}")
}

/// The hashes that a code may be stored under; a code outlives the key it was made with.
fn code_hashes(sealer: &Sealer, user_id: UserId, code: &str) -> Vec<String> {
    let keyed = keyed(user_id, code);
    let mut hashes = sealer.previous_indexes(CODES, &keyed);
    hashes.push(sealer.index(CODES, &keyed));
    hashes
}

async fn record(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    (user_id, action, detail): (UserId, &'static str, Value),
) -> Result<(), DbErr> {
    let deed = Deed { action, object: ("user", user_id.into()), detail };
    audit::record(txn, &app.sealer, who, deed, app.now()).await
}
