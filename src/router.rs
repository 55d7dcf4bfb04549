//! All routes of all features, and the one middleware stack around them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state as with_state};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::OpenApi;

use crate::admin;
use crate::app::App;
use crate::config::Config;
use crate::web::edge::{self, Capacity, Limiters, Protection};
use crate::web::{Api, docs, problem};

/// Every operation with its policy.
pub fn api() -> Api<App> {
    Api::new().merge(admin::routes())
}

/// The OpenAPI document of a service with these settings.
pub fn openapi(config: &Config) -> OpenApi {
    docs::complete(api().split().1, &config.server.base_url)
}

/// The whole service.
pub fn router(app: App) -> Router {
    let (operations, document) = api().split();
    let document = docs::complete(document, &app.config.server.base_url);
    let pages = docs::routes(&document).route("/metrics", get(admin::metrics));
    stack(operations.merge(pages), &app).with_state(app)
}

/// The middleware, from the outside to the inside. A request passes it downwards, its answer upwards.
fn stack(routes: Router<App>, app: &App) -> Router<App> {
    let server = &app.config.server;
    let protection = Protection {
        https: server.base_url.scheme() == "https",
    };
    let around_everything = ServiceBuilder::new()
        // First, since all below name the request.
        .layer(from_fn(edge::request_id))
        // Sees the final status, whoever gave it.
        .layer(from_fn(edge::observe))
        .layer(with_state(protection, edge::protect))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        // Outside of the refusals: a page must be able to read why it was refused.
        .layer(edge::cors(&server.cors_origins))
        // Writes the body of every refusal and failure below.
        .layer(from_fn(problem::render))
        .layer(edge::catch_panics())
        // Cheap refusals come before work, and the crowd before the single client.
        .layer(with_state(Capacity::new(server.max_requests), edge::shed))
        .layer(with_state(server.trusted_proxies.as_slice().into(), edge::find_client))
        .layer(with_state(Limiters::new(&app.config.rate_limit), edge::limit_rate))
        // Covers reading the body, which happens in the handlers.
        .layer(with_state(server.request_timeout, edge::deadline))
        .layer(DefaultBodyLimit::max(server.body_limit));
    routes.layer(around_everything)
}
