//! What owners do with their shop as a whole: closing, opening, giving up, and saying what business it is.

use axum::extract::State;

use super::office::{NoteIn, decide};
use super::out::{Tagged, VendorOut, tagged};
use crate::app::App;
use crate::kernel::{Fields, Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::model::{Act, BusinessIn};
use crate::vendors::service;
use crate::web::authz::VENDOR_LEADS;
use crate::web::{Area, Caller, IfMatch, PathId, Policy, Role, ValidJson};

pub const OPEN_OR_CLOSE: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);
// For good, so a person decides, and shows the password.
pub const WITHDRAW: Policy = Policy::any_of(&[Role::VendorOwner]).on("vendor", "vendor_id").step_up();
pub const BUSINESS: Policy =
    Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").if_match().area(Area::Shop);

/// Close the shop for a while: nobody sees it or can order from it; orders under way go on.
#[utoipa::path(
    post,
    path = "/v1/vendors/{vendor_id}/deactivate",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = NoteIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn deactivate_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    body: Option<ValidJson<NoteIn>>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Deactivate, NoteIn::parse(body)?).await
}

/// Open a closed shop again.
#[utoipa::path(
    post,
    path = "/v1/vendors/{vendor_id}/reactivate",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn reactivate_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Reactivate, None).await
}

/// Give the shop up, for good; orders under way go on.
#[utoipa::path(
    post,
    path = "/v1/vendors/{vendor_id}/withdraw",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = NoteIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn withdraw_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    body: Option<ValidJson<NoteIn>>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Withdraw, NoteIn::parse(body)?).await
}

/// Say what business the shop is, as a whole. Who signs is looked at again by the office while the shop stays open.
#[utoipa::path(
    put,
    path = "/v1/vendors/{vendor_id}/business",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = BusinessIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-locked`"))
)]
pub async fn update_vendor_business(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<BusinessIn>,
) -> Result<Tagged<VendorOut>, Problem> {
    let mut fields = Fields::new();
    let business = body.parse(&mut fields).ok_or_else(|| fields.into_problem())?;
    let vendor = service::set_business(&app, &who, (id, seen), business).await?;
    Ok(tagged(&app, vendor, &caller))
}
