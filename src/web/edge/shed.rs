//! Refuses work that could not be done in time anyway, at once and cheaply.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::is_probe;
use crate::kernel::Problem;

/// How many requests may be under way.
#[derive(Clone, Debug)]
pub struct Capacity(Arc<Semaphore>);

impl Capacity {
    /// Room for this many requests.
    pub fn new(requests: usize) -> Self {
        Self(Arc::new(Semaphore::new(requests.min(Semaphore::MAX_PERMITS))))
    }
}

/// 503 when too many requests are under way; a queue would only make everybody wait.
pub async fn shed(State(capacity): State<Capacity>, request: Request, next: Next) -> Response {
    if is_probe(request.uri().path()) {
        return next.run(request).await;
    }
    let Ok(_place) = capacity.0.try_acquire() else {
        metrics::counter!("lapak_http_shed_total").increment(1);
        return overloaded().into_response();
    };
    next.run(request).await
}

fn overloaded() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "overloaded",
        "Layanan sedang penuh; coba lagi sebentar.",
        "The service is full; try again shortly.",
    )
    .retry_after(Duration::from_secs(1))
}
