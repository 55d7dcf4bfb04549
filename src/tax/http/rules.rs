//! The rules of taxes, for those who keep them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{Fields, Problem, Rupiah, TaxRuleId, UserId};
use crate::platform::audit::Who;
use crate::tax::entity::rule;
use crate::tax::model::{Kind, Scheme, check_days};
use crate::tax::{query, service};
use crate::web::{Area, Caller, Policy, Role, ValidJson};

pub const LIST: Policy =
    Policy::any_of(&[Role::Operator, Role::Finance, Role::Auditor]).area(Area::Operation);
pub const ADD: Policy = Policy::any_of(&[Role::Operator]).step_up().area(Area::Operation);

/// The regional tax on catered food is at most 10 % (UU 1/2022 art. 58).
const PBJT_MOST: (i64, i64) = (1, 10);

/// A rule of a tax from a day on. Of the price the base is `base_num / base_den`, of the base the tax is `rate_num / rate_den`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTaxRule {
    /// A rule of the same code from a later day takes the place of this one.
    #[schema(min_length = 3, max_length = 60, example = "sale-ppn")]
    code: String,
    scheme: Scheme,
    kind: Kind,
    tax_class: Option<TaxClass>,
    #[schema(minimum = 1, maximum = 100_000, example = 11)]
    base_num: i64,
    #[schema(minimum = 1, maximum = 100_000, example = 12)]
    base_den: i64,
    #[schema(minimum = 0, maximum = 100_000, example = 12)]
    rate_num: i64,
    #[schema(minimum = 1, maximum = 100_000, example = 100)]
    rate_den: i64,
    /// An amount instead of a rate.
    #[serde(default)]
    #[schema(minimum = 0, example = 0)]
    flat: i64,
    /// Not due up to and including this amount.
    #[schema(minimum = 0)]
    threshold: Option<i64>,
    /// So many times as high for sellers without a tax number.
    #[serde(default = "once")]
    #[schema(minimum = 1, maximum = 10, example = 1)]
    no_npwp_factor: i32,
    valid_from: NaiveDate,
    /// The last day.
    valid_to: Option<NaiveDate>,
    /// The law.
    #[schema(min_length = 3, max_length = 200)]
    source: String,
}

fn once() -> i32 {
    1
}

/// A rule of a tax.
#[derive(Serialize, ToSchema)]
pub(super) struct TaxRuleOut {
    id: TaxRuleId,
    code: String,
    scheme: Scheme,
    kind: Kind,
    tax_class: Option<TaxClass>,
    base_num: i64,
    base_den: i64,
    rate_num: i64,
    rate_den: i64,
    flat: Rupiah,
    threshold: Option<Rupiah>,
    no_npwp_factor: i32,
    valid_from: String,
    valid_to: Option<String>,
    source: String,
}

/// All rules.
#[derive(Serialize, ToSchema)]
pub(super) struct TaxRulesOut {
    items: Vec<TaxRuleOut>,
}

/// List the rules of taxes, by code and day.
#[utoipa::path(get, path = "/v1/admin/tax-rules", tag = "tax", responses((status = 200, body = TaxRulesOut)))]
pub async fn list_tax_rules(State(app): State<App>) -> Result<Json<TaxRulesOut>, Problem> {
    let rows = query::rule_rows(app.db.read()).await?;
    Ok(Json(TaxRulesOut { items: rows.into_iter().map(TaxRuleOut::of).collect() }))
}

/// Add a rule of a tax from a day on. Orders that were placed keep what was due then.
#[utoipa::path(post, path = "/v1/admin/tax-rules", tag = "tax", request_body = NewTaxRule,
    responses((status = 201, body = TaxRuleOut), (status = 409, description = "tax-rule-exists"), (status = 422)))]
pub async fn add_tax_rule(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<NewTaxRule>,
) -> Result<(StatusCode, Json<TaxRuleOut>), Problem> {
    let row = body.parse(&app, caller.user_id)?;
    Ok((StatusCode::CREATED, Json(TaxRuleOut::of(service::add_rule(&app, &who, row).await?))))
}

impl NewTaxRule {
    fn parse(self, app: &App, by: UserId) -> Result<rule::Model, Problem> {
        let mut fields = Fields::new();
        let code = fields.take("/code", text(&self.code, 3, 60, false));
        let source = fields.take("/source", text(&self.source, 3, 200, false));
        let numbers = [
            ("/base_num", self.base_num, 1),
            ("/base_den", self.base_den, 1),
            ("/rate_num", self.rate_num, 0),
            ("/rate_den", self.rate_den, 1),
        ];
        for (pointer, value, least) in numbers {
            fields.take(pointer, number(value, least, 100_000));
        }
        fields.take("/no_npwp_factor", number(self.no_npwp_factor, 1, 10));
        let flat = fields.take("/flat", number(self.flat, 0, Rupiah::MAX.get()));
        let threshold = self.threshold.map(|amount| number(amount, 0, Rupiah::MAX.get()));
        let threshold = fields.take_opt("/threshold", threshold);
        self.check_rate(&mut fields);
        let (Some(code), Some(source), Some(flat), Some(threshold)) = (code, source, flat, threshold) else {
            return Err(fields.into_problem());
        };
        fields.check()?;
        Ok(rule::Model {
            id: TaxRuleId::generate(),
            code,
            scheme: self.scheme,
            kind: self.kind,
            tax_class: self.tax_class,
            base_num: self.base_num,
            base_den: self.base_den,
            rate_num: self.rate_num,
            rate_den: self.rate_den,
            flat: Rupiah::new(flat).map_err(Problem::internal)?,
            threshold: threshold.map(Rupiah::new).transpose().map_err(Problem::internal)?,
            no_npwp_factor: self.no_npwp_factor,
            valid_from: self.valid_from.to_string(),
            valid_to: self.valid_to.map(|day| day.to_string()),
            source,
            created_by: Some(by),
            created_at: app.now(),
        })
    }

    fn check_rate(&self, fields: &mut Fields) {
        let most = if self.kind == Kind::Pbjt { PBJT_MOST } else { (1, 1) };
        let too_high = i128::from(self.base_num) * i128::from(self.rate_num) * i128::from(most.1)
            > i128::from(self.base_den) * i128::from(self.rate_den) * i128::from(most.0);
        if too_high {
            let fault = Fault::new("out-of-range", "Tarif terlalu tinggi.", "The rate is too high.");
            fields.push("/rate_num", fault);
        }
        check_days(fields, (self.valid_from, self.valid_to));
    }
}

impl TaxRuleOut {
    fn of(row: rule::Model) -> Self {
        Self {
            id: row.id,
            code: row.code,
            scheme: row.scheme,
            kind: row.kind,
            tax_class: row.tax_class,
            base_num: row.base_num,
            base_den: row.base_den,
            rate_num: row.rate_num,
            rate_den: row.rate_den,
            flat: row.flat,
            threshold: row.threshold,
            no_npwp_factor: row.no_npwp_factor,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        }
    }
}
