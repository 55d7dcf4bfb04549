//! Claiming a shop of the office's list.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::READ;
use super::files::{FileFormat, table};
use crate::app::App;
use crate::identity::model::Device;
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::region::name_of;
use crate::kernel::{Problem, RegionCode, UserId, VendorId};
use crate::office::query::claims as query;
use crate::office::service::claims::{self as service, Letter};
use crate::platform::audit::Who;
use crate::platform::sheets::Cell;
use crate::vendors::entity::vendor;
use crate::web::{Caller, PathId, Policy, Role, ValidJson};

pub const ASK: Policy = Policy::BUYER;
pub const CLAIM: Policy = Policy::BUYER;
// Without an area: these give shops away, so no program does it.
pub const ON_THE_SPOT: Policy = Policy::any_of(&[Role::Officer]).on("vendor", "vendor_id").step_up();
pub const LETTERS: Policy = Policy::any_of(&[Role::Officer]).step_up();
pub const UNCLAIM: Policy = ON_THE_SPOT;
pub const FUNNEL: Policy = READ;

/// Which shop.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskIn {
    /// Id or slug of the shop.
    vendor: String,
}

/// A code that came by letter, or to the phone of the shop that is named.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimIn {
    code: String,
    /// Id or slug of the shop; needed for a code that came to its phone.
    vendor: Option<String>,
}

/// Who stands before the officer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SpotIn {
    user_id: UserId,
}

/// Why a shop is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnclaimIn {
    reason: String,
}

/// Which village the letters go to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LettersIn {
    /// Code of a desa or kelurahan.
    #[schema(example = "32.16.09.2001")]
    village_code: String,
}

/// The shop as it stands now. Its facts are looked over, then it is submitted.
#[derive(Serialize, ToSchema)]
pub(super) struct ClaimedOut {
    id: VendorId,
    slug: String,
    name: String,
    status: vendor::Status,
}

impl From<vendor::Model> for ClaimedOut {
    fn from(row: vendor::Model) -> Self {
        Self { id: row.id, slug: row.slug, name: row.name, status: row.status }
    }
}

/// How far the shops of the list have come.
#[derive(Serialize, ToSchema)]
pub(super) struct FunnelOut {
    total: Steps,
    districts: Vec<DistrictSteps>,
}

#[derive(Serialize, ToSchema)]
struct DistrictSteps {
    district_code: String,
    district: Option<&'static str>,
    #[serde(flatten)]
    steps: Steps,
}

/// Shops that have come so far.
#[derive(Clone, Copy, Default, Serialize, ToSchema)]
struct Steps {
    /// On the office's list.
    listed: i64,
    /// A letter was made.
    letters: i64,
    /// A code was sent to the phone.
    codes: i64,
    claimed: i64,
    /// The owner has signed in since.
    signed_in: i64,
    /// With a published product.
    with_product: i64,
    /// With an order since.
    with_order: i64,
}

impl Steps {
    fn of(row: &query::Funnel) -> Self {
        Self {
            listed: row.listed,
            letters: row.letters,
            codes: row.codes,
            claimed: row.claimed,
            signed_in: row.signed_in,
            with_product: row.with_product,
            with_order: row.with_order,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            listed: self.listed + other.listed,
            letters: self.letters + other.letters,
            codes: self.codes + other.codes,
            claimed: self.claimed + other.claimed,
            signed_in: self.signed_in + other.signed_in,
            with_product: self.with_product + other.with_product,
            with_order: self.with_order + other.with_order,
        }
    }
}

/// Ask for a code to the phone on record of a shop. The answer is the same whether or not there is such a shop or phone.
#[utoipa::path(
    post,
    path = "/v1/claims/codes",
    tag = "office",
    request_body = AskIn,
    responses(
        (status = 202, description = "A code is on its way, if there is such a shop."),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too-many-attempts`"),
    )
)]
pub async fn request_claim_code(
    State(app): State<App>,
    device: Device,
    ValidJson(body): ValidJson<AskIn>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let shop = fields.take("/vendor", text(&body.vendor, 1, 120, false));
    service::ask(&app, &shop.ok_or_else(|| fields.into_problem())?, &device).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Claim a shop with a code. Of many who try, one becomes its owner.
#[utoipa::path(
    post,
    path = "/v1/claims",
    tag = "office",
    request_body = ClaimIn,
    responses(
        (status = 200, body = ClaimedOut),
        (status = 400, description = "`claim-refused`"),
        (status = 429, description = "`too-many-attempts`"),
    )
)]
pub async fn claim_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    device: Device,
    ValidJson(body): ValidJson<ClaimIn>,
) -> Result<Json<ClaimedOut>, Problem> {
    let wish = (body.vendor.as_deref(), body.code.as_str());
    let claimed = service::by_code(&app, (caller.user_id, &who), &device, wish).await?;
    Ok(Json(claimed.into()))
}

/// Give a shop to its owner, who stands before the officer.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/claim",
    tag = "office",
    params(("vendor_id" = VendorId, Path)),
    request_body = SpotIn,
    responses((status = 200, body = ClaimedOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn claim_vendor_on_the_spot(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<SpotIn>,
) -> Result<Json<ClaimedOut>, Problem> {
    let claimed = service::on_the_spot(&app, (caller.user_id, &who), id, body.user_id).await?;
    Ok(Json(claimed.into()))
}

/// Take a shop back from somebody who claimed it and is not its owner: it waits for its owner again, without members,
/// invitations and bank account. Orders under way are ended first.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/unclaim",
    tag = "office",
    params(("vendor_id" = VendorId, Path)),
    request_body = UnclaimIn,
    responses((status = 200, body = ClaimedOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn unclaim_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<UnclaimIn>,
) -> Result<Json<ClaimedOut>, Problem> {
    let mut fields = Fields::new();
    let reason = fields.take("/reason", text(&body.reason, 5, 300, false));
    let reason = reason.ok_or_else(|| fields.into_problem())?;
    Ok(Json(service::unclaim(&app, (&caller, &who), id, &reason).await?.into()))
}

/// Draw codes for the shops of a village that wait for their owners, as a table to print letters from. Earlier letters are
/// void; the codes are told this once.
#[utoipa::path(
    post,
    path = "/v1/admin/claim-letters",
    tag = "office",
    request_body = LettersIn,
    responses((status = 200, content_type = "text/csv", body = String))
)]
pub async fn draw_claim_letters(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<LettersIn>,
) -> Result<Response, Problem> {
    let mut fields = Fields::new();
    let village = fields.take("/village_code", village(&body.village_code));
    let village = village.ok_or_else(|| fields.into_problem())?;
    let letters = service::draw_letters(&app, (caller.user_id, &who), village).await?;
    let base = app.config.server.base_url.as_str().trim_end_matches('/').to_owned();
    let rows: Vec<Vec<Cell>> = letters.into_iter().map(|letter| cells(&base, letter)).collect();
    let header =
        ["nama_usaha", "pemilik", "alamat", "desa", "kecamatan", "kode", "berlaku_sampai", "halaman"];
    table(FileFormat::Csv, "surat-klaim", &header, &rows)
}

fn village(code: &str) -> Result<RegionCode, Fault> {
    let district = code.rsplit_once('.').map_or(code, |(district, _)| district);
    RegionCode::district(district)
        .and_then(|district| district.village(code))
        .map_err(|_| Fault::new("village", "Kode desa tidak dikenal.", "Unknown village code."))
}

fn cells(base: &str, letter: Letter) -> Vec<Cell> {
    let Letter { vendor, owner, code, expires_at } = letter;
    let region = |code: Option<&str>| code.and_then(name_of).unwrap_or_default().to_owned();
    vec![
        vendor.name.into(),
        owner.into(),
        vendor.address_line.into(),
        region(vendor.village_code.as_deref()).into(),
        region(Some(&vendor.district_code)).into(),
        code.into(),
        crate::kernel::clock::business_date(expires_at).to_string().into(),
        format!("{base}/vendors/{}", vendor.slug).into(),
    ]
}

/// Show how far the shops of the office's list have come, by district.
#[utoipa::path(
    get,
    path = "/v1/admin/claim-funnel",
    tag = "office",
    responses((status = 200, body = FunnelOut))
)]
pub async fn get_claim_funnel(State(app): State<App>) -> Result<Json<FunnelOut>, Problem> {
    let rows = query::funnel(app.db.read()).await?;
    let total = rows.iter().fold(Steps::default(), |sum, row| sum.plus(Steps::of(row)));
    let districts = rows.into_iter().map(|row| DistrictSteps {
        steps: Steps::of(&row),
        district: name_of(&row.district_code),
        district_code: row.district_code,
    });
    Ok(Json(FunnelOut { total, districts: districts.collect() }))
}
