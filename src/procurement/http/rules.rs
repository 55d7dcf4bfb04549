//! Dated rules of buying, for those who keep them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::identity::entity::work_unit;
use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{ApprovalRuleId, DutyRuleId, Fields, Problem, Rupiah};
use crate::platform::audit::Who;
use crate::procurement::entity::{approval_rule, duty_rule};
use crate::procurement::model::{Duty, Form, Step, pairs, pairs_text, parse_pairs, parse_steps, steps_text};
use crate::procurement::{query, service};
use crate::tax::model::check_days;
use crate::web::{Area, Caller, Policy, Role, ValidJson};

pub const LIST: Policy = Policy::any_of(&[Role::Operator, Role::Auditor]).area(Area::Operation);
pub const ADD: Policy = Policy::any_of(&[Role::Operator]).step_up().area(Area::Operation);

/// A rule about which duties in one order are of different people.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDutyRule {
    /// A rule of the same code from a later day takes the place of this one.
    #[schema(min_length = 3, max_length = 60, example = "school")]
    code: String,
    /// For units of this kind only; there it takes the place of the rules for all.
    unit_kind: Option<work_unit::Kind>,
    /// For orders of more than this.
    #[schema(minimum = 0, example = 0)]
    above: i64,
    /// Pairs of duties; who asks and who approves are always different people.
    apart: Vec<[Duty; 2]>,
    valid_from: NaiveDate,
    /// The last day.
    valid_to: Option<NaiveDate>,
    /// The law or decree.
    #[schema(min_length = 3, max_length = 200)]
    source: String,
}

/// A rule about who approves in turn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApprovalRule {
    /// A rule of the same code from a later day takes the place of this one.
    #[schema(min_length = 3, max_length = 60, example = "up-to-50")]
    code: String,
    /// For units of this kind only; there it takes the place of the rules for all.
    unit_kind: Option<work_unit::Kind>,
    /// For orders of more than this.
    #[schema(minimum = 0, example = 10_000_000)]
    above: i64,
    #[schema(min_items = 1, max_items = 2)]
    steps: Vec<Step>,
    form: Form,
    valid_from: NaiveDate,
    /// The last day.
    valid_to: Option<NaiveDate>,
    /// The law or decree.
    #[schema(min_length = 3, max_length = 200)]
    source: String,
}

/// A rule about which duties in one order are of different people.
#[derive(Serialize, ToSchema)]
pub(super) struct DutyRuleOut {
    id: DutyRuleId,
    code: String,
    unit_kind: Option<work_unit::Kind>,
    above: Rupiah,
    apart: Vec<[Duty; 2]>,
    valid_from: String,
    valid_to: Option<String>,
    source: String,
}

/// All such rules.
#[derive(Serialize, ToSchema)]
pub(super) struct DutyRulesOut {
    items: Vec<DutyRuleOut>,
}

/// A rule about who approves in turn.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovalRuleOut {
    id: ApprovalRuleId,
    code: String,
    unit_kind: Option<work_unit::Kind>,
    above: Rupiah,
    steps: Vec<Step>,
    form: Form,
    valid_from: String,
    valid_to: Option<String>,
    source: String,
}

/// All such rules.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovalRulesOut {
    items: Vec<ApprovalRuleOut>,
}

/// List the rules about which duties are of different people, by code and day.
#[utoipa::path(get, path = "/v1/admin/duty-rules", tag = "procurement",
    responses((status = 200, body = DutyRulesOut)))]
pub async fn list_duty_rules(State(app): State<App>) -> Result<Json<DutyRulesOut>, Problem> {
    let rows = query::duty_rows(app.db.read()).await?;
    Ok(Json(DutyRulesOut { items: rows.into_iter().map(DutyRuleOut::of).collect() }))
}

/// Add a rule about which duties are of different people.
#[utoipa::path(post, path = "/v1/admin/duty-rules", tag = "procurement", request_body = NewDutyRule,
    responses((status = 201, body = DutyRuleOut), (status = 409, description = "procurement-rule-exists"), (status = 422)))]
pub async fn add_duty_rule(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<NewDutyRule>,
) -> Result<(StatusCode, Json<DutyRuleOut>), Problem> {
    let row = body.parse(&app, &caller)?;
    Ok((StatusCode::CREATED, Json(DutyRuleOut::of(service::add_duty(&app, &who, row).await?))))
}

/// List the rules about who approves, by code and day.
#[utoipa::path(get, path = "/v1/admin/approval-rules", tag = "procurement",
    responses((status = 200, body = ApprovalRulesOut)))]
pub async fn list_approval_rules(State(app): State<App>) -> Result<Json<ApprovalRulesOut>, Problem> {
    let rows = query::approval_rows(app.db.read()).await?;
    Ok(Json(ApprovalRulesOut { items: rows.into_iter().map(ApprovalRuleOut::of).collect() }))
}

/// Add a rule about who approves, and in which form the contract is.
#[utoipa::path(post, path = "/v1/admin/approval-rules", tag = "procurement", request_body = NewApprovalRule,
    responses((status = 201, body = ApprovalRuleOut), (status = 409, description = "procurement-rule-exists"), (status = 422)))]
pub async fn add_approval_rule(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<NewApprovalRule>,
) -> Result<(StatusCode, Json<ApprovalRuleOut>), Problem> {
    let row = body.parse(&app, &caller)?;
    Ok((StatusCode::CREATED, Json(ApprovalRuleOut::of(service::add_approval(&app, &who, row).await?))))
}

/// What both kinds of rules begin with: code, source and amount.
fn head(fields: &mut Fields, (code, source): (&str, &str), above: i64) -> Option<(String, String, Rupiah)> {
    let code = fields.take("/code", text(code, 3, 60, false));
    let source = fields.take("/source", text(source, 3, 200, false));
    let above = fields.take("/above", number(above, 0, Rupiah::MAX.get()));
    Some((code?, source?, Rupiah::new(above?).ok()?))
}

impl NewDutyRule {
    fn parse(self, app: &App, caller: &Caller) -> Result<duty_rule::Model, Problem> {
        let mut fields = Fields::new();
        let head = head(&mut fields, (&self.code, &self.source), self.above);
        check_days(&mut fields, (self.valid_from, self.valid_to));
        let apart = pairs(&self.apart).filter(|apart| apart.contains(&(Duty::Requester, Duty::Approver)));
        let fault = Fault::new(
            "duty-pairs",
            "Pasangan harus dua tugas yang berbeda; pemohon dan penyetuju selalu orang yang berbeda.",
            "A pair is two different duties; who asks and who approves are always different people.",
        );
        let apart = fields.take("/apart", apart.ok_or(fault));
        let (Some((code, source, above)), Some(apart)) = (head, apart) else {
            return Err(fields.into_problem());
        };
        fields.check()?;
        Ok(duty_rule::Model {
            id: DutyRuleId::generate(),
            code,
            unit_kind: self.unit_kind,
            above,
            apart: pairs_text(&apart),
            valid_from: self.valid_from.to_string(),
            valid_to: self.valid_to.map(|day| day.to_string()),
            source,
            created_by: Some(caller.user_id),
            created_at: app.now(),
        })
    }
}

impl NewApprovalRule {
    fn parse(self, app: &App, caller: &Caller) -> Result<approval_rule::Model, Problem> {
        let mut fields = Fields::new();
        let head = head(&mut fields, (&self.code, &self.source), self.above);
        check_days(&mut fields, (self.valid_from, self.valid_to));
        let once =
            matches!(self.steps.as_slice(), [_]) || matches!(self.steps.as_slice(), [one, two] if one != two);
        if !once {
            let fault = Fault::new(
                "approval-steps",
                "Isi satu atau dua peran yang berbeda.",
                "Give one role, or two different ones.",
            );
            fields.push("/steps", fault);
        }
        let Some((code, source, above)) = head else {
            return Err(fields.into_problem());
        };
        fields.check()?;
        Ok(approval_rule::Model {
            id: ApprovalRuleId::generate(),
            code,
            unit_kind: self.unit_kind,
            above,
            steps: steps_text(&self.steps),
            form: self.form,
            valid_from: self.valid_from.to_string(),
            valid_to: self.valid_to.map(|day| day.to_string()),
            source,
            created_by: Some(caller.user_id),
            created_at: app.now(),
        })
    }
}

impl DutyRuleOut {
    fn of(row: duty_rule::Model) -> Self {
        Self {
            id: row.id,
            code: row.code,
            unit_kind: row.unit_kind,
            above: row.above,
            apart: parse_pairs(&row.apart).into_iter().map(|(one, other)| [one, other]).collect(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        }
    }
}

impl ApprovalRuleOut {
    fn of(row: approval_rule::Model) -> Self {
        Self {
            id: row.id,
            code: row.code,
            unit_kind: row.unit_kind,
            above: row.above,
            steps: parse_steps(&row.steps),
            form: row.form,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        }
    }
}
