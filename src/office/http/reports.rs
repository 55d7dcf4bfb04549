//! Figures and reports.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::files::{FileFormat, XLSX, attachment, table};
use super::{READ, WRITE};
use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Page, Problem, ReportTemplateId};
use crate::office::entity::template::Model;
use crate::office::model::Period;
use crate::office::model::summary::{By, Summary, by, total};
use crate::office::model::template::{Value, Values};
use crate::office::query::{figures, templates};
use crate::office::service::reports as service;
use crate::platform::audit::Who;
use crate::platform::sheets::Cell;
use crate::web::body::{FileForm, created};
use crate::web::query::page_of;
use crate::web::{Caller, FilePart, PathId, Policy, ValidQuery};

pub const FIGURES: Policy = READ;
pub const TEMPLATES: Policy = READ;
pub const KEEP: Policy = WRITE;
pub const REPORT: Policy = READ.on("report_template", "template_id");

/// How figures are answered.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FiguresFormat {
    Json,
    Csv,
    Xlsx,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FiguresQuery {
    by: By,
    /// Whose survey counts: `2026`, `2026-S2`, `2026-11`. The semester of today without it.
    period: Option<String>,
    format: Option<FiguresFormat>,
}

/// How a report is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReportFormat {
    /// The workbook, filled.
    #[default]
    Xlsx,
    /// Its rows: one line a shop, whatever the workbook asks for.
    Csv,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// Whose survey counts; the semester of today without it.
    period: Option<String>,
    #[serde(default)]
    format: ReportFormat,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TemplateQuery {
    /// 2 to 120 characters.
    name: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TemplatesQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Shops added up.
#[derive(Serialize, ToSchema)]
pub(super) struct FiguresOut {
    period: String,
    items: Vec<Summary>,
    total: Summary,
}

/// A workbook that reports are written into.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportTemplateOut {
    id: ReportTemplateId,
    name: String,
    created_at: DateTime<Utc>,
}

impl From<Model> for ReportTemplateOut {
    fn from(row: Model) -> Self {
        Self { id: row.id, name: row.name, created_at: row.created_at }
    }
}

fn period(text: Option<&str>, now: DateTime<Utc>) -> Result<Period, Problem> {
    let mut fields = Fields::new();
    let period = fields.take_opt("?period", text.map(Period::parse));
    let period = period.ok_or_else(|| fields.into_problem())?;
    Ok(period.unwrap_or_else(|| Period::semester_of(now)))
}

/// Add up the shops by sector, district, size, online sales, export, or training with sales before and after.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-figures",
    tag = "office",
    params(FiguresQuery),
    responses((status = 200, body = FiguresOut), (status = 422, description = "`invalid`"))
)]
pub async fn get_vendor_figures(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<FiguresQuery>,
) -> Result<Response, Problem> {
    let period = period(params.period.as_deref(), app.now())?;
    let facts = figures::facts(app.db.read(), period).await?;
    let items = by(&facts, params.by, business_date(app.now()));
    let total = total(&facts);
    match params.format {
        Some(FiguresFormat::Csv) => file(FileFormat::Csv, items, total),
        Some(FiguresFormat::Xlsx) => file(FileFormat::Xlsx, items, total),
        Some(FiguresFormat::Json) | None => {
            Ok(Json(FiguresOut { period: period.to_string(), items, total }).into_response())
        }
    }
}

const HEADER: [&str; 14] = [
    "key",
    "label",
    "shops",
    "active",
    "surveyed",
    "turnover_month",
    "workers_male",
    "workers_female",
    "online",
    "export",
    "trained",
    "compared",
    "turnover_before",
    "turnover_after",
];

fn file(format: FileFormat, items: Vec<Summary>, total: Summary) -> Result<Response, Problem> {
    let rows: Vec<Vec<Cell>> = items.into_iter().chain([total]).map(cells).collect();
    table(format, "figures", &HEADER, &rows)
}

fn cells(row: Summary) -> Vec<Cell> {
    let numbers = [
        row.shops,
        row.active,
        row.surveyed,
        row.turnover_month,
        row.workers_male,
        row.workers_female,
        row.online,
        row.export,
        row.trained,
        row.compared,
        row.turnover_before,
        row.turnover_after,
    ];
    [row.key.into(), row.label.into()].into_iter().chain(numbers.map(Cell::Number)).collect()
}

/// Keep a workbook to write reports into: `{{key}}` in its cells, and one row of `{{row.key}}` that is repeated for every shop.
#[utoipa::path(
    post,
    path = "/v1/admin/report-templates",
    tag = "office",
    params(TemplateQuery),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)),
    responses(
        (status = 201, body = ReportTemplateOut),
        (status = 413, description = "`too-large`"),
        (status = 415, description = "`unsupported-media-type`"),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn keep_report_template(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidQuery(params): ValidQuery<TemplateQuery>,
    file: FilePart,
) -> Result<(StatusCode, Json<ReportTemplateOut>), Problem> {
    let mut fields = Fields::new();
    let name = fields.take("?name", text(&params.name, 2, 120, false));
    let name = name.ok_or_else(|| fields.into_problem())?;
    let row = service::keep(&app, (caller.user_id, &who), name, file.bytes).await?;
    Ok(created(row.into()))
}

/// List the templates, the latest first.
#[utoipa::path(
    get,
    path = "/v1/admin/report-templates",
    tag = "office",
    params(TemplatesQuery),
    responses((status = 200, body = Page<ReportTemplateOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_report_templates(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<TemplatesQuery>,
) -> Result<Json<Page<ReportTemplateOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    Ok(Json(templates::list(app.db.read(), &page).await?.map(ReportTemplateOut::from)))
}

/// Get a report: the template with everything filled in, or its rows as CSV.
#[utoipa::path(
    get,
    path = "/v1/admin/reports/{template_id}",
    tag = "office",
    params(("template_id" = ReportTemplateId, Path), ReportQuery),
    responses(
        (status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 422, description = "`invalid`"),
    )
)]
pub async fn get_report(
    State(app): State<App>,
    PathId(id): PathId<ReportTemplateId>,
    ValidQuery(params): ValidQuery<ReportQuery>,
) -> Result<Response, Problem> {
    let period = period(params.period.as_deref(), app.now())?;
    if params.format == ReportFormat::Csv {
        let rows = service::rows(&app, id, period).await?;
        let rows: Vec<Vec<Cell>> = rows.iter().map(line).collect();
        return table(FileFormat::Csv, &format!("report-{period}"), &service::ROW, &rows);
    }
    let (_, bytes) = service::fill(&app, id, period).await?;
    attachment(XLSX, &format!("report-{period}.xlsx"), bytes)
}

fn line(row: &Values) -> Vec<Cell> {
    let cell = |key: &&str| match row.get(*key) {
        Some(Value::Number(number)) => Cell::Number(*number),
        Some(Value::Text(text)) => Cell::Text(text.clone()),
        None => Cell::Text(String::new()),
    };
    service::ROW.iter().map(cell).collect()
}
