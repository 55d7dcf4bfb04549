//! What a purchase of a work unit needs.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::identity::entity::work_unit;
use crate::kernel::clock::business_date;
use crate::kernel::fields::number;
use crate::kernel::{Problem, Rupiah, WorkUnitId};
use crate::procurement::error::ProcurementError;
use crate::procurement::model::{Duty, Form, Step, applying};
use crate::procurement::query;
use crate::web::{PathId, Policy, ValidQuery};

pub const READ: Policy = super::budget::READ;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AmountQuery {
    /// What the purchase comes to.
    #[param(minimum = 0, example = 38_000_000)]
    amount: i64,
}

/// What a purchase of this amount needs today.
#[derive(Serialize, ToSchema)]
pub(super) struct UnitRulesOut {
    unit_kind: work_unit::Kind,
    amount: Rupiah,
    /// Who approves, in this order.
    steps: Vec<Step>,
    form: Form,
    /// By this rule.
    approval_rule: String,
    /// Duties that are of different people.
    apart: Vec<[Duty; 2]>,
    /// By this rule.
    duty_rule: String,
}

/// Show who approves a purchase of an amount today, and which duties are of different people.
#[utoipa::path(get, path = "/v1/work-units/{work_unit_id}/rules", tag = "procurement",
    params(("work_unit_id" = WorkUnitId, Path), AmountQuery),
    responses((status = 200, body = UnitRulesOut), (status = 409, description = "procurement-rule-missing"), (status = 422)))]
pub async fn get_unit_rules(
    State(app): State<App>,
    PathId(unit_id): PathId<WorkUnitId>,
    ValidQuery(wanted): ValidQuery<AmountQuery>,
) -> Result<Json<UnitRulesOut>, Problem> {
    let amount = number(wanted.amount, 0, Rupiah::MAX.get());
    let amount = amount.map_err(|fault| Problem::field(fault.at("?amount")))?;
    let amount = Rupiah::new(amount).map_err(Problem::internal)?;
    let unit = query::unit(app.db.read(), unit_id).await?.ok_or_else(Problem::not_found)?;
    let (approvals, duties) = (query::approvals(app.db.read()).await?, query::duties(app.db.read()).await?);
    let (of, today) = ((unit.kind, amount), business_date(app.now()));
    let ladder = applying(&approvals, of, today).ok_or(ProcurementError::NoRule)?;
    let duty = applying(&duties, of, today).ok_or(ProcurementError::NoRule)?;
    Ok(Json(UnitRulesOut {
        unit_kind: unit.kind,
        amount,
        steps: ladder.rule.0.clone(),
        form: ladder.rule.1,
        approval_rule: ladder.code.clone(),
        apart: duty.rule.iter().map(|(one, other)| [*one, *other]).collect(),
        duty_rule: duty.code.clone(),
    }))
}
