//! Invitations to a work unit.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{InvitationOut, address, list};
use crate::app::App;
use crate::identity::http::members::PageQuery;
use crate::identity::http::units::decree;
use crate::identity::model::{Term, UnitRole};
use crate::identity::query::members as query;
use crate::identity::service::invitations::{self, Invite};
use crate::kernel::{Fields, InvitationId, Page, Problem, WorkUnitId};
use crate::platform::audit::Who;
use crate::web::authz::Scope;
use crate::web::body::created;
use crate::web::{PathId, PathIds, Policy, Role, ValidJson, ValidQuery};

pub(super) const LIST: Policy = Policy::any_of(&[Role::Operator]).on("work_unit", "work_unit_id");
pub(super) const CHANGE: Policy = LIST.step_up();

/// A role in the work unit, by decree and from the first to the last day in Jakarta. Without an address the answer holds a
/// secret to hand over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity::http) struct UnitInvitationIn {
    role: UnitRole,
    decree: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    email: Option<String>,
    /// An Indonesian mobile number.
    phone: Option<String>,
}

impl UnitInvitationIn {
    fn parse(&self, unit_id: WorkUnitId) -> Result<Invite, Problem> {
        let mut fields = Fields::new();
        let decree = fields.take("/decree", decree(&self.decree));
        let term = fields.take("/valid_to", Term::new(self.valid_from, self.valid_to));
        let to = address(&mut fields, self.email.as_deref(), self.phone.as_deref());
        fields.check()?;
        Ok(Invite {
            scope_id: unit_id.into(),
            role: self.role.into(),
            permissions: None,
            decree,
            term: term.unwrap_or_default(),
            to: to.flatten(),
        })
    }
}

/// Invite somebody to serve a work unit.
#[utoipa::path(
    post,
    path = "/v1/admin/work-units/{work_unit_id}/invitations",
    tag = "identity",
    params(("work_unit_id" = WorkUnitId, Path)),
    request_body = UnitInvitationIn,
    responses((status = 201, body = InvitationOut), (status = 429, description = "`too-many-invitations`"))
)]
pub(super) async fn invite_to_unit(
    State(app): State<App>,
    who: Who,
    PathId(unit_id): PathId<WorkUnitId>,
    ValidJson(body): ValidJson<UnitInvitationIn>,
) -> Result<(StatusCode, Json<InvitationOut>), Problem> {
    let (row, token) = invitations::invite(&app, &who, body.parse(unit_id)?).await?;
    Ok(created(InvitationOut::of(row, token, app.now())))
}

/// List the invitations of a work unit, the newest first.
#[utoipa::path(
    get,
    path = "/v1/admin/work-units/{work_unit_id}/invitations",
    tag = "identity",
    params(("work_unit_id" = WorkUnitId, Path), PageQuery),
    responses((status = 200, body = Page<InvitationOut>), (status = 422, description = "`invalid`"))
)]
pub(super) async fn list_unit_invitations(
    State(app): State<App>,
    PathId(unit_id): PathId<WorkUnitId>,
    ValidQuery(wanted): ValidQuery<PageQuery>,
) -> Result<Json<Page<InvitationOut>>, Problem> {
    if !query::unit_exists(app.db.read(), unit_id).await? {
        return Err(Problem::not_found());
    }
    list(&app, (Scope::Unit, unit_id.into()), &wanted).await
}

/// Take an invitation back.
#[utoipa::path(
    delete,
    path = "/v1/admin/work-units/{work_unit_id}/invitations/{invitation_id}",
    tag = "identity",
    params(("work_unit_id" = WorkUnitId, Path), ("invitation_id" = InvitationId, Path)),
    responses((status = 204), (status = 409, description = "`invitation-closed`"))
)]
pub(super) async fn revoke_unit_invitation(
    State(app): State<App>,
    who: Who,
    PathIds((unit_id, id)): PathIds<(WorkUnitId, InvitationId)>,
) -> Result<StatusCode, Problem> {
    invitations::revoke(&app, &who, (Scope::Unit, unit_id.into()), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
