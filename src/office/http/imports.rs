//! The office's lists of shops.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::files::{FileFormat, table};
use super::{READ, WRITE};
use crate::app::App;
use crate::kernel::fields::Fields;
use crate::kernel::{Lang, Page, Problem, UserId, VendorImportId};
use crate::office::entity::import::{Format, Model, Status};
use crate::office::entity::note;
use crate::office::model::{Mapping, Period};
use crate::office::query::imports as query;
use crate::office::service::imports::{self as service, Options};
use crate::platform::audit::Who;
use crate::platform::sheets::Cell;
use crate::web::body::{FileForm, Language, created};
use crate::web::query::page_of;
use crate::web::{Caller, FilePart, PathId, Policy, ValidJson, ValidQuery};

pub const UPLOAD: Policy = WRITE;
pub const LIST: Policy = READ;
pub const GET: Policy = READ.on("vendor_import", "import_id");
pub const START: Policy = WRITE.on("vendor_import", "import_id");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// Only look: the report is made, no shop is written.
    dry_run: Option<bool>,
    /// Wait until the columns are confirmed, also when all were guessed.
    confirm_mapping: Option<bool>,
    /// What the turnover in the list is about: `2026`, `2026-S2`, `2026-11`. The semester of today without it.
    survey_period: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NotesQuery {
    /// Only rows with this outcome.
    outcome: Option<NoteOutcome>,
    limit: Option<u64>,
    cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    format: Option<FileFormat>,
}

/// What became of a cell or a row.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NoteOutcome {
    /// Taken, in the form in which it must have been meant.
    Repaired,
    /// The row was taken without this cell; somebody has to ask.
    Asked,
    /// The row says nothing new: empty, a total, a repetition.
    Skipped,
    /// The row was not taken.
    Refused,
    /// The row is not taken until somebody has decided.
    Waiting,
}

impl NoteOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::Asked => "asked",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Waiting => "waiting",
        }
    }
}

/// Which column is which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartIn {
    /// Header as it is written, and the field it is. Headers that are left out are not read.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"Nama Toko": "nama_usaha"}))]
    mapping: BTreeMap<String, String>,
}

/// A list and how far it is.
#[derive(Serialize, ToSchema)]
pub(super) struct VendorImportOut {
    id: VendorImportId,
    status: Status,
    format: Format,
    dry_run: bool,
    survey_period: String,
    columns: Vec<ColumnOut>,
    /// Fields without which the list cannot begin, and which no column is.
    missing: Vec<&'static str>,
    /// Rows in all, and how many of them are done.
    rows: i32,
    done: i32,
    counts: Counts,
    error: Option<String>,
    created_by: UserId,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct ColumnOut {
    /// As it is written.
    header: String,
    /// What it is; `null` is not read.
    field: Option<String>,
}

/// Rows by what became of them; a row can be in more than one.
#[derive(Serialize, ToSchema)]
struct Counts {
    /// Became a shop.
    created: i32,
    /// Of a shop that was there: a new survey or training.
    updated: i32,
    /// Were there already, just so.
    unchanged: i32,
    repaired: i32,
    asked: i32,
    waiting: i32,
    skipped: i32,
    refused: i32,
}

impl From<Model> for VendorImportOut {
    fn from(row: Model) -> Self {
        let mapping: Mapping = serde_json::from_str(&row.mapping).unwrap_or_else(|_| Mapping::guess(&[]));
        let column = |(header, field): (&str, Option<&str>)| ColumnOut {
            header: header.to_owned(),
            field: field.map(str::to_owned),
        };
        Self {
            missing: mapping.missing(),
            columns: mapping.all().map(column).collect(),
            id: row.id,
            status: row.status,
            format: row.format,
            dry_run: row.dry_run,
            survey_period: row.survey_period,
            rows: row.total,
            done: row.row_cursor,
            counts: Counts {
                created: row.created,
                updated: row.updated,
                unchanged: row.unchanged,
                repaired: row.repaired,
                asked: row.asked,
                waiting: row.waiting,
                skipped: row.skipped,
                refused: row.refused,
            },
            error: row.error,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            finished_at: row.finished_at,
        }
    }
}

/// One line of the report.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportNoteOut {
    line: i32,
    /// `repaired`, `asked`, `skipped`, `refused`, `waiting`.
    outcome: String,
    /// Empty for the row as a whole.
    column: String,
    /// As it is written; masked where it is personal.
    value: Option<String>,
    code: String,
    reason: String,
    /// How it was taken, or may have been meant.
    suggestion: Option<String>,
}

impl ImportNoteOut {
    fn of(row: note::Model, lang: Lang) -> Self {
        let reason = if lang == Lang::En { row.reason_en } else { row.reason_id };
        Self {
            line: row.line,
            outcome: row.outcome,
            column: row.column_name,
            value: row.value,
            code: row.code,
            reason,
            suggestion: row.suggestion,
        }
    }
}

/// Send a list of shops (CSV or XLSX). A job writes it; where all columns are known it begins at once.
#[utoipa::path(
    post,
    path = "/v1/admin/vendor-imports",
    tag = "office",
    params(UploadQuery),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)),
    responses(
        (status = 201, body = VendorImportOut),
        (status = 413, description = "`too-large`"),
        (status = 415, description = "`unsupported-media-type`"),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn upload_vendor_import(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidQuery(params): ValidQuery<UploadQuery>,
    file: FilePart,
) -> Result<(StatusCode, Json<VendorImportOut>), Problem> {
    let mut fields = Fields::new();
    let period = fields.take_opt("?survey_period", params.survey_period.as_deref().map(Period::parse));
    let period = period.ok_or_else(|| fields.into_problem())?;
    let options = Options {
        dry_run: params.dry_run.unwrap_or(false),
        confirm_mapping: params.confirm_mapping.unwrap_or(false),
        period: period.unwrap_or_else(|| Period::semester_of(app.now())),
    };
    let row = service::upload(&app, (caller.user_id, &who), options, file.bytes).await?;
    Ok(created(row.into()))
}

/// List the lists, the latest first.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-imports",
    tag = "office",
    params(PageQuery),
    responses((status = 200, body = Page<VendorImportOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendor_imports(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<PageQuery>,
) -> Result<Json<Page<VendorImportOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let rows = query::list(app.db.read(), &page).await?;
    Ok(Json(rows.map(VendorImportOut::from)))
}

/// Show a list and how far it is.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-imports/{import_id}",
    tag = "office",
    params(("import_id" = VendorImportId, Path)),
    responses((status = 200, body = VendorImportOut))
)]
pub async fn get_vendor_import(
    State(app): State<App>,
    PathId(id): PathId<VendorImportId>,
) -> Result<Json<VendorImportOut>, Problem> {
    let row = query::find(app.db.read(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(row.into()))
}

/// Say which column is which, and begin.
#[utoipa::path(
    post,
    path = "/v1/admin/vendor-imports/{import_id}/start",
    tag = "office",
    params(("import_id" = VendorImportId, Path)),
    request_body = StartIn,
    responses((status = 200, body = VendorImportOut), (status = 409, description = "`import-started`"))
)]
pub async fn start_vendor_import(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<VendorImportId>,
    ValidJson(body): ValidJson<StartIn>,
) -> Result<Json<VendorImportOut>, Problem> {
    let told: Vec<(String, String)> = body.mapping.into_iter().collect();
    let row = service::start(&app, &who, id, &told).await?;
    Ok(Json(row.into()))
}

/// List what was not taken as it stands, in the order of the file.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-imports/{import_id}/notes",
    tag = "office",
    params(("import_id" = VendorImportId, Path), NotesQuery),
    responses((status = 200, body = Page<ImportNoteOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendor_import_notes(
    State(app): State<App>,
    Language(lang): Language,
    PathId(id): PathId<VendorImportId>,
    ValidQuery(params): ValidQuery<NotesQuery>,
) -> Result<Json<Page<ImportNoteOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let db = app.db.read();
    query::find(db, id).await?.ok_or_else(Problem::not_found)?;
    let rows = query::notes(db, id, params.outcome.map(NoteOutcome::name), &page).await?;
    Ok(Json(rows.map(|row| ImportNoteOut::of(row, lang))))
}

/// Get the whole report as a file. No cell of it is a formula.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-imports/{import_id}/report",
    tag = "office",
    params(("import_id" = VendorImportId, Path), ReportQuery),
    responses(
        (status = 200, content_type = "text/csv", body = String),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn get_vendor_import_report(
    State(app): State<App>,
    Language(lang): Language,
    PathId(id): PathId<VendorImportId>,
    ValidQuery(params): ValidQuery<ReportQuery>,
) -> Result<Response, Problem> {
    let db = app.db.read();
    query::find(db, id).await?.ok_or_else(Problem::not_found)?;
    let rows = query::report(db, id).await?.into_iter().map(|row| cells(ImportNoteOut::of(row, lang)));
    let header = ["line", "outcome", "column", "value", "code", "reason", "suggestion"];
    table(params.format.unwrap_or_default(), "report", &header, &rows.collect::<Vec<_>>())
}

fn cells(row: ImportNoteOut) -> Vec<Cell> {
    vec![
        row.line.into(),
        row.outcome.into(),
        row.column.into(),
        row.value.into(),
        row.code.into(),
        row.reason.into(),
        row.suggestion.into(),
    ]
}
