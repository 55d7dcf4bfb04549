//! Saved addresses of the caller.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::identity::entity::address;
use crate::identity::error::OwnDataError;
use crate::identity::model::{Saved, SavedChanges};
use crate::identity::query;
use crate::identity::service::addresses;
use crate::kernel::{AddressId, Problem, ShippingAddress};
use crate::web::{Area, Caller, IfMatch, PathId, Policy, ValidJson, etag};

pub const LIST: Policy = Policy::BUYER.area(Area::Account);
pub const CREATE: Policy = LIST;
pub const GET: Policy = Policy::BUYER.on("address", "address_id").area(Area::Account);
pub const CHANGE: Policy = GET.if_match();

/// An answer with the version of what it shows.
type Tagged = ([(HeaderName, HeaderValue); 1], Json<AddressOut>);

/// An address by the same rules as that of an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SavedAddressIn)]
pub(super) struct AddressIn {
    /// What the person calls it: "Rumah", "Kantor".
    label: String,
    recipient: String,
    /// Indonesian mobile number.
    phone: String,
    line: String,
    /// Kecamatan, e.g. `32.16.09`.
    district_code: String,
    /// Desa or kelurahan of that kecamatan.
    village_code: Option<String>,
    post_code: Option<String>,
    /// Landmark.
    note: Option<String>,
    /// Offer it first. The first address is the default anyway.
    #[serde(default)]
    is_default: bool,
}

impl AddressIn {
    fn parse(self) -> Result<Saved, Problem> {
        let address = ShippingAddress {
            recipient: self.recipient,
            phone: self.phone,
            line: self.line,
            district_code: self.district_code,
            village_code: self.village_code,
            post_code: self.post_code,
            note: self.note,
        };
        Saved::parse(&self.label, &address, self.is_default)
    }
}

/// What is to be different. A member that is left out stays; `null` takes it away where there need be none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SavedAddressPatch)]
pub(super) struct AddressPatch {
    label: Option<String>,
    recipient: Option<String>,
    phone: Option<String>,
    line: Option<String>,
    district_code: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    village_code: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    post_code: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    note: Option<Option<String>>,
    is_default: Option<bool>,
}

/// Tells `null` from absence.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<AddressPatch> for SavedChanges {
    fn from(patch: AddressPatch) -> Self {
        Self {
            label: patch.label,
            recipient: patch.recipient,
            phone: patch.phone,
            line: patch.line,
            district_code: patch.district_code,
            village_code: patch.village_code,
            post_code: patch.post_code,
            note: patch.note,
            is_default: patch.is_default,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = SavedAddressOut)]
pub(super) struct AddressOut {
    id: AddressId,
    label: String,
    /// As a checkout takes it.
    address: ShippingAddress,
    is_default: bool,
    /// The number in the `ETag`.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<address::Model> for AddressOut {
    fn from(row: address::Model) -> Self {
        let address = row.shipping();
        Self {
            id: row.id,
            label: row.label,
            address,
            is_default: row.is_default,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// All addresses of a person; there are at most 50.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedAddressesOut)]
pub(super) struct AddressesOut {
    items: Vec<AddressOut>,
}

fn tagged(row: address::Model) -> Tagged {
    (etag(row.version), Json(row.into()))
}

/// List one's saved addresses, the default first.
#[utoipa::path(
    get,
    path = "/v1/me/addresses",
    tag = "identity",
    responses((status = 200, body = AddressesOut))
)]
pub async fn list_addresses(State(app): State<App>, caller: Caller) -> Result<Json<AddressesOut>, Problem> {
    let rows = query::addresses(app.db.read(), caller.user_id).await?;
    Ok(Json(AddressesOut { items: rows.into_iter().map(Into::into).collect() }))
}

/// Save an address.
#[utoipa::path(
    post,
    path = "/v1/me/addresses",
    tag = "identity",
    request_body = AddressIn,
    responses((status = 201, body = AddressOut), (status = 409, description = "`addresses-full`"))
)]
pub async fn create_address(
    State(app): State<App>,
    caller: Caller,
    ValidJson(body): ValidJson<AddressIn>,
) -> Result<impl IntoResponse, Problem> {
    let row = addresses::create(&app, caller.user_id, body.parse()?).await?;
    Ok((StatusCode::CREATED, tagged(row)))
}

/// Show one of one's addresses.
#[utoipa::path(
    get,
    path = "/v1/me/addresses/{address_id}",
    tag = "identity",
    params(("address_id" = AddressId, Path)),
    responses((status = 200, body = AddressOut))
)]
pub async fn get_address(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<AddressId>,
) -> Result<Tagged, Problem> {
    let row = query::address(app.db.read(), caller.user_id, id).await?;
    Ok(tagged(row.ok_or(OwnDataError::NoSuchAddress)?))
}

/// Change one of one's addresses.
#[utoipa::path(
    patch,
    path = "/v1/me/addresses/{address_id}",
    tag = "identity",
    params(("address_id" = AddressId, Path)),
    request_body = AddressPatch,
    responses((status = 200, body = AddressOut))
)]
pub async fn update_address(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<AddressId>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<AddressPatch>,
) -> Result<Tagged, Problem> {
    Ok(tagged(addresses::edit(&app, caller.user_id, id, seen, body.into()).await?))
}

/// Forget one of one's addresses.
#[utoipa::path(
    delete,
    path = "/v1/me/addresses/{address_id}",
    tag = "identity",
    params(("address_id" = AddressId, Path)),
    responses((status = 204, description = "It is gone."))
)]
pub async fn delete_address(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<AddressId>,
    IfMatch(seen): IfMatch,
) -> Result<StatusCode, Problem> {
    addresses::delete(&app, caller.user_id, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}
