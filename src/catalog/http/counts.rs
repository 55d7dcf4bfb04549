//! Stocktaking.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::catalog::entity::count::{self, Status};
use crate::catalog::model;
use crate::catalog::query::shelf::{self, Counted};
use crate::catalog::service;
use crate::kernel::fields::{Fault, text};
use crate::kernel::{Fields, Page, Problem, ProductId, StockCountId, VariantId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::body::created;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, PathIds, Policy, ValidJson, ValidQuery};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Stock);

pub const OPEN_STOCK_COUNT: Policy = MEMBERS;
pub const LIST_STOCK_COUNTS: Policy = MEMBERS;
pub const GET_STOCK_COUNT: Policy = MEMBERS;
pub const LIST_STOCK_COUNT_LINES: Policy = MEMBERS;
pub const ENTER_STOCK_COUNT: Policy = MEMBERS;
pub const CLOSE_STOCK_COUNT: Policy = MEMBERS;
pub const CANCEL_STOCK_COUNT: Policy = MEMBERS;

/// Most numbers of one request.
const MAX_LINES: usize = 500;

/// A new stocktaking.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OpenStockCount {
    note: Option<String>,
}

/// Counted numbers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterStockCount {
    /// Each variant once.
    #[schema(min_items = 1, max_items = 500)]
    lines: Vec<EnterStockCountLine>,
}

/// How many pieces of a variant lie on the shelf, those of orders that wait to be handed over included.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterStockCountLine {
    variant_id: VariantId,
    #[schema(minimum = 0, maximum = 1_000_000)]
    counted: i64,
}

/// A stocktaking.
#[derive(Serialize, ToSchema)]
pub struct StockCount {
    id: StockCountId,
    status: Status,
    note: Option<String>,
    opened_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// A stocktaking whose differences were booked.
#[derive(Serialize, ToSchema)]
pub struct ClosedStockCount {
    id: StockCountId,
    status: Status,
    /// Variants counted.
    counted: usize,
    /// Variants whose number was another.
    changed: usize,
    /// Pieces that turned up.
    gained: i64,
    /// Pieces that were missing.
    lost: i64,
}

/// One counted variant.
#[derive(Serialize, ToSchema)]
pub struct StockCountLine {
    variant_id: VariantId,
    product_id: ProductId,
    title: String,
    sku: String,
    counted: i32,
    /// What should have been on the shelf when it was counted: what the books said, and what was to be handed over.
    expected: i32,
    /// What the books say now; they are without what is to be handed over.
    on_hand: i32,
    reserved: i32,
    /// Pieces of paid or accepted orders that have not been sent yet: sold, and still on the shelf.
    to_hand_over: i32,
    /// What should be on the shelf moved since: count again.
    moved: bool,
    counted_at: DateTime<Utc>,
}

/// Which page.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StockCountQuery {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Begin a stocktaking; one at a time.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/stock-counts", tag = "catalog",
    params(("vendor_id" = VendorId, Path)), request_body = OpenStockCount, responses((status = 201, body = StockCount),
    (status = 409, description = "`count-open`"), (status = 422, description = "`invalid`")))]
pub async fn open_stock_count(
    State(app): State<App>,
    caller: Caller,
    PathId(vendor_id): PathId<VendorId>,
    ValidJson(body): ValidJson<OpenStockCount>,
) -> Result<(StatusCode, Json<StockCount>), Problem> {
    let mut fields = Fields::new();
    let note = fields.take_opt("/note", body.note.as_deref().map(|note| text(note, 0, 500, true)));
    let note = note.ok_or_else(|| fields.into_problem())?.filter(|note| !note.is_empty());
    let count = service::open_count(&app, vendor_id, (caller.user_id, note)).await?;
    Ok(created(count.into()))
}

/// The stocktakings of a shop, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/stock-counts", tag = "catalog",
    params(("vendor_id" = VendorId, Path), StockCountQuery), responses((status = 200, body = Page<StockCount>)))]
pub async fn list_stock_counts(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<StockCountQuery>,
) -> Result<Json<Page<StockCount>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    Ok(Json(shelf::counts(app.db.read(), vendor_id, &page).await?.map(StockCount::from)))
}

/// One stocktaking.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/stock-counts/{count_id}", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("count_id" = StockCountId, Path)), responses((status = 200, body = StockCount)))]
pub async fn get_stock_count(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, StockCountId)>,
) -> Result<Json<StockCount>, Problem> {
    Ok(Json(shelf::count_of(app.db.read(), vendor_id, id).await?.into()))
}

/// What was counted, beside what the books say.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/stock-counts/{count_id}/lines", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("count_id" = StockCountId, Path), StockCountQuery),
    responses((status = 200, body = Page<StockCountLine>)))]
pub async fn list_stock_count_lines(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, StockCountId)>,
    ValidQuery(query): ValidQuery<StockCountQuery>,
) -> Result<Json<Page<StockCountLine>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let count = shelf::count_of(app.db.read(), vendor_id, id).await?;
    Ok(Json(shelf::counted(app.db.read(), &count, &page).await?.map(StockCountLine::from)))
}

/// Enter what was counted. A variant that was entered before is entered anew.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/stock-counts/{count_id}/lines", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("count_id" = StockCountId, Path)), request_body = EnterStockCount,
    responses((status = 200, body = StockCount), (status = 409, description = "`count-ended`"), (status = 422, description = "`invalid`")))]
pub async fn enter_stock_count(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, StockCountId)>,
    ValidJson(body): ValidJson<EnterStockCount>,
) -> Result<Json<StockCount>, Problem> {
    let numbers = body.parse()?;
    Ok(Json(service::enter_counts(&app, ids, &numbers, caller.user_id).await?.into()))
}

/// Book the differences, all at once. Refused if stock moved since something was counted.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/stock-counts/{count_id}/close", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("count_id" = StockCountId, Path)), responses((status = 200, body = ClosedStockCount),
    (status = 409, description = "`count-ended`, `stock-moved`, `stock-reserved`")))]
pub async fn close_stock_count(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, StockCountId)>,
) -> Result<Json<ClosedStockCount>, Problem> {
    let (count, booked) = service::close_count(&app, ids, caller.user_id).await?;
    let service::Booked { counted, changed, gained, lost } = booked;
    Ok(Json(ClosedStockCount { id: count.id, status: count.status, counted, changed, gained, lost }))
}

/// End a stocktaking without booking anything.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/stock-counts/{count_id}/cancel", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("count_id" = StockCountId, Path)), responses((status = 200, body = StockCount),
    (status = 409, description = "`count-ended`")))]
pub async fn cancel_stock_count(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, StockCountId)>,
) -> Result<Json<StockCount>, Problem> {
    Ok(Json(service::cancel_count(&app, ids, caller.user_id).await?.into()))
}

impl EnterStockCount {
    fn parse(&self) -> Result<Vec<(VariantId, i32)>, Problem> {
        let mut fields = Fields::new();
        if self.lines.is_empty() || self.lines.len() > MAX_LINES {
            let fault = Fault::new("out-of-range", "Antara 1 dan 500 baris.", "Between 1 and 500 lines.");
            fields.push("/lines", fault);
        }
        let mut numbers = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate() {
            if numbers.iter().any(|(variant, _)| *variant == line.variant_id) {
                let fault =
                    Fault::new("duplicate", "Varian disebut dua kali.", "This variant is named twice.");
                fields.push(format!("/lines/{index}/variant_id"), fault);
            }
            let counted = fields.take(&format!("/lines/{index}/counted"), model::stock(line.counted));
            numbers.push((line.variant_id, counted.unwrap_or_default()));
        }
        fields.check()?;
        Ok(numbers)
    }
}

impl From<count::Model> for StockCount {
    fn from(count: count::Model) -> Self {
        Self {
            id: count.id,
            status: count.status,
            note: count.note,
            opened_at: count.opened_at,
            ended_at: count.ended_at,
        }
    }
}

impl From<Counted> for StockCountLine {
    fn from(row: Counted) -> Self {
        Self {
            moved: row.on_hand + row.to_hand_over != row.expected,
            variant_id: row.variant_id,
            product_id: row.product_id,
            title: row.title,
            sku: row.sku,
            counted: row.counted,
            expected: row.expected,
            on_hand: row.on_hand,
            reserved: row.reserved,
            to_hand_over: row.to_hand_over,
            counted_at: row.counted_at,
        }
    }
}
