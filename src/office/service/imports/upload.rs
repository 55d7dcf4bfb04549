//! A list arrives: the file is kept, its columns are guessed, and a job writes its rows.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use crate::app::App;
use crate::catalog::import::Sheet;
use crate::kernel::{UserId, VendorImportId};
use crate::office::entity::import::{Column, Entity, Format, Model, Status};
use crate::office::error::OfficeError;
use crate::office::jobs::ImportVendors;
use crate::office::model::{Mapping, Period};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};

/// How a list is to be taken.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only look; write nothing but the report.
    pub dry_run: bool,
    /// Wait until somebody has confirmed the columns, also when all are guessed.
    pub confirm_mapping: bool,
    /// What its turnover is about.
    pub period: Period,
}

/// Takes a list. The file is written before the row, so that no row is without its file.
pub async fn upload(
    app: &App,
    (user_id, who): (UserId, &Who),
    options: Options,
    bytes: Bytes,
) -> Result<Model, OfficeError> {
    let sheet = read(bytes.clone()).await?;
    let format = if bytes.starts_with(b"PK") { Format::Xlsx } else { Format::Csv };
    let row = new_row(app, user_id, &options, (&sheet, format))?;
    let key = FileKey::parse(&row.file_key).ok_or(OfficeError::NotFound)?;
    app.files.put(&key, bytes).await?;
    let txn = app.db.begin().await?;
    Entity::insert(row.clone().into_active_model()).exec_without_returning(&txn).await?;
    if row.status == Status::Queued {
        queue(&txn, row.id, row.created_at).await?;
    }
    let detail = json!({"rows": row.total, "dry_run": row.dry_run, "period": row.survey_period});
    let deed = Deed { action: "vendor_import.created", object: ("vendor_import", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, row.created_at).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Takes apart what may be large, where it holds nobody up.
pub(super) async fn read(bytes: Bytes) -> Result<Sheet, OfficeError> {
    let read = tokio::task::spawn_blocking(move || Sheet::read(&bytes)).await;
    read.map_err(|error| OfficeError::Unreadable(error.to_string()))?.map_err(OfficeError::from)
}

fn new_row(
    app: &App,
    user_id: UserId,
    options: &Options,
    (sheet, format): (&Sheet, Format),
) -> Result<Model, OfficeError> {
    let (id, now) = (VendorImportId::generate(), app.now());
    let mapping = Mapping::guess(sheet.headers());
    let waits = options.confirm_mapping || !mapping.missing().is_empty();
    let ending = if format == Format::Xlsx { "xlsx" } else { "csv" };
    let total = i32::try_from(sheet.len()).map_err(|_| OfficeError::Unreadable("too long".to_owned()))?;
    Ok(Model {
        id,
        file_key: FileKey::private("vendor-imports", &format!("{id}.{ending}")).as_str().to_owned(),
        format,
        status: if waits { Status::NeedsMapping } else { Status::Queued },
        dry_run: options.dry_run,
        survey_period: options.period.to_string(),
        mapping: json!(mapping).to_string(),
        total,
        row_cursor: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        repaired: 0,
        asked: 0,
        waiting: 0,
        skipped: 0,
        refused: 0,
        error: None,
        created_by: user_id,
        created_at: now,
        updated_at: now,
        finished_at: None,
    })
}

/// Says which column is which, and begins.
pub async fn start(
    app: &App,
    who: &Who,
    id: VendorImportId,
    told: &[(String, String)],
) -> Result<Model, OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let row = Entity::find_by_id(id).one(&txn).await?.ok_or(OfficeError::NotFound)?;
    let guessed = mapping_of(&row)?;
    let mapping = guessed.told(told).map_err(OfficeError::Mapping)?;
    let begun = Entity::update_many()
        .col_expr(Column::Mapping, Expr::value(json!(mapping).to_string()))
        .col_expr(Column::Status, Expr::value(Status::Queued))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(Status::NeedsMapping))
        .exec_with_returning(&txn)
        .await?;
    let row = begun.into_iter().next().ok_or(OfficeError::Started)?;
    queue(&txn, id, now).await?;
    let deed =
        Deed { action: "vendor_import.started", object: ("vendor_import", id.into()), detail: json!({}) };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// The columns of a list as they are stored.
pub(super) fn mapping_of(row: &Model) -> Result<Mapping, OfficeError> {
    serde_json::from_str(&row.mapping).map_err(|error| OfficeError::Unreadable(error.to_string()))
}

pub(super) async fn queue(
    txn: &DatabaseTransaction,
    import_id: VendorImportId,
    now: DateTime<Utc>,
) -> Result<(), OfficeError> {
    Ok(enqueue(txn, vec![NewJob::now(now, &ImportVendors { import_id })?]).await?)
}

/// Deletes the file of a list that is done.
pub async fn discard(app: &App, id: VendorImportId) -> Result<(), OfficeError> {
    let import = Entity::find_by_id(id).one(app.db.read()).await?.ok_or(OfficeError::NotFound)?;
    match FileKey::parse(&import.file_key) {
        Some(key) if import.finished_at.is_some() => Ok(app.files.delete(&key).await?),
        _ => Ok(()),
    }
}
