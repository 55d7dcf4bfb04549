//! Counting stock.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::requests::SetStock;
use crate::app::App;
use crate::catalog::model;
use crate::catalog::service;
use crate::kernel::{Fields, Problem, VariantId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, Caller, PathIds, Policy, ValidJson};

pub const SET_STOCK: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Stock);

/// The stock of a variant.
#[derive(Serialize, ToSchema)]
pub struct Stock {
    variant_id: VariantId,
    /// On the shelf, promised pieces included.
    on_hand: i32,
    /// Promised to orders.
    reserved: i32,
    /// What can still be promised.
    available: i32,
}

/// Set what is on hand, after a count, a receipt, a loss or a mistake.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/variants/{variant_id}/stock", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("variant_id" = VariantId, Path)), request_body = SetStock, responses(
    (status = 200, body = Stock), (status = 409, description = "`stock-reserved`"), (status = 422, description = "`invalid`")))]
pub async fn set_stock(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, VariantId)>,
    ValidJson(body): ValidJson<SetStock>,
) -> Result<Json<Stock>, Problem> {
    let mut fields = Fields::new();
    let on_hand = fields.take("/on_hand", model::stock(body.on_hand));
    let on_hand = on_hand.ok_or_else(|| fields.into_problem())?;
    let stock = service::set_stock(&app, ids, on_hand, body.reason.into(), caller.user_id).await?;
    Ok(Json(Stock {
        variant_id: stock.variant_id,
        on_hand: stock.on_hand,
        reserved: stock.reserved,
        available: stock.available(),
    }))
}
