//! `Idempotency-Key`: the key and the answer are stored in the transaction of the work, so both exist or neither.
//!
//! Table: `idempotency_keys`. A twin waits for the first request on the key's row, then replays its answer.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{DatabaseTransaction, Set};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::headers::IdempotencyKey;
use crate::kernel::{Problem, UserId, hex};
use crate::platform::db::Db;
use crate::platform::db::error::gave_up_waiting;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub principal: UserId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub route: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub body_hash: String,
    /// 0 while the work is under way in an uncommitted transaction.
    pub status: i32,
    pub answer: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How long a key is remembered at least.
const KEEP: Duration = Duration::hours(48);

/// Who repeats what.
pub struct Request<'a> {
    /// The caller.
    pub principal: UserId,
    /// Method and path, ids included.
    pub route: String,
    /// The caller's key.
    pub key: &'a IdempotencyKey,
    /// Hash of the body in its parsed form.
    pub body_hash: String,
}

impl<'a> Request<'a> {
    /// A request of `principal` with this body.
    pub fn new(
        principal: UserId,
        route: impl Into<String>,
        key: &'a IdempotencyKey,
        body: &impl Serialize,
    ) -> Self {
        let bytes = serde_json::to_vec(body).unwrap_or_default();
        Self { principal, route: route.into(), key, body_hash: hex(&Sha256::digest(&bytes)) }
    }
}

/// Runs `work` once per key: its answer is stored with it and replayed byte for byte.
pub async fn once<T, E, W>(
    db: &Db,
    now: DateTime<Utc>,
    request: Request<'_>,
    work: W,
) -> Result<Response, Problem>
where
    T: Serialize,
    Problem: From<E>,
    W: AsyncFnOnce(&DatabaseTransaction) -> Result<(StatusCode, T), E>,
{
    let txn = db.begin().await?;
    if !reserve(&txn, &request, now).await? {
        let stored = find(&txn, &request).await?;
        return replay(stored, &request);
    }
    let (status, answer) = work(&txn).await?;
    let answer = serde_json::to_string(&answer).map_err(Problem::internal)?;
    store(&txn, &request, status, &answer).await?;
    txn.commit().await?;
    Ok(respond(status, answer))
}

/// Takes the key; false if somebody has used it. Waits while a twin holds it.
async fn reserve(
    txn: &DatabaseTransaction,
    request: &Request<'_>,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let row = ActiveModel {
        principal: Set(request.principal),
        route: Set(request.route.clone()),
        key: Set(request.key.0.clone()),
        body_hash: Set(request.body_hash.clone()),
        status: Set(0),
        answer: Set(String::new()),
        created_at: Set(now),
    };
    let key = OnConflict::columns([Column::Principal, Column::Route, Column::Key]).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(key).exec_without_returning(txn).await {
        Ok(inserted) => Ok(inserted == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) if gave_up_waiting(&error) => Err(in_progress()),
        Err(error) => Err(error.into()),
    }
}

async fn find(txn: &DatabaseTransaction, request: &Request<'_>) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id((request.principal, request.route.clone(), request.key.0.clone())).one(txn).await
}

fn replay(stored: Option<Model>, request: &Request<'_>) -> Result<Response, Problem> {
    let stored = stored.ok_or_else(in_progress)?;
    if stored.body_hash != request.body_hash {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key-reused",
            "Idempotency-Key ini sudah dipakai untuk isian lain.",
            "This Idempotency-Key was used with another body.",
        ));
    }
    let status = u16::try_from(stored.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = respond(status.ok_or_else(in_progress)?, stored.answer);
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

async fn store(
    txn: &DatabaseTransaction,
    request: &Request<'_>,
    status: StatusCode,
    answer: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(i32::from(status.as_u16())))
        .col_expr(Column::Answer, Expr::value(answer))
        .filter(Column::Principal.eq(request.principal))
        .filter(Column::Route.eq(request.route.as_str()))
        .filter(Column::Key.eq(request.key.0.as_str()))
        .exec(txn)
        .await?;
    Ok(())
}

/// Forgets keys older than they need to be kept.
pub async fn forget(db: &Db, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let txn = db.begin().await?;
    let gone = Entity::delete_many().filter(Column::CreatedAt.lt(now - KEEP)).exec(&txn).await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}

/// Forgets the answers that a person was given.
pub async fn forget_person(txn: &DatabaseTransaction, principal: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::Principal.eq(principal)).exec(txn).await?;
    Ok(())
}

fn respond(status: StatusCode, answer: String) -> Response {
    let json = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, json)], Body::from(answer)).into_response()
}

fn in_progress() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "in-progress",
        "Permintaan yang sama masih diproses.",
        "The same request is still under way.",
    )
    .retry_after(std::time::Duration::from_secs(1))
}
