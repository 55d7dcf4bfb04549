//! Routes of operators and of machines that watch the service.

mod audit;
mod health;
mod holidays;
mod invariants;
mod jobs;
mod messages;
mod metrics;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

pub use health::{Check, checks};
pub use metrics::metrics;

/// All routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(health::GET_HEALTH, routes!(health::get_health))
        .route(health::GET_READINESS, routes!(health::get_readiness))
        .route(audit::LIST_AUDIT, routes!(audit::list_audit))
        .route(audit::EXPORT_AUDIT, routes!(audit::export_audit))
        .route(invariants::CHECK_INVARIANTS, routes!(invariants::check_invariants))
        .route(holidays::LIST_HOLIDAYS, routes!(holidays::list_holidays))
        .route(holidays::ADD_HOLIDAY, routes!(holidays::add_holiday))
        .route(holidays::REMOVE_HOLIDAY, routes!(holidays::remove_holiday))
        .route(jobs::LIST_JOBS, routes!(jobs::list_jobs))
        .route(jobs::RETRY_JOB, routes!(jobs::retry_job))
        .route(messages::LIST_MESSAGES, routes!(messages::list_messages))
}
