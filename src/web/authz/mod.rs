//! Who may call what: one constant per route that feeds the layer, the OpenAPI document and the tests.
//!
//! Order of refusals: 401 (no or bad token) -> 403 (role, second factor or scope of a key missing, before anything is loaded)
//! -> 404 (foreign = absent) -> 403 (own object, not permitted to this member, or too long since the password was shown).
//! What needs a look into the database comes after, in the feature.

mod assist;
mod caller;
mod policy;
mod role;

use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub use assist::{Assisted, Witness};
pub use caller::{Caller, Via};
pub use policy::{Policy, not_permitted};
pub use role::{Area, KeyScope, Role, Scope, VENDOR_LEADS, VENDOR_MEMBERS};

/// The role that let a caller pass; nothing on public routes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActingAs(pub Option<Role>);

impl<S: Sync> FromRequestParts<S> for ActingAs {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

/// The layer on every route: asks the policy before anything is loaded or read.
pub async fn enforce(policy: Policy, params: RawPathParams, mut request: Request, next: Next) -> Response {
    let object_id =
        policy.param().and_then(|param| params.iter().find(|(name, _)| *name == param).map(|(_, id)| id));
    let writes = !request.method().is_safe();
    match policy.check(request.extensions().get::<Caller>(), object_id, writes) {
        Ok(role) => {
            request.extensions_mut().insert(ActingAs(role));
            match assist::witnessed(request, writes).await {
                Ok(request) => next.run(request).await,
                Err(problem) => problem.into_response(),
            }
        }
        Err(problem) => problem.into_response(),
    }
}
