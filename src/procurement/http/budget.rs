//! The budget of a work unit.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::kernel::fields::{number, text};
use crate::kernel::{BudgetLineId, Fields, Page, Problem, Rupiah, WorkUnitId};
use crate::platform::audit::Who;
use crate::procurement::entity::budget_line;
use crate::procurement::model::{FundSource, account_code};
use crate::procurement::query;
use crate::procurement::service::{self, NewLine};
use crate::web::query::page_of;
use crate::web::{Caller, IfMatch, PathId, PathIds, Policy, Role, ValidJson, ValidQuery, etag};

pub const READ: Policy = Policy::any_of(&[
    Role::ProcurementOfficer,
    Role::CommitmentOfficer,
    Role::ActivityOfficer,
    Role::Receiver,
    Role::Treasurer,
    Role::UnitAuditor,
    Role::Operator,
    Role::Auditor,
])
.on("work_unit", "work_unit_id");
pub const ADD: Policy = Policy::any_of(&[Role::CommitmentOfficer, Role::Treasurer, Role::Operator])
    .on("work_unit", "work_unit_id");
pub const CHANGE: Policy = ADD.if_match();

/// A line of the budget.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBudgetLine {
    /// The fiscal year.
    #[schema(minimum = 2025, maximum = 2100, example = 2026)]
    year: i32,
    /// The code of the sub-activity.
    #[schema(min_length = 1, max_length = 40, example = "1.02.01.2.06.0004")]
    sub_activity: String,
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    #[schema(example = "5.1.02.01.01.0052")]
    account_code: String,
    fund_source: FundSource,
    /// The number in the plan of procurement.
    #[schema(min_length = 1, max_length = 30)]
    rup_code: Option<String>,
    #[schema(minimum = 0, example = 50_000_000)]
    ceiling: i64,
}

/// Another ceiling.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetLinePatch {
    #[schema(minimum = 0, example = 60_000_000)]
    ceiling: i64,
    /// Why, for the audit.
    #[schema(min_length = 3, max_length = 200)]
    reason: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BudgetQuery {
    /// Of this fiscal year only.
    year: Option<i32>,
    /// Rows per page, 1 to 100.
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A line of the budget, and what is left of it.
#[derive(Serialize, ToSchema)]
pub(super) struct BudgetLineOut {
    id: BudgetLineId,
    year: i32,
    sub_activity: String,
    title: String,
    account_code: String,
    fund_source: FundSource,
    rup_code: Option<String>,
    ceiling: Rupiah,
    /// By requests.
    reserved: Rupiah,
    /// By orders.
    committed: Rupiah,
    /// For goods that came.
    spent: Rupiah,
    available: i64,
    /// What `If-Match` wants when the line is changed.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl BudgetLineOut {
    fn of(row: budget_line::Model) -> Self {
        Self {
            id: row.id,
            year: row.year,
            sub_activity: row.sub_activity,
            title: row.title,
            account_code: row.account_code,
            fund_source: row.fund_source,
            rup_code: Some(row.rup_code).filter(|code| !code.is_empty()),
            ceiling: row.ceiling,
            reserved: row.reserved,
            committed: row.committed,
            spent: row.spent,
            available: row.ceiling.get() - row.reserved.get() - row.committed.get() - row.spent.get(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl NewBudgetLine {
    fn parse(self) -> Result<NewLine, Problem> {
        let mut fields = Fields::new();
        let year = fields.take("/year", number(self.year, 2025, 2100));
        let sub_activity = fields.take("/sub_activity", text(&self.sub_activity, 1, 40, false));
        let title = fields.take("/title", text(&self.title, 1, 200, false));
        let account_code = fields.take("/account_code", account_code(&self.account_code));
        let rup_code = self.rup_code.as_deref().map(|code| text(code, 1, 30, false));
        let rup_code = fields.take_opt("/rup_code", rup_code);
        let ceiling = fields.take("/ceiling", number(self.ceiling, 0, Rupiah::MAX.get()));
        match (year, sub_activity, title, account_code, rup_code, ceiling) {
            (
                Some(year),
                Some(sub_activity),
                Some(title),
                Some(account_code),
                Some(rup_code),
                Some(ceiling),
            ) => Ok(NewLine {
                year,
                sub_activity,
                title,
                account_code,
                fund_source: self.fund_source,
                rup_code: rup_code.unwrap_or_default(),
                ceiling: Rupiah::new(ceiling).map_err(Problem::internal)?,
            }),
            _ => Err(fields.into_problem()),
        }
    }
}

/// List the budget of a work unit with what is reserved, committed, spent and left; the oldest line first.
#[utoipa::path(get, path = "/v1/work-units/{work_unit_id}/budget-lines", tag = "procurement",
    params(("work_unit_id" = WorkUnitId, Path), BudgetQuery),
    responses((status = 200, body = Page<BudgetLineOut>), (status = 422, description = "`invalid`")))]
pub async fn list_budget_lines(
    State(app): State<App>,
    PathId(unit_id): PathId<WorkUnitId>,
    ValidQuery(wanted): ValidQuery<BudgetQuery>,
) -> Result<Json<Page<BudgetLineOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    query::unit(app.db.read(), unit_id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(query::budget_lines(app.db.read(), (unit_id, wanted.year), page).await?.map(BudgetLineOut::of)))
}

/// Show a line of the budget.
#[utoipa::path(get, path = "/v1/work-units/{work_unit_id}/budget-lines/{budget_line_id}", tag = "procurement",
    params(("work_unit_id" = WorkUnitId, Path), ("budget_line_id" = BudgetLineId, Path)),
    responses((status = 200, body = BudgetLineOut)))]
pub async fn get_budget_line(
    State(app): State<App>,
    PathIds(ids): PathIds<(WorkUnitId, BudgetLineId)>,
) -> Result<impl IntoResponse, Problem> {
    let row = query::budget_line(app.db.read(), ids).await?.ok_or_else(Problem::not_found)?;
    Ok((etag(row.version), Json(BudgetLineOut::of(row))))
}

/// Add a line to the budget of a work unit.
#[utoipa::path(post, path = "/v1/work-units/{work_unit_id}/budget-lines", tag = "procurement",
    params(("work_unit_id" = WorkUnitId, Path)), request_body = NewBudgetLine,
    responses((status = 201, body = BudgetLineOut), (status = 409, description = "budget-line-exists"), (status = 422)))]
pub async fn create_budget_line(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(unit_id): PathId<WorkUnitId>,
    ValidJson(body): ValidJson<NewBudgetLine>,
) -> Result<impl IntoResponse, Problem> {
    let row = service::add_line(&app, (caller.user_id, &who), unit_id, body.parse()?).await?;
    Ok((axum::http::StatusCode::CREATED, etag(row.version), Json(BudgetLineOut::of(row))))
}

/// Change the ceiling of a line, but not below what is in use.
#[utoipa::path(patch, path = "/v1/work-units/{work_unit_id}/budget-lines/{budget_line_id}", tag = "procurement",
    params(("work_unit_id" = WorkUnitId, Path), ("budget_line_id" = BudgetLineId, Path)), request_body = BudgetLinePatch,
    responses((status = 200, body = BudgetLineOut), (status = 409, description = "ceiling-in-use"), (status = 422)))]
pub async fn update_budget_line(
    State(app): State<App>,
    who: Who,
    PathIds(ids): PathIds<(WorkUnitId, BudgetLineId)>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<BudgetLinePatch>,
) -> Result<impl IntoResponse, Problem> {
    let mut fields = Fields::new();
    let ceiling = fields.take("/ceiling", number(body.ceiling, 0, Rupiah::MAX.get()));
    let reason = fields.take("/reason", text(&body.reason, 3, 200, false));
    let (Some(ceiling), Some(reason)) = (ceiling, reason) else {
        return Err(fields.into_problem());
    };
    let ceiling = Rupiah::new(ceiling).map_err(Problem::internal)?;
    let row = service::change_ceiling(&app, &who, ids, seen, (ceiling, &reason)).await?;
    Ok((etag(row.version), Json(BudgetLineOut::of(row))))
}
