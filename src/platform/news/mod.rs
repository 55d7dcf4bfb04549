//! What happened and who should hear of it, written in the transaction in which it happened (outbox).
//!
//! Table: `news`. Features tell; one job per telling carries it to people (`src/notifications`). News hold ids, numbers and
//! amounts, never personal values, so that erasing a person has nothing to look for here; but for what finance says to a buyer
//! about a payment, which [`forget_about`] takes away.

pub mod entity;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::db::Db;
use super::jobs::{self, NewJob};
use crate::kernel::{JobId, NewsId, UserId, VendorId};

/// The kind of the job that carries news to people.
pub const CARRY: &str = "notifications.carry";

/// Who should hear of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// One person.
    User(UserId),
    /// Everybody who works in a shop.
    Vendor(VendorId),
    /// Everybody with a role on the platform, by its name: `officer`, `finance`, `operator`.
    Role(&'static str),
}

impl Audience {
    /// Those who look after the money of the platform.
    pub const FINANCE: Self = Self::Role("finance");
    /// The name under which people of a shop are stored.
    pub const VENDOR: &'static str = "vendor";
    /// The name under which one person is stored.
    pub const USER: &'static str = "user";

    fn parts(self) -> (&'static str, Uuid) {
        match self {
            Self::User(id) => (Self::USER, id.0),
            Self::Vendor(id) => (Self::VENDOR, id.0),
            Self::Role(name) => (name, Uuid::nil()),
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct News {
    /// Who should hear of it.
    pub to: Audience,
    /// `order.paid`, `payout.sent`; the texts are in `src/notifications/texts`.
    pub kind: &'static str,
    /// Kind and id of what it happened to.
    pub object: (&'static str, Uuid),
    /// What the texts need: numbers, amounts, dates. Never personal values.
    pub data: Value,
}

/// The payload of the job that carries news.
#[derive(Debug, Serialize, Deserialize)]
pub struct Carry {
    /// The telling, named by the job itself.
    pub job_id: JobId,
}

/// Tells people what happened, in the caller's transaction: two statements and one job, whose id comes back. An empty telling
/// is a job that finds nothing to carry.
pub async fn tell(txn: &impl ConnectionTrait, news: &[News], now: DateTime<Utc>) -> Result<JobId, DbErr> {
    let carry = write(txn, news, now).await?;
    let job_id = carry.id();
    jobs::enqueue(txn, vec![carry]).await?;
    Ok(job_id)
}

/// Writes what happened, in one statement. Nobody hears of it unless the job that comes back is put into the queue in the
/// same transaction, which the caller does together with jobs of its own.
pub async fn write(txn: &impl ConnectionTrait, news: &[News], now: DateTime<Utc>) -> Result<NewJob, DbErr> {
    let job_id = JobId::generate();
    let rows: Vec<_> = news.iter().map(|news| row(news, job_id, now)).collect();
    if !rows.is_empty() {
        entity::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    NewJob::named(job_id, CARRY, &Carry { job_id }, now)
}

fn row(news: &News, job_id: JobId, now: DateTime<Utc>) -> entity::ActiveModel {
    let (audience, audience_id) = news.to.parts();
    entity::ActiveModel {
        id: Set(NewsId::generate()),
        job_id: Set(job_id),
        kind: Set(news.kind.to_owned()),
        audience: Set(audience.to_owned()),
        audience_id: Set(audience_id),
        object_kind: Set(news.object.0.to_owned()),
        object_id: Set(news.object.1),
        data: Set(news.data.to_string()),
        created_at: Set(now),
    }
}

/// What was told in one breath, in the order of telling.
pub async fn of_job(conn: &impl ConnectionTrait, job_id: JobId) -> Result<Vec<entity::Model>, DbErr> {
    entity::Entity::find()
        .filter(entity::Column::JobId.eq(job_id))
        .order_by_asc(entity::Column::Id)
        .all(conn)
        .await
}

/// Takes away what one person was told about things of a kind: what people wrote may be in it.
pub async fn forget_about(txn: &impl ConnectionTrait, user: UserId, object_kind: &str) -> Result<(), DbErr> {
    use entity::Column;
    entity::Entity::delete_many()
        .filter(Column::Audience.eq(Audience::USER))
        .filter(Column::AudienceId.eq(user.0))
        .filter(Column::ObjectKind.eq(object_kind))
        .exec(txn)
        .await?;
    Ok(())
}

/// Forgets what was told before `before`, a little at a time, and tells how much it was.
pub async fn forget(db: &Db, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let txn = db.begin().await?;
    let old: Vec<NewsId> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::CreatedAt.lt(before))
        .order_by_asc(entity::Column::CreatedAt)
        .limit(200)
        .into_tuple()
        .all(&txn)
        .await?;
    let gone = entity::Entity::delete_many().filter(entity::Column::Id.is_in(old)).exec(&txn).await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}
