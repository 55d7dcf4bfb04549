//! Signing in.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use secrecy::SecretString;

use super::sessions::{self, Signed};
use crate::app::App;
use crate::identity::entity::user;
use crate::identity::error::IdentityError;
use crate::identity::model::{Device, Login};
use crate::identity::query;

/// Opens a session. Unknown accounts, wrong passwords and blocked people are told apart by nobody.
pub async fn login(
    app: &App,
    login: Option<Login>,
    password: SecretString,
    device: &Device,
) -> Result<Signed, IdentityError> {
    let account = match &login {
        Some(login) => query::account(app.db.read(), login).await?,
        None => None,
    };
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let verdict = app.passwords.verify(password, stored).await?;
    let account = account
        .filter(|account| verdict.right && account.status == user::Status::Active)
        .ok_or(IdentityError::LoginFailed)?;

    let txn = app.db.begin().await?;
    if let Some(renewed) = verdict.renewed {
        renew_hash(&txn, &account, renewed).await?;
    }
    let signed = sessions::start(app, &txn, account.id, device).await?;
    txn.commit().await?;
    Ok(signed)
}

/// Replaces the hash that was compared with; a password changed meanwhile stays changed.
async fn renew_hash(txn: &DatabaseTransaction, account: &user::Model, renewed: String) -> Result<(), DbErr> {
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(renewed))
        .filter(user::Column::Id.eq(account.id))
        .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()))
        .exec(txn)
        .await?;
    Ok(())
}
