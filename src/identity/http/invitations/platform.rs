//! Invitations to roles on the platform.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{InvitationOut, address, list};
use crate::app::App;
use crate::identity::http::members::PageQuery;
use crate::identity::model::{PlatformRole, Term};
use crate::identity::service::invitations::{self, Invite};
use crate::kernel::{Fields, InvitationId, Page, Problem};
use crate::platform::audit::Who;
use crate::web::authz::Scope;
use crate::web::body::created;
use crate::web::{PathId, Policy, Role, ValidJson, ValidQuery};

pub(super) const LIST: Policy = Policy::any_of(&[Role::Operator]);
pub(super) const CHANGE: Policy = LIST.step_up();
pub(super) const CHANGE_ONE: Policy = CHANGE.on("invitation", "invitation_id");

/// A role on the platform. Without an address the answer holds a secret to hand over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity::http) struct PlatformInvitationIn {
    role: PlatformRole,
    email: Option<String>,
    /// An Indonesian mobile number.
    phone: Option<String>,
}

impl PlatformInvitationIn {
    fn parse(&self) -> Result<Invite, Problem> {
        let mut fields = Fields::new();
        let to = address(&mut fields, self.email.as_deref(), self.phone.as_deref());
        fields.check()?;
        Ok(Invite {
            scope_id: Uuid::nil(),
            role: self.role.into(),
            permissions: None,
            decree: None,
            term: Term::default(),
            to: to.flatten(),
        })
    }
}

/// Invite somebody to a role on the platform.
#[utoipa::path(
    post,
    path = "/v1/admin/invitations",
    tag = "identity",
    request_body = PlatformInvitationIn,
    responses((status = 201, body = InvitationOut), (status = 429, description = "`too-many-invitations`"))
)]
pub(super) async fn invite_to_platform(
    State(app): State<App>,
    who: Who,
    ValidJson(body): ValidJson<PlatformInvitationIn>,
) -> Result<(StatusCode, Json<InvitationOut>), Problem> {
    let (row, token) = invitations::invite(&app, &who, body.parse()?).await?;
    Ok(created(InvitationOut::of(row, token, app.now())))
}

/// List the invitations to roles on the platform, the newest first.
#[utoipa::path(
    get,
    path = "/v1/admin/invitations",
    tag = "identity",
    params(PageQuery),
    responses((status = 200, body = Page<InvitationOut>), (status = 422, description = "`invalid`"))
)]
pub(super) async fn list_platform_invitations(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<PageQuery>,
) -> Result<Json<Page<InvitationOut>>, Problem> {
    list(&app, (Scope::Platform, Uuid::nil()), &wanted).await
}

/// Take an invitation back.
#[utoipa::path(
    delete,
    path = "/v1/admin/invitations/{invitation_id}",
    tag = "identity",
    params(("invitation_id" = InvitationId, Path)),
    responses((status = 204), (status = 409, description = "`invitation-closed`"))
)]
pub(super) async fn revoke_platform_invitation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<InvitationId>,
) -> Result<StatusCode, Problem> {
    invitations::revoke(&app, &who, (Scope::Platform, Uuid::nil()), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
