//! Invitations: to a shop, to the platform, to a work unit; and accepting one.

mod platform;
mod units;
mod vendors;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::members::{PageQuery, shown_areas};
use crate::app::App;
use crate::identity::entity::invitation;
use crate::identity::model::{last_day, masked_email, masked_phone};
use crate::identity::query::members as query;
use crate::identity::service::invitations;
use crate::kernel::clock::business_date;
use crate::kernel::fields::Fault;
use crate::kernel::{Email, Fields, InvitationId, Page, Phone, Problem, UserId};
use crate::platform::audit::Who;
use crate::platform::messages::Address;
use crate::web::authz::Scope;
use crate::web::query::page_of;
use crate::web::{Api, Caller, Policy, ValidJson};

const ACCEPT_INVITATION: Policy = Policy::BUYER;

/// The routes about invitations.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(vendors::LIST, routes!(vendors::list_vendor_invitations))
        .route(vendors::CHANGE, routes!(vendors::invite_to_vendor))
        .route(vendors::CHANGE, routes!(vendors::revoke_vendor_invitation))
        .route(platform::LIST, routes!(platform::list_platform_invitations))
        .route(platform::CHANGE, routes!(platform::invite_to_platform))
        .route(platform::CHANGE_ONE, routes!(platform::revoke_platform_invitation))
        .route(units::LIST, routes!(units::list_unit_invitations))
        .route(units::CHANGE, routes!(units::invite_to_unit))
        .route(units::CHANGE, routes!(units::revoke_unit_invitation))
        .route(ACCEPT_INVITATION, routes!(accept_invitation))
}

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InvitationStatus {
    /// Waits for its person.
    Open,
    /// Taken.
    Accepted,
    /// Too late.
    Expired,
    /// Taken back.
    Revoked,
}

/// A role that is offered.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationOut {
    id: InvitationId,
    role: String,
    /// The areas that staff is limited to; null: all.
    permissions: Option<Vec<String>>,
    decree: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    /// Masked; null: it was handed over by hand.
    sent_to: Option<String>,
    status: InvitationStatus,
    invited_by: UserId,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The secret to hand over; only in the answer that made it, and only if it is sent to nobody.
    token: Option<String>,
}

impl InvitationOut {
    fn of(row: invitation::Model, token: Option<String>, now: DateTime<Utc>) -> Self {
        let status = match (row.accepted_at, row.revoked_at) {
            (Some(_), _) => InvitationStatus::Accepted,
            (None, Some(_)) => InvitationStatus::Revoked,
            (None, None) if row.expires_at <= now => InvitationStatus::Expired,
            (None, None) => InvitationStatus::Open,
        };
        let email = row.email.as_deref().map(masked_email);
        Self {
            id: row.id,
            role: row.role,
            permissions: shown_areas(row.permissions.as_deref()),
            decree: row.decree,
            valid_from: row.valid_from.map(business_date),
            valid_to: row.valid_to.map(last_day),
            sent_to: email.or_else(|| row.phone.as_deref().map(masked_phone)),
            status,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            token,
        }
    }
}

/// Where an invitation goes: to an address, to a number, or into the hand of the inviter.
fn address(fields: &mut Fields, email: Option<&str>, phone: Option<&str>) -> Option<Option<Address>> {
    if email.is_some() && phone.is_some() {
        let fault = Fault::new("one-of", "Isi salah satu saja.", "Give only one of the two.");
        fields.push("/phone", fault);
    }
    let email = fields.take_opt("/email", email.map(Email::parse))?;
    let phone = fields.take_opt("/phone", phone.map(Phone::parse))?;
    Some(email.map(Address::Email).or(phone.map(Address::Phone)))
}

async fn list(
    app: &App,
    place: (Scope, Uuid),
    wanted: &PageQuery,
) -> Result<Json<Page<InvitationOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let rows = query::invitations(app.db.read(), place, page).await?;
    Ok(Json(rows.map(|row| InvitationOut::of(row, None, app.now()))))
}

/// What an invitation opens with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptIn {
    /// The code of the invitation.
    token: String,
}

/// The role that is held from now on.
#[derive(Serialize, ToSchema)]
pub(super) struct AcceptedOut {
    /// `platform`, `vendor` or `unit`.
    scope: String,
    /// Of the shop or work unit; the nil id on the platform.
    scope_id: Uuid,
    role: String,
}

/// Take the role that an invitation offers; it works once.
#[utoipa::path(
    post,
    path = "/v1/invitations/accept",
    tag = "identity",
    request_body = AcceptIn,
    responses(
        (status = 200, body = AcceptedOut),
        (status = 409, description = "`invitation-refused`, `already-member`"),
    )
)]
async fn accept_invitation(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<AcceptIn>,
) -> Result<Json<AcceptedOut>, Problem> {
    let taken = invitations::accept(&app, &who, caller.user_id, &body.token).await?;
    Ok(Json(AcceptedOut { scope: taken.scope, scope_id: taken.scope_id, role: taken.role }))
}
