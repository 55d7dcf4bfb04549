//! Showing the password or a code once more, for what needs it to have been a short while ago.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;

use super::{proof, second_factor, throttle};
use crate::app::App;
use crate::identity::entity::session;
use crate::identity::error::IdentityError;
use crate::identity::model::Device;
use crate::kernel::fields::Fault;
use crate::kernel::{SessionId, UserId};
use crate::platform::audit::{self, Deed, Who};

/// What a person shows.
pub enum Proof {
    /// The password of the account.
    Password(SecretString),
    /// A code of the second factor.
    Code(String),
}

fn code_wanted() -> IdentityError {
    let fault = Fault::new(
        "totp-required",
        "Masukkan kode dari aplikasi autentikator atau kode pemulihan.",
        "Enter the code of your authenticator app or a recovery code.",
    );
    IdentityError::Field(fault.at("/totp"))
}

/// Notes that the person behind a session is still the one who opened it.
pub async fn step_up(
    app: &App,
    (user_id, session_id): (UserId, SessionId),
    proof: Proof,
    device: &Device,
    who: Who,
) -> Result<(), IdentityError> {
    let shown = match proof {
        Proof::Password(password) => {
            // Whoever set up a second factor wants the password not to be enough.
            if second_factor::holds(app.db.read(), user_id).await? {
                return Err(code_wanted());
            }
            proof::show_password(app, user_id, (password, "/password"), (device, &who)).await?;
            None
        }
        Proof::Code(code) => Some((proof::admit_signed_in(app, user_id, device, &who).await?, code)),
    };
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut live = session::Entity::update_many()
        .col_expr(session::Column::AuthenticatedAt, Expr::value(now))
        .filter(session::Column::Id.eq(session_id))
        // A password that was changed meanwhile has ended the session.
        .filter(session::Column::UserId.eq(user_id).and(session::Column::RevokedAt.is_null()));
    if let Some((_, code)) = &shown {
        if !second_factor::show(&txn, &app.sealer, (user_id, &who), code, now).await? {
            return Err(IdentityError::WrongProof("/totp"));
        }
        live = live.col_expr(session::Column::SecondFactor, Expr::value(true));
    }
    if live.exec(&txn).await?.rows_affected != 1 {
        return Err(IdentityError::SessionOver);
    }
    let detail = json!({"by": if shown.is_some() { "code" } else { "password" }});
    let deed = Deed { action: "session.stepped_up", object: ("session", session_id.into()), detail };
    audit::record(&txn, &app.sealer, &who, deed, now).await?;
    if let Some((guess, _)) = &shown {
        throttle::clear(&txn, guess).await?;
    }
    txn.commit().await?;
    Ok(())
}
