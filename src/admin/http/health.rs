//! Whether the service lives, and whether it can do its work.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::web::Policy;

/// A dependency that has not answered by then is down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It works.
    Ok,
    /// It does not, and others do its work meanwhile.
    Degraded,
    /// It does not.
    Down,
    /// The service is about to stop and wants no new requests.
    Stopping,
}

/// Whether the process lives.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    status: Check,
}

/// Whether the service can work, and what keeps it from it.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    status: Check,
    checks: BTreeMap<&'static str, Check>,
}

pub(super) const GET_HEALTH: Policy = Policy::PUBLIC;
pub(super) const GET_READINESS: Policy = Policy::PUBLIC;

/// Whether the process lives; asks nothing else.
#[utoipa::path(get, path = "/healthz", tag = "admin", responses((status = 200, body = Health)))]
pub(super) async fn get_health() -> Json<Health> {
    Json(Health { status: Check::Ok })
}

/// Whether the service can do its work; a load balancer sends no requests while it cannot.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "admin",
    responses((status = 200, body = Readiness), (status = 503, description = "Not now", body = Readiness))
)]
pub(super) async fn get_readiness(State(app): State<App>) -> (StatusCode, Json<Readiness>) {
    let checks = checks(&app).await;
    let status = if app.stop.is_cancelled() {
        Check::Stopping
    } else if checks.values().any(|check| *check == Check::Down) {
        Check::Down
    } else {
        Check::Ok
    };
    let code = match status {
        Check::Ok | Check::Degraded => StatusCode::OK,
        Check::Down | Check::Stopping => StatusCode::SERVICE_UNAVAILABLE,
    };
    (code, Json(Readiness { status, checks }))
}

/// Asks every dependency at once.
pub async fn checks(app: &App) -> BTreeMap<&'static str, Check> {
    let engine = async { app.search.engine().await?.health().await };
    let (database, files, search) = tokio::join!(ask(app.db.ping()), ask(app.files.ping()), ask(engine));
    // Without its engine a search is answered by the database, and buying does not need one.
    let search = if search == Check::Ok { Check::Ok } else { Check::Degraded };
    BTreeMap::from([("database", database), ("files", files), ("search", search)])
}

async fn ask<T, E: std::fmt::Display>(answer: impl Future<Output = Result<T, E>>) -> Check {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(_)) => Check::Ok,
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "a dependency is down");
            Check::Down
        }
        Err(_) => Check::Down,
    }
}
