//! The public page of a shop, and the code that leads to it.

use std::io::Cursor;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{IntoParams, ToSchema};

use super::out::{AddressOut, PublicVendor};
use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::region::name_of;
use crate::kernel::{ImageId, Problem, Rupiah};
use crate::platform::images::THUMBNAILS;
use crate::vendors::entity::paper::{self, PaperKind};
use crate::vendors::entity::{area, profile, storefront, vendor};
use crate::vendors::model::{Hours, PickupIn, SizeClass, is_closed};
use crate::vendors::query;
use crate::vendors::service::storefront::picture_name;
use crate::web::cache::{Freshness, Kept};
use crate::web::{PathId, Policy, ValidQuery};

pub const GET: Policy = Policy::PUBLIC;
pub const QR: Policy = Policy::PUBLIC;
/// Side of a drawn code, in pixels.
const SIDE: u32 = 512;

/// A picture with its thumbnails.
#[derive(Serialize, ToSchema)]
pub struct PictureOut {
    url: String,
    /// The smallest first.
    thumbnails: Vec<String>,
}

impl PictureOut {
    /// Where the files of a picture are found.
    pub fn of(base: &Url, id: ImageId) -> Self {
        let base = base.as_str().trim_end_matches('/');
        let url = |thumbnail| format!("{base}/files/public/shops/{}", picture_name(id, thumbnail));
        Self { url: url(None), thumbnails: THUMBNAILS.into_iter().map(|side| url(Some(side))).collect() }
    }
}

/// A place that the shop delivers to.
#[derive(Serialize, ToSchema)]
pub struct DeliveryArea {
    region_code: String,
    /// Of a kecamatan, desa or kelurahan.
    name: Option<&'static str>,
    fee: Rupiah,
}

impl From<area::Model> for DeliveryArea {
    fn from(row: area::Model) -> Self {
        Self { name: name_of(&row.region_code), region_code: row.region_code, fee: row.fee }
    }
}

/// Where goods are picked up.
#[derive(Serialize, ToSchema)]
pub struct PickupOut {
    address: AddressOut,
    note: Option<String>,
}

/// How a shop presents itself.
#[derive(Serialize, ToSchema)]
pub struct StorefrontOut {
    logo: Option<PictureOut>,
    banner: Option<PictureOut>,
    story: String,
    hours: Vec<Hours>,
    pickup: Option<PickupOut>,
    /// It takes no orders until `reopens_on`.
    is_closed: bool,
    reopens_on: Option<NaiveDate>,
    holiday_note: Option<String>,
    /// Empty: everywhere, for the flat fee.
    delivery_areas: Vec<DeliveryArea>,
}

impl StorefrontOut {
    /// What the shop said, or nothing yet.
    pub fn of(app: &App, said: Option<storefront::Model>, areas: Vec<area::Model>) -> Self {
        let base = &app.config.server.base_url;
        let picture = |id: Option<ImageId>| id.map(|id| PictureOut::of(base, id));
        let day = said.as_ref().and_then(|row| row.reopens_on.as_deref()).and_then(|day| day.parse().ok());
        let closed = is_closed(day, business_date(app.now()));
        let place = said.as_ref().and_then(|row| row.pickup.as_deref());
        let place: Option<PickupIn> = place.and_then(|text| serde_json::from_str(text).ok());
        let hours = said.as_ref().and_then(|row| serde_json::from_str(&row.hours).ok());
        Self {
            logo: picture(said.as_ref().and_then(|row| row.logo_id)),
            banner: picture(said.as_ref().and_then(|row| row.banner_id)),
            hours: hours.unwrap_or_default(),
            pickup: place.map(|place| PickupOut { address: AddressOut::at(place.address), note: place.note }),
            is_closed: closed,
            reopens_on: day.filter(|_| closed),
            holiday_note: said.as_ref().filter(|_| closed).and_then(|row| row.holiday_note.clone()),
            story: said.map(|row| row.story).unwrap_or_default(),
            delivery_areas: areas.into_iter().map(DeliveryArea::from).collect(),
        }
    }
}

/// A paper that the office has seen.
#[derive(Serialize, ToSchema)]
pub struct PublicPaper {
    kind: PaperKind,
    number: String,
    expires_on: Option<NaiveDate>,
}

/// A shop with everything that buyers may know.
#[derive(Serialize, ToSchema)]
pub struct VendorPage {
    #[serde(flatten)]
    vendor: PublicVendor,
    /// To be shared; the code of `/qr` leads here.
    share_url: String,
    sector: Option<String>,
    size_class: Option<SizeClass>,
    /// Micro or small.
    is_umk: bool,
    is_pkp: bool,
    export_ready: bool,
    export_countries: Vec<String>,
    storefront: StorefrontOut,
    papers: Vec<PublicPaper>,
}

impl VendorPage {
    fn of(
        app: &App,
        vendor: vendor::Model,
        business: Option<profile::Model>,
        storefront: StorefrontOut,
        papers: Vec<paper::Model>,
    ) -> Self {
        let business = business.as_ref();
        let size =
            business.and_then(|row| SizeClass::of(row.capital, row.turnover, business_date(app.now())));
        let countries = business.map(|row| row.export_countries.as_str()).unwrap_or_default();
        Self {
            share_url: share_url(app, &vendor),
            vendor: vendor.into(),
            sector: business.and_then(|row| row.sector.clone()),
            size_class: size,
            is_umk: size.is_some_and(SizeClass::is_umk),
            is_pkp: business.is_some_and(|row| row.is_pkp),
            export_ready: business.is_some_and(|row| row.export_ready),
            export_countries: countries.split_whitespace().map(str::to_owned).collect(),
            storefront,
            papers: papers.into_iter().filter_map(public_paper).collect(),
        }
    }
}

/// Numbers of the business itself are nobody's but its own and the office's.
fn public_paper(row: paper::Model) -> Option<PublicPaper> {
    let shown = !row.is_exemption && !matches!(row.kind, PaperKind::Npwp | PaperKind::Nib | PaperKind::Other);
    let expires_on = row.expires_on.and_then(|day| day.parse().ok());
    shown.then_some(PublicPaper { kind: row.kind, number: row.number, expires_on })
}

fn share_url(app: &App, vendor: &vendor::Model) -> String {
    let base = app.config.server.base_url.as_str().trim_end_matches('/');
    match app.config.vendors.share_url.as_str() {
        "" => format!("{base}/v1/vendors/{}", vendor.slug),
        template => template.replace("{slug}", &vendor.slug),
    }
}

/// Show a shop by its id or slug.
#[utoipa::path(
    get,
    path = "/v1/vendors/{id_or_slug}",
    tag = "vendors",
    params(("id_or_slug" = String, Path, description = "Id or slug of the shop")),
    responses((status = 200, body = VendorPage), (status = 404, description = "`not-found`"))
)]
pub async fn get_vendor(
    State(app): State<App>,
    kept: Kept,
    PathId(id_or_slug): PathId<String>,
) -> Result<Response, Problem> {
    let db = app.db.read();
    let vendor = query::find_public(db, &id_or_slug).await?.ok_or_else(Problem::not_found)?;
    let business = query::profile(db, vendor.id).await?;
    let said = query::storefront(db, vendor.id).await?;
    let storefront = StorefrontOut::of(&app, said, query::areas(db, vendor.id).await?);
    let papers = query::counting_papers(db, [vendor.id], business_date(app.now())).await?;
    let page = VendorPage::of(&app, vendor, business, storefront, papers);
    // A stopped shop is gone at once, so caches have to ask.
    kept.or_answer(&page, Freshness::Ask)
}

/// How the code is drawn.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// Sharp at any size.
    #[default]
    Svg,
    /// For messengers.
    Png,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct QrQuery {
    /// `svg` without it.
    format: Option<Format>,
}

/// Draw the code that leads to a shop.
#[utoipa::path(get, path = "/v1/vendors/{id_or_slug}/qr", tag = "vendors",
    params(("id_or_slug" = String, Path, description = "Id or slug of the shop"), QrQuery), responses(
    (status = 200, description = "The picture", content_type = "image/svg+xml", body = Vec<u8>),
    (status = 404, description = "`not-found`")))]
pub async fn get_vendor_qr(
    State(app): State<App>,
    PathId(id_or_slug): PathId<String>,
    ValidQuery(params): ValidQuery<QrQuery>,
) -> Result<impl IntoResponse, Problem> {
    let vendor = query::find_public(app.db.read(), &id_or_slug).await?.ok_or_else(Problem::not_found)?;
    let code = QrCode::new(share_url(&app, &vendor)).map_err(Problem::internal)?;
    let (kind, content) = match params.format.unwrap_or_default() {
        Format::Svg => {
            let drawn = code.render::<svg::Color<'_>>().min_dimensions(SIDE, SIDE).build();
            ("image/svg+xml", drawn.into_bytes())
        }
        Format::Png => ("image/png", png(&code)?),
    };
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], content))
}

fn png(code: &QrCode) -> Result<Vec<u8>, Problem> {
    let drawn = code.render::<image::Luma<u8>>().min_dimensions(SIDE, SIDE).build();
    let mut out = Cursor::new(Vec::new());
    let drawn = image::DynamicImage::ImageLuma8(drawn);
    drawn.write_to(&mut out, image::ImageFormat::Png).map_err(Problem::internal)?;
    Ok(out.into_inner())
}
