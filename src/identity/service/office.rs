//! What the command line does with accounts and roles; each a transaction of its own.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::json;
use uuid::Uuid;

use super::{accounts, roles, second_factor, sessions};
use crate::app::App;
use crate::identity::entity::work_unit;
use crate::identity::error::IdentityError;
use crate::identity::jobs::Secured;
use crate::identity::model::{Login, Registration};
use crate::identity::query;
use crate::kernel::{UserId, WorkUnitId};
use crate::platform::audit::{self, Deed, Who};
use crate::web::Role;
use crate::web::authz::Scope;

/// Makes an account that holds a role.
pub async fn create(app: &App, form: Registration, role: Role) -> Result<UserId, IdentityError> {
    let hash = app.passwords.hash(form.password).await?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let user = accounts::create(&txn, form.person, hash, now).await?;
    roles::grant(&txn, user.id, role, Uuid::nil(), now).await?;
    record(app, &txn, ("role.granted", user.id), (role, Uuid::nil()), now).await?;
    txn.commit().await?;
    Ok(user.id)
}

/// Gives a role on the platform or in a work unit.
pub async fn grant(app: &App, login: Login, role: Role, unit: Option<&str>) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (user_id, place) = who_and_where(&txn, &login, role, unit).await?;
    roles::grant(&txn, user_id, role, place, now).await?;
    record(app, &txn, ("role.granted", user_id), (role, place), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes such a role away; the last operator stays one.
pub async fn revoke(app: &App, login: Login, role: Role, unit: Option<&str>) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (user_id, place) = who_and_where(&txn, &login, role, unit).await?;
    if roles::revoke(&txn, user_id, role, place, now).await? {
        record(app, &txn, ("role.revoked", user_id), (role, place), now).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Takes the second factor away from somebody who lost it with all codes, and ends all sessions.
pub async fn lose_factor(app: &App, login: Login) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let account = query::account(&txn, &login).await?;
    let user_id = account.ok_or(IdentityError::NoSuchAccount)?.id;
    second_factor::forget(&txn, user_id).await?;
    sessions::end_others(&txn, user_id, None, now).await?;
    let deed = Deed { action: "second_factor.disabled", object: ("user", user_id.into()), detail: json!({}) };
    audit::record(&txn, &app.sealer, &Who::system(), deed, now).await?;
    second_factor::tell(&txn, user_id, Secured::FactorOff, now).await?;
    txn.commit().await?;
    Ok(())
}

/// Makes a work unit.
pub async fn create_unit(app: &App, code: &str, name: &str) -> Result<WorkUnitId, IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let id = roles::create_unit(&txn, (code, name, work_unit::Kind::default()), now).await?;
    let deed =
        Deed { action: "work_unit.created", object: ("work_unit", id.into()), detail: json!({"code": code}) };
    audit::record(&txn, &app.sealer, &Who::system(), deed, now).await?;
    txn.commit().await?;
    Ok(id)
}

async fn record(
    app: &App,
    txn: &DatabaseTransaction,
    (action, user_id): (&'static str, UserId),
    (role, place): (Role, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let detail = json!({"role": role.label(), "scope_id": place});
    let deed = Deed { action, object: ("user", user_id.into()), detail };
    audit::record(txn, &app.sealer, &Who::system(), deed, now).await
}

async fn who_and_where(
    txn: &DatabaseTransaction,
    login: &Login,
    role: Role,
    unit: Option<&str>,
) -> Result<(UserId, Uuid), IdentityError> {
    let account = query::account(txn, login).await?;
    let user_id = account.ok_or(IdentityError::NoSuchAccount)?.id;
    let place = match (role.scope(), unit) {
        (Scope::Unit, Some(code)) => {
            query::work_unit(txn, code).await?.ok_or(IdentityError::NoSuchWorkUnit)?.id.into()
        }
        (Scope::Unit, None) => return Err(IdentityError::NoSuchWorkUnit),
        _ => Uuid::nil(),
    };
    Ok((user_id, place))
}
