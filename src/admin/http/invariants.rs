//! The rules that always hold, as operators and auditors see them.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::invariants::{self, Finding};
use crate::app::App;
use crate::kernel::Problem;
use crate::web::{Area, Policy, Role};

pub(super) const CHECK_INVARIANTS: Policy =
    Policy::any_of(&[Role::Operator, Role::Auditor]).area(Area::Operation);

/// How every rule stands.
#[derive(Serialize, ToSchema)]
pub(super) struct InvariantsOut {
    items: Vec<InvariantOut>,
}

/// One rule.
#[derive(Serialize, ToSchema)]
pub(super) struct InvariantOut {
    /// Number and name.
    rule: &'static str,
    /// Rows that break it; 0 is right.
    violations: i64,
    /// Ids of some of them.
    samples: Vec<Uuid>,
}

impl From<Finding> for InvariantOut {
    fn from(finding: Finding) -> Self {
        Self { rule: finding.rule, violations: finding.violations, samples: finding.samples }
    }
}

/// Checks the rules that always hold over the whole database.
#[utoipa::path(
    get,
    path = "/v1/admin/invariants",
    tag = "admin",
    responses(
        (status = 200, body = InvariantsOut),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "Neither operator nor auditor"),
    )
)]
pub(super) async fn check_invariants(State(app): State<App>) -> Result<Json<InvariantsOut>, Problem> {
    let findings = invariants::findings(&app).await?;
    Ok(Json(InvariantsOut { items: findings.into_iter().map(Into::into).collect() }))
}
