//! How shops deal with their orders, for the office and for the shops themselves.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::orders::VENDOR_READ;
use crate::app::App;
use crate::kernel::{Problem, VendorId};
use crate::orders::entity::order::{EndReason, Status};
use crate::orders::query::figures::{self, Figures};
use crate::vendors;
use crate::web::{Area, PathId, Policy, Role, ValidQuery};

pub(super) const GET_ORDER_FIGURES: Policy = VENDOR_READ;
pub(super) const GET_ORDER_FIGURES_AS_OFFICE: Policy =
    Policy::any_of(&[Role::Officer, Role::Operator, Role::Auditor]).area(Area::Office);

/// How a shop deals with its orders.
#[derive(Serialize, ToSchema)]
pub struct OrderFiguresOut {
    /// Orders by where they stand and, if they ended without a sale, why.
    orders: Vec<OrderCountOut>,
    /// Orders that were not sent in time.
    late: u64,
    returns: u64,
    disputes: u64,
    /// Disputes in which money went back.
    disputes_lost: u64,
}

/// Orders that stand in one state for one reason.
#[derive(Serialize, ToSchema)]
pub struct OrderCountOut {
    status: Status,
    reason: Option<EndReason>,
    orders: i64,
}

/// Which orders.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FiguresQuery {
    /// Placed at or after.
    from: Option<DateTime<Utc>>,
    /// Placed before.
    to: Option<DateTime<Utc>>,
}

impl From<Figures> for OrderFiguresOut {
    fn from(figures: Figures) -> Self {
        let count = |count: figures::Count| OrderCountOut {
            status: count.status,
            reason: count.end_reason,
            orders: count.orders,
        };
        Self {
            orders: figures.counts.into_iter().map(count).collect(),
            late: figures.late,
            returns: figures.returns,
            disputes: figures.disputes,
            disputes_lost: figures.disputes_lost,
        }
    }
}

/// How the shop deals with its orders.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/order-figures", tag = "orders", params(("vendor_id" = VendorId, Path), FiguresQuery),
    responses((status = 200, body = OrderFiguresOut)))]
pub(super) async fn get_order_figures(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(params): ValidQuery<FiguresQuery>,
) -> Result<Json<OrderFiguresOut>, Problem> {
    Ok(Json(figures::of_shop(app.db.read(), vendor_id, (params.from, params.to)).await?.into()))
}

/// How a shop deals with its orders: what it declines and calls off, and why, what is late, what comes back.
#[utoipa::path(get, path = "/v1/admin/vendors/{vendor_id}/order-figures", tag = "orders", params(("vendor_id" = VendorId, Path), FiguresQuery),
    responses((status = 200, body = OrderFiguresOut), (status = 404)))]
pub(super) async fn get_order_figures_as_office(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(params): ValidQuery<FiguresQuery>,
) -> Result<Json<OrderFiguresOut>, Problem> {
    vendors::query::find(app.db.read(), vendor_id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(figures::of_shop(app.db.read(), vendor_id, (params.from, params.to)).await?.into()))
}
