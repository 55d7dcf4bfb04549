//! Stock levels, the journal, and thresholds.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::catalog::entity::movement::Reason;
use crate::catalog::model::{Attributes, small};
use crate::catalog::query::shelf::{self, Level, LevelFilter, Movement, MovementFilter};
use crate::catalog::service;
use crate::kernel::{Fields, MovementId, OrderId, Page, Problem, ProductId, UserId, VariantId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::query::page_of;
use crate::web::{Area, PathId, PathIds, Policy, ValidJson, ValidQuery};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Stock);

pub const LIST_STOCK: Policy = MEMBERS;
pub const LIST_MOVEMENTS: Policy = MEMBERS;
pub const SET_LOW_STOCK: Policy = MEMBERS;

/// The stock of one variant.
#[derive(Serialize, ToSchema)]
pub struct StockLevel {
    variant_id: VariantId,
    product_id: ProductId,
    title: String,
    sku: String,
    options: BTreeMap<String, String>,
    on_hand: i32,
    reserved: i32,
    /// Pieces of paid or accepted orders that have not been sent yet: sold, and still on the shelf.
    to_hand_over: i32,
    available: i32,
    /// From how few on the shop wants to know.
    threshold: Option<i32>,
    low: bool,
}

/// One line of the journal.
#[derive(Serialize, ToSchema)]
pub struct StockMovement {
    id: MovementId,
    variant_id: VariantId,
    product_id: ProductId,
    title: String,
    sku: String,
    /// Pieces that came (more than 0) or went.
    delta: i32,
    reason: Reason,
    /// The order that moved it.
    order_id: Option<OrderId>,
    /// The person who moved it.
    actor_id: Option<UserId>,
    created_at: DateTime<Utc>,
}

/// Which levels.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// Only what is at or below its threshold.
    low: bool,
    product_id: Option<ProductId>,
    /// Exact SKU.
    sku: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Which lines of the journal.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MovementQuery {
    variant_id: Option<VariantId>,
    product_id: Option<ProductId>,
    order_id: Option<OrderId>,
    reason: Option<Reason>,
    /// At or after, RFC 3339.
    from: Option<DateTime<Utc>>,
    /// Before, RFC 3339.
    to: Option<DateTime<Utc>>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// From how few pieces on the shop wants to know.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetLowStock {
    /// `null`: never.
    #[schema(minimum = 1, maximum = 1_000_000)]
    threshold: Option<i64>,
}

/// The stock of a shop, variant by variant.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/stock", tag = "catalog",
    params(("vendor_id" = VendorId, Path), StockQuery), responses((status = 200, body = Page<StockLevel>),
    (status = 422, description = "`invalid`")))]
pub async fn list_stock(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<StockQuery>,
) -> Result<Json<Page<StockLevel>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let StockQuery { low, product_id, sku, .. } = query;
    let filter = LevelFilter { low, product_id, sku, variants: Vec::new() };
    let found = shelf::levels(app.db.read(), vendor_id, &filter, &page).await?;
    Ok(Json(found.map(StockLevel::from)))
}

/// The journal of a shop's stock, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/stock/movements", tag = "catalog",
    params(("vendor_id" = VendorId, Path), MovementQuery), responses((status = 200, body = Page<StockMovement>),
    (status = 422, description = "`invalid`")))]
pub async fn list_stock_movements(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<MovementQuery>,
) -> Result<Json<Page<StockMovement>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let MovementQuery { variant_id, product_id, order_id, reason, from, to, .. } = query;
    let filter = MovementFilter { variant_id, product_id, order_id, reason, from, to };
    let found = shelf::movements(app.db.read(), vendor_id, &filter, &page).await?;
    Ok(Json(found.map(StockMovement::from)))
}

/// Say from how few pieces on the shop wants to be told; it is told once until the stock has risen again.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/variants/{variant_id}/low-stock", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("variant_id" = VariantId, Path)), request_body = SetLowStock,
    responses((status = 204, description = "Set"), (status = 422, description = "`invalid`")))]
pub async fn set_low_stock(
    State(app): State<App>,
    PathIds(ids): PathIds<(VendorId, VariantId)>,
    ValidJson(body): ValidJson<SetLowStock>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let threshold = body.threshold.map(|pieces| small(pieces, 1, 1_000_000));
    let threshold = fields.take_opt("/threshold", threshold).ok_or_else(|| fields.into_problem())?;
    service::set_threshold(&app, ids, threshold).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Level> for StockLevel {
    fn from(level: Level) -> Self {
        Self {
            available: level.available(),
            low: level.is_low(),
            variant_id: level.variant_id,
            product_id: level.product_id,
            title: level.title,
            sku: level.sku,
            options: Attributes::decode(&level.options).into_map(),
            on_hand: level.on_hand,
            reserved: level.reserved,
            to_hand_over: level.to_hand_over,
            threshold: level.threshold,
        }
    }
}

impl From<Movement> for StockMovement {
    fn from(row: Movement) -> Self {
        Self {
            id: row.id,
            variant_id: row.variant_id,
            product_id: row.product_id,
            title: row.title,
            sku: row.sku,
            delta: row.delta,
            reason: row.reason,
            order_id: row.order_id,
            actor_id: row.actor_id,
            created_at: row.created_at,
        }
    }
}
