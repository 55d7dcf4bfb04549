//! What operators do with accounts: roles on the platform, blocking.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{members, roles, sessions};
use crate::app::App;
use crate::identity::entity::user::{self, Status};
use crate::identity::error::MemberError;
use crate::identity::query::members::{self as query, Known};
use crate::kernel::UserId;
use crate::platform::audit::{self, Deed, Who};
use crate::web::Role;

/// Gives a role on the platform. Held already is fine.
pub async fn give_role(app: &App, who: &Who, user_id: UserId, role: Role) -> Result<Known, MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    members::locked_by_operator(&txn, who, now).await?;
    there(&txn, user_id).await?;
    let given = roles::appoint(&txn, roles::Appointment::plain(user_id, role, Uuid::nil()), now).await?;
    if given.is_some() {
        let deed = Deed {
            action: "role.granted",
            object: ("user", user_id.into()),
            detail: json!({"role": role.label()}),
        };
        audit::record(&txn, &app.sealer, who, deed, now).await?;
    }
    let known = query::person(&txn, user_id).await?.ok_or(MemberError::NotFound)?;
    app.commit(txn).await?;
    Ok(known)
}

/// Takes a role on the platform away.
pub async fn take_role(app: &App, who: &Who, user_id: UserId, role: Role) -> Result<(), MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    members::locked_by_operator(&txn, who, now).await?;
    if !roles::revoke(&txn, user_id, role, Uuid::nil(), now).await? {
        return Err(MemberError::NotFound);
    }
    let deed = Deed {
        action: "role.revoked",
        object: ("user", user_id.into()),
        detail: json!({"role": role.label()}),
    };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(())
}

/// Keeps a person out, at once and everywhere.
pub async fn block(app: &App, who: &Who, user_id: UserId) -> Result<Known, MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    members::locked_by_operator(&txn, who, now).await?;
    members::keep_an_operator(&txn, user_id, now).await?;
    there(&txn, user_id).await?;
    if turn(&txn, user_id, Status::Active, Status::Blocked).await? {
        sessions::end_others(&txn, user_id, None, now).await?;
        let deed = Deed { action: "user.blocked", object: ("user", user_id.into()), detail: json!({}) };
        audit::record(&txn, &app.sealer, who, deed, now).await?;
    }
    let known = query::person(&txn, user_id).await?.ok_or(MemberError::NotFound)?;
    app.commit(txn).await?;
    Ok(known)
}

/// Lets a person in again.
pub async fn unblock(app: &App, who: &Who, user_id: UserId) -> Result<Known, MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    members::locked_by_operator(&txn, who, now).await?;
    there(&txn, user_id).await?;
    if turn(&txn, user_id, Status::Blocked, Status::Active).await? {
        let deed = Deed { action: "user.unblocked", object: ("user", user_id.into()), detail: json!({}) };
        audit::record(&txn, &app.sealer, who, deed, now).await?;
    }
    let known = query::person(&txn, user_id).await?.ok_or(MemberError::NotFound)?;
    app.commit(txn).await?;
    Ok(known)
}

/// An erased person is nobody any more.
async fn there(txn: &DatabaseTransaction, user_id: UserId) -> Result<(), MemberError> {
    let user = user::Entity::find_by_id(user_id).one(txn).await?;
    user.filter(|user| user.status != Status::Erased).map(drop).ok_or(MemberError::NotFound)
}

async fn turn(
    txn: &DatabaseTransaction,
    user_id: UserId,
    from: Status,
    to: Status,
) -> Result<bool, MemberError> {
    let turned = user::Entity::update_many()
        .col_expr(user::Column::Status, Expr::value(to))
        .filter(user::Column::Id.eq(user_id))
        .filter(user::Column::Status.eq(from))
        .exec(txn)
        .await?;
    Ok(turned.rows_affected == 1)
}
