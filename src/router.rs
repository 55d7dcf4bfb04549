//! All routes of all features, and the one middleware stack around them.

use axum::Router;
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::search;
use crate::web::Api;

/// Every operation with its policy.
pub fn api() -> Api<App> {
    Api::new().merge(search::http::routes())
}

/// The OpenAPI document.
pub fn openapi() -> OpenApi {
    api().split().1
}

/// The whole service.
pub fn router(app: App) -> Router {
    let (router, _) = api().split();
    router.with_state(app)
}
