//! What surrounds every route; `router.rs` puts the pieces in order.

mod client;
mod cors;
mod key_limit;
mod limit;
mod observe;
mod protect;
mod request_id;
mod shed;

pub use client::{ClientIp, find_client};
pub use cors::cors;
pub use key_limit::{KeyLimits, KeyPass};
pub use limit::{Limiters, describe_limit, limit_rate};
pub use observe::observe;
pub use protect::{Patience, Protection, catch_panics, deadline, protect};
pub use request_id::request_id;
pub use shed::{Capacity, shed};

/// What must answer under any load: asked by machines, never by people.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}
