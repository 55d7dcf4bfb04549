//! Invitations to a shop.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{InvitationOut, address, list};
use crate::app::App;
use crate::identity::error::MemberError;
use crate::identity::http::members::{PageQuery, areas};
use crate::identity::model::{StaffArea, Term, VendorRole};
use crate::identity::service::invitations::{self, Invite};
use crate::kernel::{Fields, InvitationId, Page, Problem, VendorId};
use crate::platform::audit::Who;
use crate::web::authz::{Scope, VENDOR_LEADS};
use crate::web::body::created;
use crate::web::{PathId, PathIds, Policy, ValidJson, ValidQuery};

pub(super) const LIST: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id");
pub(super) const CHANGE: Policy = LIST.step_up();

/// A role in the shop. Without an address the answer holds a secret to hand over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity::http) struct VendorInvitationIn {
    role: VendorRole,
    /// The areas that staff is limited to; all without it.
    permissions: Option<Vec<StaffArea>>,
    email: Option<String>,
    /// An Indonesian mobile number.
    phone: Option<String>,
}

impl VendorInvitationIn {
    fn parse(self, vendor_id: VendorId) -> Result<Invite, Problem> {
        let permissions = areas(self.permissions.as_deref())?;
        if permissions.is_some() && self.role != VendorRole::Staff {
            return Err(MemberError::staff_only().into());
        }
        let mut fields = Fields::new();
        let to = address(&mut fields, self.email.as_deref(), self.phone.as_deref());
        fields.check()?;
        Ok(Invite {
            scope_id: vendor_id.into(),
            role: self.role.into(),
            permissions,
            decree: None,
            term: Term::default(),
            to: to.flatten(),
        })
    }
}

/// Invite somebody to work in the shop. Managers invite staff only.
#[utoipa::path(
    post,
    path = "/v1/vendors/{vendor_id}/invitations",
    tag = "identity",
    params(("vendor_id" = VendorId, Path)),
    request_body = VendorInvitationIn,
    responses((status = 201, body = InvitationOut), (status = 429, description = "`too-many-invitations`"))
)]
pub(super) async fn invite_to_vendor(
    State(app): State<App>,
    who: Who,
    PathId(vendor_id): PathId<VendorId>,
    ValidJson(body): ValidJson<VendorInvitationIn>,
) -> Result<(StatusCode, Json<InvitationOut>), Problem> {
    let (row, token) = invitations::invite(&app, &who, body.parse(vendor_id)?).await?;
    Ok(created(InvitationOut::of(row, token, app.now())))
}

/// List the invitations of the shop, the newest first.
#[utoipa::path(
    get,
    path = "/v1/vendors/{vendor_id}/invitations",
    tag = "identity",
    params(("vendor_id" = VendorId, Path), PageQuery),
    responses((status = 200, body = Page<InvitationOut>), (status = 422, description = "`invalid`"))
)]
pub(super) async fn list_vendor_invitations(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(wanted): ValidQuery<PageQuery>,
) -> Result<Json<Page<InvitationOut>>, Problem> {
    list(&app, (Scope::Vendor, vendor_id.into()), &wanted).await
}

/// Take an invitation back.
#[utoipa::path(
    delete,
    path = "/v1/vendors/{vendor_id}/invitations/{invitation_id}",
    tag = "identity",
    params(("vendor_id" = VendorId, Path), ("invitation_id" = InvitationId, Path)),
    responses((status = 204), (status = 409, description = "`invitation-closed`"))
)]
pub(super) async fn revoke_vendor_invitation(
    State(app): State<App>,
    who: Who,
    PathIds((vendor_id, id)): PathIds<(VendorId, InvitationId)>,
) -> Result<StatusCode, Problem> {
    invitations::revoke(&app, &who, (Scope::Vendor, vendor_id.into()), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
