//! Rows that may be a shop which is there already.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{READ, WRITE};
use crate::app::App;
use crate::kernel::{Page, Problem, VendorDuplicateId, VendorId, VendorImportId};
use crate::office::entity::duplicate::{Kind, Model, Status};
use crate::office::model::masked;
use crate::office::query::imports as query;
use crate::office::service::duplicates::{self as service, Decision};
use crate::office::service::imports::cells_of;
use crate::platform::audit::Who;
use crate::vendors::entity::vendor;
use crate::web::query::page_of;
use crate::web::{Caller, PathId, Policy, ValidJson, ValidQuery};

pub const LIST: Policy = READ;
pub const DECIDE: Policy = WRITE.on("vendor_duplicate", "duplicate_id");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DuplicatesQuery {
    /// All without it.
    status: Option<Status>,
    limit: Option<u64>,
    cursor: Option<String>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Judgement {
    /// The row is that shop.
    Same,
    /// The row is another shop, which is written now.
    Different,
}

/// What the row is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecideIn {
    decision: Judgement,
    /// Of the same shop: take what it lacks from the row.
    merge: Option<bool>,
}

/// A row beside the shop that it may be.
#[derive(Serialize, ToSchema)]
pub(super) struct VendorDuplicateOut {
    id: VendorDuplicateId,
    import_id: VendorImportId,
    line: i32,
    kind: Kind,
    status: Status,
    merged: bool,
    decided_at: Option<DateTime<Utc>>,
    /// What the row said; it is not kept once somebody has decided.
    row: Option<DuplicateSide>,
    vendor_id: VendorId,
    vendor: Option<DuplicateSide>,
}

/// What can be compared; what is personal is masked.
#[derive(Serialize, ToSchema)]
struct DuplicateSide {
    name: String,
    phone: String,
    address: String,
    nib: Option<String>,
}

impl DuplicateSide {
    fn of(cells: &BTreeMap<String, String>) -> Self {
        let cell = |column: &str| masked::cell(column, cells.get(column).map_or("", String::as_str));
        Self {
            name: cell("nama_usaha"),
            phone: cell("telepon"),
            address: format!("{}, {}, {}", cell("alamat"), cell("desa"), cell("kecamatan")),
            nib: Some(cell("nib")).filter(|nib| !nib.is_empty()),
        }
    }
}

impl VendorDuplicateOut {
    fn of(app: &App, row: Model, vendor: Option<vendor::Model>) -> Self {
        let said = cells_of(&app.sealer, &row).ok().map(|cells| DuplicateSide::of(&cells));
        Self {
            id: row.id,
            import_id: row.import_id,
            line: row.line,
            kind: row.kind,
            status: row.status,
            merged: row.merged,
            decided_at: row.decided_at,
            row: said,
            vendor_id: row.vendor_id,
            vendor: vendor.map(|vendor| DuplicateSide {
                name: vendor.name,
                phone: masked::cell("telepon", &vendor.phone),
                address: vendor.address_line,
                nib: vendor.nib,
            }),
        }
    }
}

/// List rows that may be a shop which is there already, the oldest first.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-duplicates",
    tag = "office",
    params(DuplicatesQuery),
    responses((status = 200, body = Page<VendorDuplicateOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendor_duplicates(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<DuplicatesQuery>,
) -> Result<Json<Page<VendorDuplicateOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let rows = query::duplicates(app.db.read(), params.status, &page).await?;
    Ok(Json(rows.map(|(row, vendor)| VendorDuplicateOut::of(&app, row, vendor))))
}

/// Decide what a row is, once.
#[utoipa::path(
    post,
    path = "/v1/admin/vendor-duplicates/{duplicate_id}/decide",
    tag = "office",
    params(("duplicate_id" = VendorDuplicateId, Path)),
    request_body = DecideIn,
    responses(
        (status = 200, body = VendorDuplicateOut),
        (status = 409, description = "`duplicate-decided`, `nib-taken`, `nik-taken`"),
    )
)]
pub async fn decide_vendor_duplicate(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorDuplicateId>,
    ValidJson(body): ValidJson<DecideIn>,
) -> Result<Json<VendorDuplicateOut>, Problem> {
    let same = matches!(body.decision, Judgement::Same);
    let decision = Decision { same, merge: body.merge.unwrap_or(false) };
    let row = service::decide(&app, (caller.user_id, &who), id, decision).await?;
    Ok(Json(VendorDuplicateOut::of(&app, row, None)))
}
