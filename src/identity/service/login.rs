//! Signing in.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;

use super::second_factor;
use super::secrets;
use super::sessions::{self, Signed};
use super::throttle::{self, Guess};
use super::{contacts, proof};
use crate::app::App;
use crate::identity::entity::user;
use crate::identity::error::IdentityError;
use crate::identity::model::{Device, Login, Purpose};
use crate::identity::query;
use crate::platform::audit::{self, Deed, Who};

/// What somebody signs in with.
pub struct Attempt<'a> {
    /// As it was typed in.
    pub login: &'a str,
    /// What proves it.
    pub proof: Proof,
    /// Code of the second factor.
    pub totp: Option<&'a str>,
}

/// One of two ways.
pub enum Proof {
    /// What the person knows.
    Password(SecretString),
    /// What was sent to the phone.
    Code(String),
}

/// Opens a session. Unknown accounts, wrong passwords and blocked people are told apart by nobody.
pub async fn login(
    app: &App,
    who: &Who,
    attempt: Attempt<'_>,
    device: &Device,
) -> Result<Signed, IdentityError> {
    let login = Login::parse(attempt.login);
    let guess = Guess::new(app, &Login::key(login.as_ref(), attempt.login), device);
    let account = proof::admit(app, login.as_ref(), &guess, device, who).await?;
    let entry = Entry { app, who, device, totp: attempt.totp, guess };
    match attempt.proof {
        Proof::Password(password) => entry.by_password(account, password).await,
        Proof::Code(code) => entry.by_code(account, login, &code).await,
    }
}

/// A counted attempt on its way in.
struct Entry<'a> {
    app: &'a App,
    who: &'a Who,
    device: &'a Device,
    totp: Option<&'a str>,
    guess: Guess,
}

impl Entry<'_> {
    async fn by_password(
        &self,
        mut account: Option<user::Model>,
        password: SecretString,
    ) -> Result<Signed, IdentityError> {
        let app = self.app;
        for _ in 0..2 {
            let stored = account.as_ref().map(|account| account.password_hash.clone());
            let verdict = app.passwords.verify(password.clone(), stored).await?;
            let shown = active(account.filter(|_| verdict.right))?;
            let txn = app.db.begin().await?;
            let locked = active(query::lock_user(&txn, shown.id).await?)?;
            if locked.password_hash == shown.password_hash {
                if let Some(renewed) = verdict.renewed {
                    renew_hash(&txn, &locked, renewed).await?;
                }
                let signed = self.open(&txn, &locked, "password").await?;
                app.commit(txn).await?;
                return Ok(signed);
            }
            // Replaced, or hashed anew, at this very moment: the new hash decides.
            account = Some(locked);
        }
        Err(IdentityError::LoginFailed)
    }

    async fn by_code(
        &self,
        account: Option<user::Model>,
        login: Option<Login>,
        code: &str,
    ) -> Result<Signed, IdentityError> {
        let (app, now) = (self.app, self.app.now());
        let Some(Login::Phone(phone)) = login else {
            return Err(IdentityError::LoginFailed);
        };
        let user_id = proof::id_or_nobody(account.as_ref());
        let txn = app.db.begin().await?;
        let account = query::lock_user(&txn, user_id).await?;
        let of = (user_id, Purpose::LoginCode, phone.as_str());
        let Some(right) = secrets::try_code(app, &txn, of, code).await? else {
            // The try must stay counted.
            txn.commit().await?;
            return Err(IdentityError::LoginFailed);
        };
        let account = active(account)?;
        if !secrets::take(&txn, right.id, now).await? || !contacts::verify(&txn, &right, now).await? {
            return Err(IdentityError::LoginFailed);
        }
        let signed = self.open(&txn, &account, "code").await?;
        app.commit(txn).await?;
        Ok(signed)
    }

    async fn open(
        &self,
        txn: &DatabaseTransaction,
        account: &user::Model,
        by: &str,
    ) -> Result<Signed, IdentityError> {
        let (app, totp, now) = (self.app, self.totp, self.app.now());
        let shown = second_factor::check(txn, &app.sealer, account.id, totp, now).await?;
        let signed = sessions::start(app, txn, account.id, self.device, shown).await?;
        let who = Who { actor: Some(account.id), acting_as: "buyer".to_owned(), ..self.who.clone() };
        let detail = json!({"by": by, "second_factor": shown});
        let deed = Deed { action: "session.opened", object: ("session", signed.session_id.0), detail };
        audit::record(txn, &app.sealer, &who, deed, now).await?;
        throttle::clear(txn, &self.guess).await?;
        Ok(signed)
    }
}

fn active(account: Option<user::Model>) -> Result<user::Model, IdentityError> {
    account.filter(|account| account.status == user::Status::Active).ok_or(IdentityError::LoginFailed)
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
