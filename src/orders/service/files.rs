//! Pictures and PDFs about an order: both sides send them, and say with what they are used.

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::kernel::fields::Fault;
use crate::kernel::{FileId, OrderFileId, OrderId, Problem, UserId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::file::{self, Use};
use crate::orders::jobs::DeleteOrderFile;
use crate::platform::files::FileKey;
use crate::platform::jobs::{self, NewJob};

/// Files of one order, of both sides together.
const MOST: u64 = 60;
const TYPES: [&str; 4] = ["jpg", "png", "webp", "pdf"];
/// What was sent and never used goes after this time.
const LOOSE: Duration = Duration::days(2);

/// Keeps a file of one side of an order; whose order it is has been checked.
pub async fn keep(
    app: &App,
    (order_id, side): (OrderId, Actor),
    by: UserId,
    content: Bytes,
) -> Result<file::Model, OrderError> {
    let extension = infer::get(&content).map(|kind| kind.extension()).filter(|name| TYPES.contains(name));
    let extension = extension.ok_or(OrderError::FileType)?;
    // Stored before the transaction: an orphaned file harms nobody, a row without its file would.
    let name = format!("private/orders/{order_id}/{}.{extension}", FileId::generate());
    let key = FileKey::parse(&name).ok_or(OrderError::FileType)?;
    app.files.put(&key, content).await.map_err(|error| OrderError::Files(error.to_string()))?;
    let txn = app.db.begin().await?;
    if file::Entity::find().filter(file::Column::OrderId.eq(order_id)).count(&txn).await? >= MOST {
        return Err(OrderError::TooManyFiles);
    }
    let row = file::Model {
        id: OrderFileId::generate(),
        order_id,
        side,
        uploaded_by: by,
        file_key: Some(key.as_str().to_owned()),
        use_of: None,
        object_id: None,
        created_at: app.now(),
    };
    let active: file::ActiveModel = row.clone().into();
    file::Entity::insert(active.reset_all()).exec_without_returning(&txn).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Says what files of one side show. A file is used once.
pub async fn use_for(
    txn: &DatabaseTransaction,
    (order_id, side): (OrderId, Actor),
    ids: &[OrderFileId],
    (use_of, object_id): (Use, Uuid),
) -> Result<(), OrderError> {
    if ids.is_empty() {
        return Ok(());
    }
    let used = file::Entity::update_many()
        .col_expr(file::Column::UseOf, Expr::value(use_of))
        .col_expr(file::Column::ObjectId, Expr::value(object_id))
        .filter(file::Column::Id.is_in(ids.iter().copied()))
        .filter(file::Column::OrderId.eq(order_id).and(file::Column::Side.eq(side)))
        .filter(file::Column::UseOf.is_null())
        .exec(txn)
        .await?;
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    if used.rows_affected == distinct.len() as u64 {
        return Ok(());
    }
    let fault = Fault::new(
        "unknown",
        "Berkas tidak ada atau sudah dipakai.",
        "No such file, or it is in use already.",
    );
    Err(Problem::field(fault.at("/files")).into())
}

/// The content of a file.
pub async fn content(app: &App, file: &file::Model) -> Result<(FileKey, Bytes), OrderError> {
    let key = file.file_key.as_deref().and_then(FileKey::parse).ok_or(OrderError::NotFound)?;
    let content = app.files.get(&key).await.map_err(|error| OrderError::Files(error.to_string()))?;
    Ok((key, content.ok_or(OrderError::NotFound)?))
}

/// Forgets what was sent and never used, a little at a time; tells how much.
pub async fn forget_loose(app: &App) -> Result<usize, DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let loose: Vec<OrderFileId> = file::Entity::find()
        .select_only()
        .column(file::Column::Id)
        .filter(file::Column::UseOf.is_null().and(file::Column::CreatedAt.lt(now - LOOSE)))
        .order_by_asc(file::Column::CreatedAt)
        .limit(200)
        .into_tuple()
        .all(&txn)
        .await?;
    if loose.is_empty() {
        return Ok(0);
    }
    // Somebody may have used one of them in between: only what is gone loses its content.
    let gone = file::Entity::delete_many()
        .filter(file::Column::Id.is_in(loose))
        .filter(file::Column::UseOf.is_null())
        .exec_with_returning(&txn)
        .await?;
    jobs::enqueue(&txn, deletions(&gone, now)?).await?;
    app.commit(txn).await?;
    Ok(gone.len())
}

/// The jobs that remove files.
pub fn deletions(files: &[file::Model], now: DateTime<Utc>) -> Result<Vec<NewJob>, DbErr> {
    let keys = files.iter().filter_map(|file| file.file_key.clone());
    keys.map(|key| NewJob::now(now, &DeleteOrderFile { key })).collect()
}
