//! Rules of the commission, for operators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{CommissionRuleId, Fields, Problem, Rupiah, UserId};
use crate::platform::audit::Who;
use crate::settlement::entity::commission_rule::{self, Scope};
use crate::settlement::{query, service};
use crate::tax::model::check_days;
use crate::web::{Area, Caller, Policy, Role, ValidJson};

pub const LIST: Policy =
    Policy::any_of(&[Role::Operator, Role::Finance, Role::Auditor]).area(Area::Operation);
pub const ADD: Policy = Policy::any_of(&[Role::Operator]).step_up().area(Area::Operation);

/// What the platform takes from a day on. A rule of a shop wins over one of a category, and that over the general one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCommissionRule {
    scope: Scope,
    /// The category or the shop; left out for everybody's.
    scope_id: Option<Uuid>,
    /// In hundredths of a per cent.
    #[schema(minimum = 0, maximum = 10_000, example = 250)]
    rate_bp: i32,
    /// At least so much of an order.
    #[serde(default)]
    #[schema(minimum = 0)]
    floor: i64,
    /// At most so much of an order.
    #[schema(minimum = 0)]
    cap: Option<i64>,
    /// Of the shipping, too.
    #[serde(default)]
    on_shipping: bool,
    /// The tax on the commission, in hundredths of a per cent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000, example = 1_100)]
    tax_bp: i32,
    valid_from: NaiveDate,
    /// The last day.
    valid_to: Option<NaiveDate>,
    #[schema(max_length = 300)]
    note: Option<String>,
}

/// A rule of the commission.
#[derive(Serialize, ToSchema)]
pub(super) struct CommissionRuleOut {
    id: CommissionRuleId,
    scope: Scope,
    scope_id: Option<Uuid>,
    rate_bp: i32,
    floor: Rupiah,
    cap: Option<Rupiah>,
    on_shipping: bool,
    tax_bp: i32,
    valid_from: String,
    valid_to: Option<String>,
    note: Option<String>,
}

/// All rules.
#[derive(Serialize, ToSchema)]
pub(super) struct CommissionRulesOut {
    items: Vec<CommissionRuleOut>,
}

/// List the rules of the commission, the newest first.
#[utoipa::path(get, path = "/v1/admin/commission-rules", tag = "settlement", responses((status = 200, body = CommissionRulesOut)))]
pub async fn list_commission_rules(State(app): State<App>) -> Result<Json<CommissionRulesOut>, Problem> {
    let rows = query::rule_rows(app.db.read()).await?;
    Ok(Json(CommissionRulesOut { items: rows.into_iter().map(CommissionRuleOut::of).collect() }))
}

/// Add a rule of the commission from a day on. Orders that were placed keep what was frozen then.
#[utoipa::path(post, path = "/v1/admin/commission-rules", tag = "settlement", request_body = NewCommissionRule,
    responses((status = 201, body = CommissionRuleOut), (status = 409, description = "commission-rule-exists"), (status = 422)))]
pub async fn add_commission_rule(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<NewCommissionRule>,
) -> Result<(StatusCode, Json<CommissionRuleOut>), Problem> {
    let row = service::add_rule(&app, &who, body.parse(&app, caller.user_id)?).await?;
    Ok((StatusCode::CREATED, Json(CommissionRuleOut::of(row))))
}

impl NewCommissionRule {
    fn parse(self, app: &App, by: UserId) -> Result<commission_rule::Model, Problem> {
        let mut fields = Fields::new();
        fields.take("/rate_bp", number(self.rate_bp, 0, 10_000));
        fields.take("/tax_bp", number(self.tax_bp, 0, 10_000));
        let floor = fields.take("/floor", number(self.floor, 0, Rupiah::MAX.get()));
        let cap = fields.take_opt("/cap", self.cap.map(|cap| number(cap, 0, Rupiah::MAX.get())));
        let note = fields.take_opt("/note", self.note.as_deref().map(|note| text(note, 0, 300, true)));
        if (self.scope == Scope::Global) != self.scope_id.is_none() {
            let fault = Fault::new(
                "scope",
                "Kategori dan toko perlu id; umum tanpa id.",
                "A category or a shop needs an id; the general rule has none.",
            );
            fields.push("/scope_id", fault);
        }
        if self.cap.is_some_and(|cap| cap < self.floor) {
            fields.push("/cap", Fault::new("below-floor", "Di bawah batas bawah.", "Below the floor."));
        }
        check_days(&mut fields, (self.valid_from, self.valid_to));
        let (Some(floor), Some(cap), Some(note), false) = (floor, cap, note, fields.any()) else {
            return Err(fields.into_problem());
        };
        Ok(commission_rule::Model {
            id: CommissionRuleId::generate(),
            scope: self.scope,
            scope_id: self.scope_id.unwrap_or(Uuid::nil()),
            rate_bp: self.rate_bp,
            floor: Rupiah::new(floor).map_err(Problem::internal)?,
            cap: cap.map(Rupiah::new).transpose().map_err(Problem::internal)?,
            on_shipping: self.on_shipping,
            tax_bp: self.tax_bp,
            valid_from: self.valid_from.to_string(),
            valid_to: self.valid_to.map(|day| day.to_string()),
            note,
            created_by: by,
            created_at: app.now(),
        })
    }
}

impl CommissionRuleOut {
    fn of(row: commission_rule::Model) -> Self {
        Self {
            id: row.id,
            scope: row.scope,
            scope_id: Some(row.scope_id).filter(|id| !id.is_nil()),
            rate_bp: row.rate_bp,
            floor: row.floor,
            cap: row.cap,
            on_shipping: row.on_shipping,
            tax_bp: row.tax_bp,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            note: row.note,
        }
    }
}
