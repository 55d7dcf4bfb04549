//! Orders over HTTP: reading them, and what touches no money. The other moves are in `checkout/http`.

pub mod claims;
mod figures;
mod files;
mod orders;
pub mod out;
pub mod parcels;
mod talk;

use utoipa_axum::routes;

use crate::app::App;
use crate::kernel::Problem;
use crate::kernel::fields::text;
use crate::web::Api;

pub use files::FileRef;
pub use orders::VENDOR_READ;
pub use out::{OrderOut, OrderStatusOut};
pub use talk::MEMBERS as VENDOR_MEMBERS_READ;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(orders::LIST_ORDERS, routes!(orders::list_orders))
        .route(orders::GET_ORDER, routes!(orders::get_order))
        .route(orders::LIST_VENDOR_ORDERS, routes!(orders::list_vendor_orders))
        .route(orders::GET_VENDOR_ORDER, routes!(orders::get_vendor_order))
        .route(orders::ACCEPT_ORDER, routes!(orders::accept_order))
        .route(parcels::SHIP_ORDER, routes!(parcels::ship_order))
        .route(parcels::SEND_SHIPMENT, routes!(parcels::send_shipment))
        .route(files::SEND_ORDER_FILE, routes!(files::send_order_file))
        .route(files::SEND_VENDOR_ORDER_FILE, routes!(files::send_vendor_order_file))
        .route(files::GET_ORDER_FILE, routes!(files::get_order_file))
        .route(files::GET_VENDOR_ORDER_FILE, routes!(files::get_vendor_order_file))
        .route(files::GET_ORDER_FILE_AS_OFFICE, routes!(files::get_order_file_as_office))
        .route(figures::GET_ORDER_FIGURES, routes!(figures::get_order_figures))
        .route(figures::GET_ORDER_FIGURES_AS_OFFICE, routes!(figures::get_order_figures_as_office))
        .merge(talk::routes())
}

/// A note that may be left out.
pub fn optional_note(note: Option<String>) -> Result<Option<String>, Problem> {
    optional_text(note, "/note", 500)
}

/// A text that may be left out.
pub fn optional_text(
    value: Option<String>,
    place: &'static str,
    most: usize,
) -> Result<Option<String>, Problem> {
    let value = value.map(|value| text(&value, 0, most, true)).transpose();
    let value = value.map_err(|fault| Problem::field(fault.at(place)))?;
    Ok(value.filter(|value| !value.is_empty()))
}
