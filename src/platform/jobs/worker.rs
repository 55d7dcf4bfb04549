//! The worker: claims due jobs and runs them; periodic work is done by whoever holds its lease.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::entity::Model;
use super::{Job, JobError, queue};
use crate::kernel::Clock;
use crate::platform::db::Db;
use crate::platform::lease;

type Work = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
type Handler<C> = Arc<dyn Fn(C, &str) -> Result<Work, JobError> + Send + Sync>;

/// A job that hangs longer than this has failed.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Which code does which kind of job.
pub struct Registry<C> {
    handlers: HashMap<&'static str, Handler<C>>,
    periodic: Vec<Periodic<C>>,
}

/// Work that is due again and again, done by one instance at a time.
pub struct Periodic<C> {
    name: &'static str,
    every: Duration,
    run: Arc<dyn Fn(C) -> Work + Send + Sync>,
}

impl<C: Send + 'static> Default for Registry<C> {
    fn default() -> Self {
        Self { handlers: HashMap::new(), periodic: Vec::new() }
    }
}

impl<C: Send + 'static> Registry<C> {
    /// Adds a kind of job.
    #[must_use]
    pub fn job<J: Job<C>>(mut self) -> Self {
        let handler: Handler<C> = Arc::new(|context, payload| {
            let job: J = serde_json::from_str(payload).map_err(JobError::new)?;
            Ok(Box::pin(job.run(context)))
        });
        self.handlers.insert(J::KIND, handler);
        self
    }

    /// Adds periodic work.
    #[must_use]
    pub fn every<F>(
        mut self,
        every: Duration,
        name: &'static str,
        run: impl Fn(C) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.periodic.push(Periodic { name, every, run: Arc::new(move |context| Box::pin(run(context))) });
        self
    }
}

/// Runs jobs until told to stop.
#[derive(Clone)]
pub struct Worker<C> {
    /// Where jobs are.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// What jobs work with.
    pub context: C,
    /// Which code runs.
    pub registry: Arc<Registry<C>>,
    /// Wakes the worker before its poll.
    pub wake: Arc<Notify>,
    /// Unique name of this process.
    pub name: String,
    /// Longest sleep between two looks.
    pub poll: Duration,
    /// Jobs at once.
    pub parallel: usize,
}

impl<C: Clone + Send + Sync + 'static> Worker<C> {
    /// Works until `stop`; the jobs under way are finished first.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let worked = match self.run_due().await {
                Ok(count) => count,
                Err(error) => {
                    tracing::warn!(error = %error, "jobs cannot be claimed");
                    0
                }
            };
            if worked == 0 {
                self.run_periodic().await;
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.wake.notified() => {}
                    () = tokio::time::sleep(self.poll) => {}
                }
            }
        }
    }

    /// Runs the jobs that are due now and tells how many there were.
    pub async fn run_due(&self) -> Result<usize, DbErr> {
        let limit = u64::try_from(self.parallel).unwrap_or(1);
        let claimed = queue::claim(&self.db, &self.name, limit, self.clock.now()).await?;
        let count = claimed.len();
        join_all(claimed.into_iter().map(|job| self.run_one(job))).await;
        Ok(count)
    }

    /// Does the periodic work whose time has come, if no other instance holds it.
    pub async fn run_periodic(&self) {
        for work in &self.registry.periodic {
            match lease::claim_turn(&self.db, work.name, &self.name, work.every, self.clock.now()).await {
                Ok(true) => {
                    if let Err(error) = (work.run)(self.context.clone()).await {
                        tracing::error!(job.kind = work.name, error = %error, "periodic job failed");
                    }
                }
                Ok(false) => {}
                Err(error) => tracing::warn!(error = %error, "lease cannot be claimed"),
            }
        }
    }

    async fn run_one(&self, job: Model) {
        let outcome = self.attempt(&job).await;
        let now = self.clock.now();
        let recorded = match &outcome {
            Ok(()) => queue::finish(&self.db, &job, now).await,
            Err(error) => {
                let last = job.attempts >= job.max_attempts;
                tracing::warn!(job.kind = job.kind, job.id = %job.id, job.last = last, error = %error, "job failed");
                queue::fail(&self.db, &job, &error.0, retry_at(&job, now)).await
            }
        };
        let result = if outcome.is_ok() { "done" } else { "failed" };
        metrics::counter!("lapak_jobs_total", "kind" => job.kind.clone(), "result" => result).increment(1);
        if let Err(error) = recorded {
            // The lock runs out and the job is due again.
            tracing::warn!(job.id = %job.id, error = %error, "job outcome cannot be recorded");
        }
    }

    async fn attempt(&self, job: &Model) -> Result<(), JobError> {
        if job.attempts > job.max_attempts {
            // Each attempt ended with its process, so nobody could count it as failed.
            return Err(JobError("its worker was lost in every attempt".to_owned()));
        }
        let handler = self
            .registry
            .handlers
            .get(job.kind.as_str())
            .ok_or_else(|| JobError(format!("no code for jobs of kind {}", job.kind)))?;
        let work = tokio::spawn(tokio::time::timeout(TIMEOUT, handler(self.context.clone(), &job.payload)?));
        match work.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(JobError("took too long".to_owned())),
            Err(panic) => Err(JobError::new(panic)),
        }
    }
}

/// 5 s, 10 s, 20 s ... at most an hour, and up to a quarter more so that failures spread out.
fn retry_at(job: &Model, now: DateTime<Utc>) -> DateTime<Utc> {
    let exponent = u32::try_from(job.attempts.clamp(1, 12) - 1).unwrap_or(0);
    let wait = (5_000_i64 << exponent).min(3_600_000);
    let jitter = i64::from(job.id.0.as_bytes()[15]) * wait / 4 / 255;
    now + chrono::Duration::milliseconds(wait + jitter)
}
