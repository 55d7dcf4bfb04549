//! Inviting somebody to sell.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::kernel::fields::Fields;
use crate::kernel::{InvitationId, Phone, Problem, VendorId};
use crate::office::service::invitations::{self as service, Invited};
use crate::platform::audit::Who;
use crate::vendors::entity::vendor::{LegalForm, Status};
use crate::vendors::model::{AddressIn, Facts, Papers, name};
use crate::web::body::created;
use crate::web::{PathId, Policy, Role, ValidJson};

// Without an area: these make owners, so no program does it.
pub const INVITE: Policy = Policy::any_of(&[Role::Officer]).step_up();
pub const AGAIN: Policy = INVITE.on("vendor", "vendor_id");

/// What the office knows of somebody who should sell. Numbers and papers are the owner's to enter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InviteShopIn {
    name: String,
    legal_form: LegalForm,
    /// An Indonesian mobile number; the code goes there, and the owner signs in with it.
    phone: String,
    address: AddressIn,
}

impl InviteShopIn {
    fn parse(self) -> Result<Facts, Problem> {
        let mut fields = Fields::new();
        let name = fields.take("/name", name(&self.name));
        let phone = fields.take("/phone", Phone::parse(&self.phone));
        let address = self.address.parse(&mut fields);
        match (name, phone, address) {
            (Some(name), Some(phone), Some(address)) if !fields.any() => Ok(Facts {
                name,
                legal_form: self.legal_form,
                phone,
                address,
                description: String::new(),
                papers: Papers::default(),
            }),
            _ => Err(fields.into_problem()),
        }
    }
}

/// Where the code goes this time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InviteAgainIn {
    /// An Indonesian mobile number; that of the shop without it.
    phone: Option<String>,
}

/// The draft, and until when its owner may come.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitedOut {
    vendor_id: VendorId,
    slug: String,
    name: String,
    status: Status,
    invitation_id: InvitationId,
    expires_at: DateTime<Utc>,
}

impl From<Invited> for InvitedOut {
    fn from((shop, invitation): Invited) -> Self {
        Self {
            vendor_id: shop.id,
            slug: shop.slug,
            name: shop.name,
            status: shop.status,
            invitation_id: invitation.id,
            expires_at: invitation.expires_at,
        }
    }
}

/// Open a draft for somebody, and send a code to the phone that makes them its owner (`POST /v1/invitations/accept`).
#[utoipa::path(
    post,
    path = "/v1/admin/vendor-invitations",
    tag = "office",
    request_body = InviteShopIn,
    responses(
        (status = 201, body = InvitedOut),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-invitations`, `too-many-attempts`"),
    )
)]
pub async fn invite_vendor(
    State(app): State<App>,
    who: Who,
    ValidJson(body): ValidJson<InviteShopIn>,
) -> Result<(StatusCode, Json<InvitedOut>), Problem> {
    Ok(created(service::invite(&app, &who, body.parse()?).await?.into()))
}

/// Invite the owner of a draft once more; the code before is void.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/invite",
    tag = "office",
    params(("vendor_id" = VendorId, Path)),
    request_body = InviteAgainIn,
    responses(
        (status = 201, body = InvitedOut),
        (status = 409, description = "`vendor-state`: it has an owner, or is no draft"),
        (status = 429, description = "`too-many-invitations`, `too-many-attempts`"),
    )
)]
pub async fn invite_vendor_again(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<InviteAgainIn>,
) -> Result<(StatusCode, Json<InvitedOut>), Problem> {
    let mut fields = Fields::new();
    let phone = fields.take_opt("/phone", body.phone.as_deref().map(Phone::parse));
    fields.check()?;
    Ok(created(service::invite_again(&app, &who, id, phone.flatten()).await?.into()))
}
