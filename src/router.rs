//! All routes of all features, and the one middleware stack around them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state as with_state};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::{OpenApi, Server};

use crate::app::App;
use crate::platform::telemetry;
use crate::web::edge::{self, Capacity, Limiters, Patience, Protection};
use crate::web::{Api, docs, problem};
use crate::{admin, identity, search, vendors};

/// Every operation with its policy.
pub fn api() -> Api<App> {
    Api::new()
        .merge(identity::routes())
        .merge(vendors::routes())
        .merge(crate::catalog::routes())
        .merge(search::routes())
        .merge(crate::cart::routes())
        .merge(crate::orders::routes())
        .merge(crate::tax::routes())
        .merge(crate::payments::routes())
        .merge(crate::settlement::routes())
        .merge(crate::checkout::routes())
        .merge(crate::office::routes())
        .merge(crate::documents::routes())
        .merge(crate::procurement::routes())
        .merge(crate::notifications::routes())
        .merge(crate::reports::routes())
        .merge(admin::routes())
}

/// The OpenAPI document, wherever the service is reached.
pub fn openapi() -> OpenApi {
    docs::complete(api().split().1)
}

/// The OpenAPI document of a service that is reached at this address.
pub fn openapi_at(base_url: &url::Url) -> OpenApi {
    let mut document = openapi();
    document.servers = Some(vec![Server::new(base_url.as_str().trim_end_matches('/'))]);
    document
}

/// The whole service.
pub fn router(app: App) -> Router {
    // Counting starts before the first request.
    telemetry::metrics();
    let (operations, _) = api().split();
    let document = docs::json(&openapi_at(&app.config.server.base_url));
    let routes = operations
        // On known routes only, so that an unknown path is 404 whatever token comes with it.
        .route_layer(with_state(identity::Door::new(&app), identity::authenticate))
        .route("/metrics", get(admin::metrics))
        .route("/openapi.json", get(docs::document).with_state(document))
        .route("/docs", get(docs::entrance))
        .route("/docs/", get(docs::page))
        .route("/docs/{file}", get(docs::file));
    surround(routes, &app).with_state(app)
}

/// The middleware, from the outside to the inside. A request passes it downwards, its answer upwards.
fn surround(routes: Router<App>, app: &App) -> Router<App> {
    let server = &app.config.server;
    let protection = Protection { https: server.base_url.scheme() == "https" };
    let patience = Patience { ordinary: server.request_timeout, upload: server.upload_timeout };
    let stack = ServiceBuilder::new()
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
        .layer(with_state(
            server.trusted_proxies.as_slice().into(),
            edge::find_client,
        ))
        .layer(with_state(Limiters::new(&app.config.rate_limit), edge::limit_rate))
        // Covers reading the body, which happens in the handlers.
        .layer(with_state(patience, edge::deadline))
        .layer(DefaultBodyLimit::max(server.body_limit));
    routes.layer(stack)
}
