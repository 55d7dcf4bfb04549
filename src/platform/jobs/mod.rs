//! Work to do later, written in the transaction that wants it (outbox). Jobs are typed, small, idempotent.
//!
//! Table: `jobs`. A job is retried with backoff and jitter and ends in the state `dead`, which an operator sees and can retry.

pub mod entity;
mod queue;
mod worker;

use std::future::Future;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::kernel::JobId;
use entity::State;

pub use queue::{Standing, forget_done, forget_mentioning, forget_queued, revive, standing};
pub use worker::{Periodic, Registry, Worker};

/// Attempts before a job is dead.
const MAX_ATTEMPTS: i32 = 10;

/// Why a job failed; the text is kept with the job.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct JobError(pub String);

impl JobError {
    /// A failure with its cause.
    pub fn new(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

impl From<DbErr> for JobError {
    fn from(error: DbErr) -> Self {
        Self::new(error)
    }
}

/// One kind of work. `C` is what it works with.
pub trait Job<C>: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `feature.verb`; the code is in `src/<feature>/jobs.rs`.
    const KIND: &'static str;

    /// Does the work. May run more than once.
    fn run(self, context: C) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// A job that is about to be written.
pub struct NewJob(entity::ActiveModel);

impl NewJob {
    /// Due at `run_at`.
    pub fn at<C, J: Job<C>>(now: DateTime<Utc>, run_at: DateTime<Utc>, job: &J) -> Result<Self, DbErr> {
        let payload = serde_json::to_string(job).map_err(|error| DbErr::Json(error.to_string()))?;
        Ok(Self::row(JobId::generate(), J::KIND, payload, (now, run_at)))
    }

    /// Due at once, by kind and payload: for what is written below the code that will do it.
    pub(in crate::platform) fn named(
        id: JobId,
        kind: &str,
        payload: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let payload = serde_json::to_string(payload).map_err(|error| DbErr::Json(error.to_string()))?;
        Ok(Self::row(id, kind, payload, (now, now)))
    }

    fn row(id: JobId, kind: &str, payload: String, (now, run_at): (DateTime<Utc>, DateTime<Utc>)) -> Self {
        Self(entity::ActiveModel {
            id: Set(id),
            kind: Set(kind.to_owned()),
            payload: Set(payload),
            state: Set(State::Queued),
            run_at: Set(run_at),
            attempts: Set(0),
            max_attempts: Set(MAX_ATTEMPTS),
            locked_by: Set(None),
            locked_until: Set(None),
            last_error: Set(None),
            created_at: Set(now),
            done_at: Set(None),
        })
    }

    /// The id it will have.
    pub fn id(&self) -> JobId {
        self.0.id.clone().take().unwrap_or_else(JobId::generate)
    }

    /// Due at once.
    pub fn now<C, J: Job<C>>(now: DateTime<Utc>, job: &J) -> Result<Self, DbErr> {
        Self::at(now, now, job)
    }
}

/// Writes jobs in the caller's transaction, in one statement.
pub async fn enqueue(txn: &impl ConnectionTrait, jobs: Vec<NewJob>) -> Result<(), DbErr> {
    if jobs.is_empty() {
        return Ok(());
    }
    entity::Entity::insert_many(jobs.into_iter().map(|job| job.0)).exec_without_returning(txn).await?;
    Ok(())
}
