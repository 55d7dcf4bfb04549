//! `/metrics` in the Prometheus text format.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::platform::{jobs, telemetry};

/// All metrics of this process, and how the job queue stands.
pub async fn metrics(State(app): State<App>) -> Response {
    match jobs::standing(&app.db, app.now()).await {
        Ok(standing) => {
            gauge("lapak_jobs_due", standing.due);
            gauge("lapak_jobs_dead", standing.dead);
            ::metrics::gauge!("lapak_jobs_lag_seconds").set(standing.lag.as_seconds_f64());
        }
        // The other metrics are needed most when the database is down.
        Err(error) => tracing::warn!(error = %error, "the job queue cannot be read"),
    }
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(CONTENT_TYPE, text)], telemetry::metrics().render()).into_response()
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; nobody has 2^53 jobs")]
fn gauge(name: &'static str, count: u64) {
    ::metrics::gauge!(name).set(count as f64);
}
