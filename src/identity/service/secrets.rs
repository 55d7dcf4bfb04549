//! Codes and links that are sent to people: short-lived, good once, and stored as hashes only.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, QueryTrait, Set,
};

use crate::app::App;
use crate::identity::entity::one_time_token::{ActiveModel, Column, Entity, Model};
use crate::identity::entity::user;
use crate::identity::model::Purpose;
use crate::identity::query;
use crate::kernel::{ContactChangeId, OneTimeTokenId, UserId};
use crate::platform::messages::Address;
use crate::platform::random;

const FORGET_AT_ONCE: u64 = 200;
/// Tries of one code; a million codes and five tries are one chance in two hundred thousand.
const TRIES: i32 = 5;

/// A secret that is to be made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// For whom.
    pub user_id: UserId,
    /// What it is good for.
    pub purpose: Purpose,
    /// Where it goes. A phone gets a code to type, a mailbox gets a link.
    pub to: Address,
    /// The change of address it belongs to.
    pub change_id: Option<ContactChangeId>,
}

/// Makes a secret and voids the ones before it. Nothing if the person is no longer active.
pub async fn issue(app: &App, wanted: &Wanted) -> Result<Option<String>, DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    // The lock makes two that are made at once one after the other, so that one stays.
    let person = query::lock_user(&txn, wanted.user_id).await?;
    if person.is_none_or(|person| person.status != user::Status::Active) {
        return Ok(None);
    }
    void(&txn, of(wanted.user_id, &[wanted.purpose]), now).await?;
    let id = OneTimeTokenId::generate();
    let (secret, hash, ttl) = match wanted.to {
        Address::Email(_) => {
            let secret = random::secret();
            let hash = random::digest(&secret);
            (secret, hash, app.config.auth.link_ttl)
        }
        Address::Phone(_) => {
            let code = random::code();
            let hash = code_hash(app, id, &code);
            (code, hash, app.config.auth.code_ttl)
        }
    };
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(wanted.user_id),
        purpose: Set(wanted.purpose.name().to_owned()),
        hash: Set(hash),
        sent_to: Set(wanted.to.as_str().to_owned()),
        change_id: Set(wanted.change_id),
        attempts: Set(0),
        created_at: Set(now),
        expires_at: Set(now + Duration::from_std(ttl).unwrap_or(Duration::minutes(10))),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(&txn).await?;
    txn.commit().await?;
    Ok(Some(secret))
}

/// A code is short, so its hash needs a key; the id makes equal codes differ.
fn code_hash(app: &App, id: OneTimeTokenId, code: &str) -> String {
    app.sealer.index("one_time_tokens.code", &format!("{id}:{code}"))
}

fn of(user_id: UserId, purposes: &[Purpose]) -> Condition {
    let names = purposes.iter().map(|purpose| purpose.name());
    Condition::all().add(Column::UserId.eq(user_id)).add(Column::Purpose.is_in(names))
}

fn live(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::UsedAt.is_null()).add(Column::ExpiresAt.gt(now))
}

async fn void(txn: &DatabaseTransaction, which: Condition, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(which.add(Column::UsedAt.is_null()))
        .exec(txn)
        .await?;
    Ok(())
}

/// Voids all secrets with which somebody could get into an account or take it along.
pub async fn void_all(txn: &DatabaseTransaction, user_id: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    use Purpose::{ChangeNew, ChangeOld, LoginCode, ResetPassword};
    void(txn, of(user_id, &[ChangeNew, ChangeOld, LoginCode, ResetPassword]), now).await
}

/// A link that is still good for one of these.
pub async fn find_link(
    db: &impl ConnectionTrait,
    purposes: &[Purpose],
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Hash.eq(random::digest(token)))
        .filter(Column::Purpose.is_in(purposes.iter().map(|purpose| purpose.name())))
        .filter(live(now))
        .one(db)
        .await
}

/// Takes a link; the condition lets one of many through.
pub async fn take_link(
    txn: &DatabaseTransaction,
    purposes: &[Purpose],
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let Some(link) = find_link(txn, purposes, token, now).await? else {
        return Ok(None);
    };
    query::lock_user(txn, link.user_id).await?;
    Ok(if take(txn, link.id, now).await? { Some(link) } else { None })
}

/// Tries a code of a person, who is locked, that went to this address. The try counts before it is compared; the caller commits also when it
/// was wrong.
pub async fn try_code(
    app: &App,
    txn: &DatabaseTransaction,
    (user_id, purpose, sent_to): (UserId, Purpose, &str),
    code: &str,
) -> Result<Option<Model>, DbErr> {
    let which = of(user_id, &[purpose]).add(Column::SentTo.eq(sent_to));
    Ok(count_try(txn, which, app.now()).await?.filter(|row| row.hash == code_hash(app, row.id, code)))
}

/// Tries a code of a change of address, at either end; the caller has locked the person.
pub async fn try_change_code(
    app: &App,
    txn: &DatabaseTransaction,
    change_id: ContactChangeId,
    code: &str,
) -> Result<Option<Model>, DbErr> {
    for purpose in [Purpose::ChangeNew, Purpose::ChangeOld] {
        let which =
            Condition::all().add(Column::ChangeId.eq(change_id)).add(Column::Purpose.eq(purpose.name()));
        let row = count_try(txn, which, app.now()).await?;
        if let Some(row) = row.filter(|row| row.hash == code_hash(app, row.id, code)) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn count_try(
    txn: &DatabaseTransaction,
    which: Condition,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let tried = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(which.add(live(now)).add(Column::Attempts.lt(TRIES)))
        .exec_with_returning(txn)
        .await?;
    Ok(tried.into_iter().next())
}

/// Takes a secret that was found; false if somebody was faster.
pub async fn take(txn: &DatabaseTransaction, id: OneTimeTokenId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let taken = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(live(now))
        .exec(txn)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Forgets some that ran out; tells how many.
pub async fn forget(app: &App) -> Result<u64, DbErr> {
    let txn = app.db.begin().await?;
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lt(app.now()))
        .limit(FORGET_AT_ONCE)
        .into_query();
    let gone = Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(&txn).await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}
