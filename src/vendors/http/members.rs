//! Shops for those who run them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::out::{Tagged, VendorDetail, VendorOut, detail, tagged};
use crate::app::App;
use crate::kernel::{Fields, Phone, Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::entity::vendor::LegalForm;
use crate::vendors::model::{
    Act, AddressIn, Changes, Decision, Facts, Nib, Nik, Npwp, Papers, description, name,
};
use crate::vendors::service;
use crate::web::authz::{VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::{Area, Caller, IfMatch, PathId, Policy, ValidJson};

pub const CREATE: Policy = Policy::BUYER.area(Area::Shop);
pub const PROFILE: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Shop);
pub const UPDATE: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").if_match().area(Area::Shop);
pub const SUBMIT: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);

/// A new shop. A person without a company can sell; numbers that are missing can follow.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorIn {
    name: String,
    legal_form: LegalForm,
    /// An Indonesian mobile number; buyers see it.
    phone: String,
    address: AddressIn,
    description: Option<String>,
    /// 13 digits.
    nib: Option<String>,
    /// 15 or 16 digits.
    npwp: Option<String>,
    /// 16 digits.
    nik: Option<String>,
}

impl VendorIn {
    fn parse(self) -> Result<Facts, Problem> {
        let mut fields = Fields::new();
        let name = fields.take("/name", name(&self.name));
        let phone = fields.take("/phone", Phone::parse(&self.phone));
        let address = self.address.parse(&mut fields);
        let about = fields.take("/description", description(&self.description.unwrap_or_default()));
        let (nib, npwp, nik) = (self.nib.as_deref(), self.npwp.as_deref(), self.nik.as_deref());
        let papers = Papers::parse(&mut fields, nib, npwp, nik);
        match (name, phone, address, about, papers) {
            (Some(name), Some(phone), Some(address), Some(description), Some(papers)) if !fields.any() => {
                Ok(Facts { name, legal_form: self.legal_form, phone, address, description, papers })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

/// What is to be different. A member that is left out stays; `null` takes a number away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorPatch {
    name: Option<String>,
    legal_form: Option<LegalForm>,
    phone: Option<String>,
    address: Option<AddressIn>,
    description: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    nib: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    npwp: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    nik: Option<Option<String>>,
}

/// Tells `null` from absence.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl VendorPatch {
    fn parse(self) -> Result<Changes, Problem> {
        let mut fields = Fields::new();
        let name = fields.take_opt("/name", self.name.as_deref().map(name));
        let phone = fields.take_opt("/phone", self.phone.as_deref().map(Phone::parse));
        let address = self.address.and_then(|address| address.parse(&mut fields));
        let about = fields.take_opt("/description", self.description.as_deref().map(description));
        let nib = self.nib.map(|nib| fields.take_opt("/nib", nib.as_deref().map(Nib::parse)).flatten());
        let npwp = self.npwp.map(|npwp| fields.take_opt("/npwp", npwp.as_deref().map(Npwp::parse)).flatten());
        let nik = self.nik.map(|nik| fields.take_opt("/nik", nik.as_deref().map(Nik::parse)).flatten());
        fields.check()?;
        Ok(Changes {
            name: name.flatten(),
            legal_form: self.legal_form,
            phone: phone.flatten(),
            address,
            description: about.flatten(),
            nib,
            npwp,
            nik,
        })
    }
}

/// Open a shop. It is a draft until it is submitted.
#[utoipa::path(
    post,
    path = "/v1/vendors",
    tag = "vendors",
    request_body = VendorIn,
    responses(
        (status = 201, body = VendorOut),
        (status = 409, description = "`nib-taken`, `nik-taken`"),
    )
)]
pub async fn create_vendor(
    State(app): State<App>,
    mut caller: Caller,
    ValidJson(body): ValidJson<VendorIn>,
) -> Result<impl IntoResponse, Problem> {
    let vendor = service::create(&app, caller.user_id, body.parse()?).await?;
    caller.roles.push((crate::web::Role::VendorOwner, vendor.id.into()));
    Ok((StatusCode::CREATED, tagged(&app, vendor, &caller)))
}

/// Show the whole shop to its members.
#[utoipa::path(
    get,
    path = "/v1/vendors/{vendor_id}/profile",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    responses((status = 200, body = VendorDetail))
)]
pub async fn get_vendor_profile(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<VendorId>,
) -> Result<Tagged<VendorDetail>, Problem> {
    // `PathId` reads the last parameter, and this path has one.
    detail(&app, id, &caller).await
}

/// Change the shop. The office looks at changed identity facts of a verified shop while it stays open; under review nothing changes.
#[utoipa::path(
    patch,
    path = "/v1/vendors/{vendor_id}/profile",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = VendorPatch,
    responses(
        (status = 200, body = VendorOut),
        (status = 409, description = "`vendor-locked`, `nib-taken`, `nik-taken`"),
    )
)]
pub async fn update_vendor_profile(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<VendorPatch>,
) -> Result<Tagged<VendorOut>, Problem> {
    let vendor = service::edit(&app, (caller.user_id, &who), (id, seen), body.parse()?).await?;
    Ok(tagged(&app, vendor, &caller))
}

/// Ask the office to verify the shop. Everything that its legal form needs is named at once if it is missing.
#[utoipa::path(
    post,
    path = "/v1/vendors/{vendor_id}/submit",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    responses(
        (status = 200, body = VendorOut),
        (status = 409, description = "`vendor-state`"),
        (status = 422, description = "`invalid`: what is missing"),
    )
)]
pub async fn submit_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
) -> Result<Tagged<VendorOut>, Problem> {
    let vendor = service::decide(&app, (&caller, &who), id, Decision::to(Act::Submit)).await?;
    Ok(tagged(&app, vendor, &caller))
}
