//! Who is behind a request, for the audit trail.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::authz::{ActingAs, Caller, Role, Via};
use super::edge::ClientIp;
use super::problem::REQUEST_ID;
use crate::platform::audit::Who;

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let caller = parts.extensions.get::<Caller>();
        let role = parts.extensions.get::<ActingAs>().and_then(|acting_as| acting_as.0);
        Ok(Self {
            actor: caller.map(|caller| caller.user_id),
            acting_as: match (role, caller.and_then(|caller| caller.assisting)) {
                // Somebody of the office, in the place of the owner who agreed to it.
                (Some(Role::VendorStaff), Some(_)) => "officer for vendor:owner".to_owned(),
                (role, _) => role.map_or_else(|| "anonymous".to_owned(), Role::label),
            },
            api_key: caller.and_then(|caller| match caller.via {
                Via::Key(id, _) => Some(id),
                Via::Session(_) => None,
            }),
            address: parts.extensions.get::<ClientIp>().map(|client| client.0),
            request_id: parts.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned),
        })
    }
}
