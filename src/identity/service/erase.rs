//! Forgetting a person: what is kept here about somebody who asked to be erased.
//!
//! The row stays, since the books name its id; everything that says who it was goes.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::app::App;
use crate::identity::entity::{
    address, api_key, contact_change, invitation, membership, one_time_token, recovery_code, refresh_token,
    second_factor, session, user,
};
use crate::identity::error::IdentityError;
use crate::kernel::UserId;
use crate::kernel::address::{ERASED_NAME, erased_email};
use crate::platform::random;

/// The hash of a password that nobody knows, of the same cost as all others: whoever tries to sign in cannot tell.
pub async fn no_password(app: &App) -> Result<String, IdentityError> {
    Ok(app.passwords.hash(random::secret().into()).await?)
}

/// Locks a person who is still there; whoever else writes about the person waits.
pub async fn lock(txn: &DatabaseTransaction, user_id: UserId) -> Result<user::Model, IdentityError> {
    user::Entity::find_by_id(user_id)
        .filter(user::Column::Status.ne(user::Status::Erased))
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(IdentityError::NoSuchAccount)
}

/// Takes away everything that tells who the person was or lets somebody act as the person.
pub async fn forget(
    txn: &DatabaseTransaction,
    person: &user::Model,
    no_password: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    forget_ways_in(txn, person.id).await?;
    forget_invitations(txn, person).await?;
    address::Entity::delete_many().filter(address::Column::UserId.eq(person.id)).exec(txn).await?;
    membership::Entity::delete_many().filter(membership::Column::UserId.eq(person.id)).exec(txn).await?;
    anonymise(txn, person.id, no_password, now).await
}

async fn anonymise(
    txn: &DatabaseTransaction,
    id: UserId,
    no_password: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use user::Column;
    let nothing = || Expr::value(None::<DateTime<Utc>>);
    user::Entity::update_many()
        .col_expr(Column::Name, Expr::value(ERASED_NAME))
        .col_expr(Column::Email, Expr::value(erased_email(id)))
        .col_expr(Column::Phone, Expr::value(None::<String>))
        .col_expr(Column::PasswordHash, Expr::value(no_password))
        .col_expr(Column::Status, Expr::value(user::Status::Erased))
        .col_expr(Column::EmailVerifiedAt, nothing())
        .col_expr(Column::PhoneVerifiedAt, nothing())
        .col_expr(Column::ErasedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Sessions, keys, factors and tokens; those that hang on others first.
async fn forget_ways_in(txn: &DatabaseTransaction, id: UserId) -> Result<(), DbErr> {
    let sessions = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(session::Column::UserId.eq(id))
        .take();
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::SessionId.in_subquery(sessions))
        .exec(txn)
        .await?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(id)).exec(txn).await?;
    api_key::Entity::delete_many().filter(api_key::Column::UserId.eq(id)).exec(txn).await?;
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(id)).exec(txn).await?;
    second_factor::Entity::delete_by_id(id).exec(txn).await?;
    one_time_token::Entity::delete_many().filter(one_time_token::Column::UserId.eq(id)).exec(txn).await?;
    contact_change::Entity::delete_many().filter(contact_change::Column::UserId.eq(id)).exec(txn).await?;
    Ok(())
}

/// Invitations by the person that nobody accepted go; those to the person lose the address.
async fn forget_invitations(txn: &DatabaseTransaction, person: &user::Model) -> Result<(), DbErr> {
    use invitation::Column;
    invitation::Entity::delete_many()
        .filter(Column::InvitedBy.eq(person.id).and(Column::AcceptedAt.is_null()))
        .exec(txn)
        .await?;
    for (column, value) in [(Column::Email, &person.email), (Column::Phone, &person.phone)] {
        let Some(value) = value else { continue };
        invitation::Entity::delete_many()
            .filter(column.eq(value.as_str()).and(Column::AcceptedAt.is_null()))
            .exec(txn)
            .await?;
    }
    let to_the_person = [(Column::Email, &person.email), (Column::Phone, &person.phone)]
        .into_iter()
        .filter_map(|(column, value)| value.as_ref().map(|value| column.eq(value.as_str())))
        .fold(Column::AcceptedBy.eq(person.id), ExprTrait::or);
    invitation::Entity::update_many()
        .col_expr(Column::Email, Expr::value(None::<String>))
        .col_expr(Column::Phone, Expr::value(None::<String>))
        .filter(to_the_person)
        .exec(txn)
        .await?;
    Ok(())
}
