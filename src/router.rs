//! All routes of all features, and the one middleware stack around them.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::identity;
use crate::search;
use crate::web::{Api, problem};

/// Every operation with its policy.
pub fn api() -> Api<App> {
    Api::new()
        .merge(identity::routes())
        .merge(search::routes())
        .merge(crate::cart::routes())
        .merge(crate::orders::routes())
        .merge(crate::payments::routes())
        .merge(crate::checkout::routes())
}

/// The OpenAPI document.
pub fn openapi() -> OpenApi {
    api().split().1
}

/// The whole service.
pub fn router(app: App) -> Router {
    let (router, _) = api().split();
    router
        .route_layer(from_fn_with_state(app.clone(), identity::authenticate))
        .layer(from_fn(problem::render))
        .with_state(app)
}
