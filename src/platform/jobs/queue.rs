//! Claiming, finishing and failing jobs: guarded updates, so that one worker gets a job.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, LockBehavior, LockType, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};

use super::Job;
use super::entity::{Column, Entity, Model, State};
use crate::kernel::JobId;
use crate::platform::db::Db;

/// A worker that has not finished by then is taken for dead, and its job is due again.
const LOCK: Duration = Duration::minutes(5);

/// Takes up to `limit` due jobs for `worker`, the longest due first.
pub(super) async fn claim(
    db: &Db,
    worker: &str,
    limit: u64,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    // A cheap look first: an idle worker must not take the writer's lock every second.
    if Entity::find().filter(due(now)).limit(1).one(db.read()).await?.is_none() {
        return Ok(Vec::new());
    }
    let txn = db.begin().await?;
    let mut ids = Query::select();
    ids.column(Column::Id).from(Entity).cond_where(due(now)).order_by(Column::RunAt, Order::Asc).limit(limit);
    // SQLite has one writer, so nobody can look at the same rows meanwhile; it does not know SKIP LOCKED.
    ids.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let claimed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Running))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::LockedBy, Expr::value(worker))
        .col_expr(Column::LockedUntil, Expr::value(now + LOCK))
        .filter(Column::Id.in_subquery(ids))
        .exec_with_returning(&txn)
        .await?;
    txn.commit().await?;
    Ok(claimed)
}

fn due(now: DateTime<Utc>) -> Condition {
    // The first line is the condition of the index `jobs_due` word for word: SQLite sees it in no other form.
    Condition::all()
        .add(Expr::cust("state IN ('queued', 'running')"))
        .add(Column::RunAt.lte(now))
        .add(Column::State.eq(State::Queued).or(Column::LockedUntil.lt(now)))
}

/// Marks a job as done, unless another worker has taken it over.
pub(super) async fn finish(db: &Db, job: &Model, now: DateTime<Utc>) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Done))
        .col_expr(Column::DoneAt, Expr::value(now))
        .col_expr(Column::LastError, Expr::value(None::<String>))
        .filter(held(job))
        .exec(&txn)
        .await?;
    txn.commit().await
}

/// Puts a failed job back for later, or to the dead.
pub(super) async fn fail(db: &Db, job: &Model, error: &str, retry_at: DateTime<Utc>) -> Result<(), DbErr> {
    let state = if job.attempts >= job.max_attempts { State::Dead } else { State::Queued };
    let txn = db.begin().await?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::RunAt, Expr::value(retry_at))
        .col_expr(Column::LastError, Expr::value(error))
        .filter(held(job))
        .exec(&txn)
        .await?;
    txn.commit().await
}

fn held(job: &Model) -> Condition {
    Condition::all()
        .add(Column::Id.eq(job.id))
        .add(Column::State.eq(State::Running))
        .add(Column::Attempts.eq(job.attempts))
}

/// Makes a dead job due again; false if it is not dead.
pub async fn revive(txn: &DatabaseTransaction, id: JobId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let revived = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Queued))
        .col_expr(Column::RunAt, Expr::value(now))
        .col_expr(Column::Attempts, Expr::value(0))
        .filter(Column::Id.eq(id).and(Column::State.eq(State::Dead)))
        .exec(txn)
        .await?;
    Ok(revived.rows_affected == 1)
}

/// Forgets jobs that were done before `before`, a few at a time.
pub async fn forget_done(db: &Db, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let txn = db.begin().await?;
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Done).and(Column::DoneAt.lt(before)))
        .order_by_asc(Column::DoneAt)
        .limit(200)
        .into_query();
    let gone = Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(&txn).await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}

/// Forgets every job with this text as a value, so that nothing more is said to whoever it names.
pub async fn forget_mentioning(txn: &DatabaseTransaction, text: &str) -> Result<(), DbErr> {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    // In quotes: `ani@...` is not a part of `yani@...`.
    let value = LikeExpr::new(format!("%\"{escaped}\"%")).escape('\\');
    Entity::delete_many().filter(Column::Payload.like(value)).exec(txn).await?;
    Ok(())
}

/// Forgets the jobs that wait to do just this, so that a new one takes their place.
pub async fn forget_queued<C, J: Job<C>>(txn: &DatabaseTransaction, job: &J) -> Result<(), DbErr> {
    let payload = serde_json::to_string(job).map_err(|error| DbErr::Json(error.to_string()))?;
    Entity::delete_many()
        .filter(Column::State.eq(State::Queued))
        .filter(Column::Kind.eq(J::KIND))
        .filter(Column::Payload.eq(payload))
        .exec(txn)
        .await?;
    Ok(())
}

/// How the queue stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Jobs that are due and wait for a worker.
    pub due: u64,
    /// Jobs that wait for an operator.
    pub dead: u64,
    /// How long the longest due job has been waiting.
    pub lag: Duration,
}

/// How the queue stands; three looks at an index.
pub async fn standing(db: &Db, now: DateTime<Utc>) -> Result<Standing, DbErr> {
    let waiting = Entity::find().filter(due(now));
    let oldest = waiting.clone().order_by_asc(Column::RunAt).one(db.read()).await?;
    Ok(Standing {
        due: waiting.count(db.read()).await?,
        dead: Entity::find().filter(Column::State.eq(State::Dead)).count(db.read()).await?,
        lag: oldest.map_or(Duration::zero(), |job| now - job.run_at),
    })
}
