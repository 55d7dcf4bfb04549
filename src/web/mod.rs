//! What every handler needs and no feature owns: extractors that load nothing, the authorization layer, problems on the wire.

pub mod authz;
pub mod body;
pub mod cache;
pub mod docs;
pub mod edge;
pub mod headers;
pub mod idempotency;
pub mod problem;
pub mod query;
mod refusals;
pub mod routes;
mod who;

pub use authz::{ActingAs, Area, Caller, Policy, Role};
pub use body::{FilePart, Language, ValidJson};
pub use edge::ClientIp;
pub use headers::{IdempotencyKey, IfMatch, etag};
pub use query::{PathId, PathIds, ValidQuery};
pub use routes::Api;
