//! How a shop presents itself, for those who run it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::out::{Tagged, VendorOut, tagged};
use super::page::{PictureOut, StorefrontOut};
use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::error::VendorError;
use crate::vendors::model::{AreaIn, StorefrontIn, areas, reopening};
use crate::vendors::query;
use crate::vendors::service::storefront::{self, Slot};
use crate::web::authz::{VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::body::FileForm;
use crate::web::{Area, Caller, FilePart, IfMatch, PathId, Policy, ValidJson};

pub const READ: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Shop);
pub const WRITE: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);
pub const REPLACE: Policy = WRITE.if_match();

/// Until when the shop is closed, and a word about it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HolidayIn {
    /// The day on which it opens again.
    reopens_on: NaiveDate,
    /// Buyers read it.
    note: Option<String>,
}

/// All places that the shop delivers to.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AreasIn {
    items: Vec<AreaIn>,
}

/// Show how the shop presents itself, also while nobody else sees it.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/storefront", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), responses((status = 200, body = StorefrontOut)))]
pub async fn get_storefront(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
) -> Result<Json<StorefrontOut>, Problem> {
    let db = app.db.read();
    let said = query::storefront(db, id).await?;
    Ok(Json(StorefrontOut::of(&app, said, query::areas(db, id).await?)))
}

/// Say how the shop presents itself: its story, opening hours and pick-up point, as a whole.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/storefront", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), request_body = StorefrontIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-locked`")))]
pub async fn update_storefront(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<VendorId>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<StorefrontIn>,
) -> Result<Tagged<VendorOut>, Problem> {
    let mut fields = Fields::new();
    let said = body.parse(&mut fields).ok_or_else(|| fields.into_problem())?;
    Ok(tagged(&app, storefront::present(&app, (id, seen), said).await?, &caller))
}

/// Say where the shop delivers, and for how much; the most specific area counts. Without any it delivers everywhere, for the flat fee.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/delivery-areas", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), request_body = AreasIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-locked`")))]
pub async fn update_delivery_areas(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<VendorId>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<AreasIn>,
) -> Result<Tagged<VendorOut>, Problem> {
    let mut fields = Fields::new();
    let areas = areas(&body.items, &mut fields).ok_or_else(|| fields.into_problem())?;
    Ok(tagged(&app, storefront::deliver_to(&app, (id, seen), areas).await?, &caller))
}

/// Close the shop for a holiday: it is seen, but takes no orders until the day it opens again.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/holiday", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), request_body = HolidayIn,
    responses((status = 204, description = "Closed"), (status = 409, description = "`vendor-locked`")))]
pub async fn begin_holiday(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<HolidayIn>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let day = fields.take("/reopens_on", reopening(body.reopens_on, business_date(app.now())));
    let note = fields.take_opt("/note", body.note.as_deref().map(|note| text(note, 1, 300, true)));
    let closed = day.zip(note).ok_or_else(|| fields.into_problem())?;
    storefront::holiday(&app, &who, id, Some(closed)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a holiday at once.
#[utoipa::path(delete, path = "/v1/vendors/{vendor_id}/holiday", tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    responses((status = 204, description = "Open"), (status = 409, description = "`vendor-locked`")))]
pub async fn end_holiday(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<VendorId>,
) -> Result<StatusCode, Problem> {
    storefront::holiday(&app, &who, id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show a sign (JPEG, PNG or WebP). It is stored anew, upright and without metadata.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/logo", tag = "vendors", params(("vendor_id" = VendorId, Path)),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)), responses(
    (status = 200, body = PictureOut), (status = 413, description = "`too-large`"),
    (status = 415, description = "`unsupported-media-type`"),
    (status = 422, description = "`image-not-plain`, `image-too-large`, `image-unreadable`")))]
pub async fn set_logo(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
    upload: FilePart,
) -> Result<Json<PictureOut>, Problem> {
    show(&app, id, Slot::Logo, upload).await
}

/// Show a picture above the shop's page (JPEG, PNG or WebP).
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/banner", tag = "vendors", params(("vendor_id" = VendorId, Path)),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)), responses(
    (status = 200, body = PictureOut), (status = 413, description = "`too-large`"),
    (status = 415, description = "`unsupported-media-type`"),
    (status = 422, description = "`image-not-plain`, `image-too-large`, `image-unreadable`")))]
pub async fn set_banner(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
    upload: FilePart,
) -> Result<Json<PictureOut>, Problem> {
    show(&app, id, Slot::Banner, upload).await
}

async fn show(app: &App, id: VendorId, slot: Slot, upload: FilePart) -> Result<Json<PictureOut>, Problem> {
    let picture = app.images.process(upload.bytes).await.map_err(VendorError::from)?;
    let image = storefront::show_picture(app, id, slot, picture).await?;
    Ok(Json(PictureOut::of(&app.config.server.base_url, image)))
}
