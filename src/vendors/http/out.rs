//! Shops as they are answered.

use axum::Json;
use axum::http::{HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::region::name_of;
use crate::kernel::{Problem, Rupiah, VendorId};
use crate::vendors::entity::vendor::{self, LegalForm, Status};
use crate::vendors::entity::{profile, review};
use crate::vendors::error::VendorError;
use crate::vendors::model::numbers::masked_name;
use crate::vendors::model::{Act, AddressIn, FieldReason, SizeClass};
use crate::vendors::query;
use crate::vendors::service::Masked;
use crate::vendors::service::profile::signer;
use crate::web::authz::Scope;
use crate::web::{Caller, etag};

/// An answer with the version of what it shows.
pub type Tagged<T> = ([(HeaderName, HeaderValue); 1], Json<T>);

#[derive(Serialize, ToSchema)]
pub struct AddressOut {
    line: String,
    district_code: String,
    district: Option<&'static str>,
    village_code: Option<String>,
    village: Option<&'static str>,
    post_code: Option<String>,
}

impl AddressOut {
    /// With the names of the places.
    pub fn at(address: AddressIn) -> Self {
        Self {
            line: address.line,
            district: name_of(&address.district_code),
            district_code: address.district_code,
            village: address.village_code.as_deref().and_then(name_of),
            village_code: address.village_code,
            post_code: address.post_code,
        }
    }

    fn of(vendor: &vendor::Model) -> Self {
        Self {
            line: vendor.address_line.clone(),
            district: name_of(&vendor.district_code),
            district_code: vendor.district_code.clone(),
            village: vendor.village_code.as_deref().and_then(name_of),
            village_code: vendor.village_code.clone(),
            post_code: vendor.post_code.clone(),
        }
    }
}

/// A shop as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct PublicVendor {
    id: VendorId,
    slug: String,
    name: String,
    description: String,
    /// `active`, or `unclaimed`: on the office's list, not to be ordered from yet.
    status: Status,
    phone: String,
    address: AddressOut,
    /// Since when the office vouches for it.
    verified_at: Option<DateTime<Utc>>,
}

impl From<vendor::Model> for PublicVendor {
    fn from(vendor: vendor::Model) -> Self {
        Self {
            address: AddressOut::of(&vendor),
            id: vendor.id,
            slug: vendor.slug,
            name: vendor.name,
            description: vendor.description,
            status: vendor.status,
            phone: vendor.phone,
            verified_at: vendor.verified_at,
        }
    }
}

/// A decision about a shop.
#[derive(Serialize, ToSchema)]
pub struct ReviewOut {
    from_status: Status,
    to_status: Status,
    note: Option<String>,
    /// What was wrong, field by field.
    fields: Vec<FieldReason>,
    at: DateTime<Utc>,
}

impl From<review::Model> for ReviewOut {
    fn from(review: review::Model) -> Self {
        Self {
            from_status: review.from_status,
            to_status: review.to_status,
            fields: review.reasons.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            note: review.note,
            at: review.created_at,
        }
    }
}

/// A shop as its members and the office see it. Identity numbers are masked.
#[derive(Serialize, ToSchema)]
pub struct VendorOut {
    id: VendorId,
    slug: String,
    status: Status,
    name: String,
    legal_form: LegalForm,
    phone: String,
    address: AddressOut,
    description: String,
    nib: Option<String>,
    #[schema(example = "3216********0001")]
    npwp: Option<String>,
    #[schema(example = "3216********0001")]
    nik: Option<String>,
    /// The number in the `ETag`.
    version: i32,
    /// What the caller can do with it now.
    allowed_actions: Vec<Act>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    verified_at: Option<DateTime<Utc>>,
}

impl VendorOut {
    /// What `caller` sees of a shop.
    pub fn of(app: &App, vendor: vendor::Model, caller: &Caller) -> Self {
        let masked = Masked::of(&app.sealer, &vendor);
        Self {
            allowed_actions: allowed(&vendor, caller),
            address: AddressOut::of(&vendor),
            id: vendor.id,
            slug: vendor.slug,
            status: vendor.status,
            name: vendor.name,
            legal_form: vendor.legal_form,
            phone: vendor.phone,
            description: vendor.description,
            nib: vendor.nib,
            npwp: masked.npwp,
            nik: masked.nik,
            version: vendor.version,
            created_at: vendor.created_at,
            updated_at: vendor.updated_at,
            submitted_at: vendor.submitted_at,
            verified_at: vendor.verified_at,
        }
    }
}

fn allowed(vendor: &vendor::Model, caller: &Caller) -> Vec<Act> {
    let member = |act: &Act| caller.roles_in(Scope::Vendor, vendor.id.into()).any(|role| act.is_for(role));
    // The office does not decide about a shop of its own people.
    let outsider = caller.roles_in(Scope::Vendor, vendor.id.into()).next().is_none();
    let office = |act: &Act| {
        outsider && caller.roles.iter().any(|(role, _)| act.is_for(*role) && role.scope() == Scope::Platform)
    };
    Act::ALL
        .into_iter()
        .filter(|act| act.leads(vendor.status).is_some() && (member(act) || office(act)))
        .collect()
}

/// What a shop says about its business, as its members and the office see it.
#[derive(Default, Serialize, ToSchema)]
pub struct BusinessOut {
    sector: Option<String>,
    kbli: Vec<String>,
    capital: Option<Rupiah>,
    turnover: Option<Rupiah>,
    /// By turnover, or by capital where there is none yet.
    size_class: Option<SizeClass>,
    /// Micro or small.
    is_umk: bool,
    is_pkp: bool,
    export_ready: bool,
    export_countries: Vec<String>,
    #[schema(example = "S*** A***")]
    signer_name: Option<String>,
    signer_title: Option<String>,
    /// Facts that changed after the office had looked.
    unreviewed: Vec<String>,
}

impl BusinessOut {
    fn of(app: &App, row: profile::Model) -> Self {
        let size_class = SizeClass::of(row.capital, row.turnover, business_date(app.now()));
        let signer = signer(&app.sealer, &row);
        Self {
            sector: row.sector,
            kbli: words(&row.kbli),
            capital: row.capital,
            turnover: row.turnover,
            size_class,
            is_umk: size_class.is_some_and(SizeClass::is_umk),
            is_pkp: row.is_pkp,
            export_ready: row.export_ready,
            export_countries: words(&row.export_countries),
            signer_name: signer.map(|(name, _)| masked_name(&name)),
            signer_title: row.signer_title,
            unreviewed: words(&row.unreviewed),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A shop with what was decided about it.
#[derive(Serialize, ToSchema)]
pub struct VendorDetail {
    #[serde(flatten)]
    vendor: VendorOut,
    business: BusinessOut,
    /// The latest decisions, the last one first; a refusal says why.
    reviews: Vec<ReviewOut>,
}

/// The answer after a write.
pub fn tagged(app: &App, vendor: vendor::Model, caller: &Caller) -> Tagged<VendorOut> {
    (etag(vendor.version), Json(VendorOut::of(app, vendor, caller)))
}

/// The whole shop, in three statements.
pub async fn detail(app: &App, id: VendorId, caller: &Caller) -> Result<Tagged<VendorDetail>, Problem> {
    let db = app.db.read();
    let vendor = query::find(db, id).await?.ok_or(VendorError::NotFound)?;
    let reviews = query::reviews(db, id).await?;
    let business = query::profile(db, id).await?.map(|row| BusinessOut::of(app, row)).unwrap_or_default();
    let (tag, Json(vendor)) = tagged(app, vendor, caller);
    let reviews = reviews.into_iter().map(ReviewOut::from).collect();
    Ok((tag, Json(VendorDetail { vendor, business, reviews })))
}
