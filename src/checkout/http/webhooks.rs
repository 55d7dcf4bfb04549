//! Messages of gateways.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::service;
use crate::kernel::Problem;
use crate::web::Policy;

// Whoever calls is known by the signature of the message.
pub(super) const RECEIVE: Policy = Policy::PUBLIC;

/// A message was taken.
#[derive(Serialize, ToSchema)]
pub struct WebhookOut {
    received: bool,
}

/// Take a message of a payment gateway (`midtrans`, `sandbox`). It is signed as the gateway does it; known messages change nothing.
#[utoipa::path(post, path = "/v1/webhooks/{provider_id}", tag = "checkout", params(("provider_id" = String, Path)),
    request_body(content = String, content_type = "application/octet-stream", description = "As the gateway sends and signs it"),
    responses((status = 200, body = WebhookOut), (status = 401, description = "webhook-signature"),
        (status = 404, description = "No such gateway here"), (status = 422, description = "webhook-shape")))]
pub(super) async fn receive_webhook(
    State(app): State<App>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<WebhookOut>, Problem> {
    service::take_message(&app, &provider, (&headers, &body)).await?;
    Ok(Json(WebhookOut { received: true }))
}
