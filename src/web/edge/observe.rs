//! What operators see of a request: a span, a log line, three metrics. Never its query string or who signed in.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::is_probe;
use crate::web::problem::REQUEST_ID;

/// Counts, times and logs a request under its route pattern, so that ids do not become labels.
pub async fn observe(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = label(request.method());
    let id = request.headers().get(REQUEST_ID).map(HeaderValue::as_bytes).map(String::from_utf8_lossy);
    let span =
        tracing::info_span!("request", request.id = id.as_deref(), http.method = method, http.route = route);
    let under_way = UnderWay::new();
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    drop(under_way);
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    if is_probe(&route) {
        tracing::debug!(parent: &span, http.status = status, seconds, "answered");
    } else {
        tracing::info!(parent: &span, http.status = status, seconds, "answered");
    }
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("lapak_http_requests_total", &labels).increment(1);
    metrics::histogram!("lapak_http_seconds", &labels[..2]).record(seconds);
    response
}

/// Any text can be a method; a metric's labels must be few.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// Counted as under way until dropped, also when the client leaves early.
struct UnderWay;

impl UnderWay {
    fn new() -> Self {
        metrics::gauge!("lapak_http_requests_under_way").increment(1);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        metrics::gauge!("lapak_http_requests_under_way").decrement(1);
    }
}
