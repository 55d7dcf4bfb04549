//! Acting in the place of a shop's owner, who has agreed to it: nothing is done that was not written down before.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request};
use uuid::Uuid;

use super::{ActingAs, Caller, Role};
use crate::kernel::Problem;
use crate::platform::audit::Who;

/// What somebody is about to do in the place of an owner.
#[derive(Clone, Debug)]
pub struct Assisted {
    /// The officer.
    pub who: Who,
    /// The shop.
    pub shop: Uuid,
    /// Method and template of the path.
    pub operation: String,
}

type Writing = Pin<Box<dyn Future<Output = Result<(), Problem>> + Send>>;

/// Writes such acts down. It is put into the request by whoever found the caller.
#[derive(Clone)]
pub struct Witness(Arc<dyn Fn(Assisted) -> Writing + Send + Sync>);

impl Witness {
    /// A witness that writes by a function.
    pub fn new<F>(write: impl Fn(Assisted) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Problem>> + Send + 'static,
    {
        Self(Arc::new(move |act| -> Writing { Box::pin(write(act)) }))
    }
}

/// Lets the witness write, if the request is such an act.
pub(super) async fn witnessed(request: Request, writes: bool) -> Result<Request, Problem> {
    let as_staff =
        request.extensions().get::<ActingAs>().is_some_and(|role| role.0 == Some(Role::VendorStaff));
    let shop = request.extensions().get::<Caller>().and_then(|caller| caller.assisting);
    let Some(shop) = shop.filter(|_| as_staff && writes) else {
        return Ok(request);
    };
    let witness = request.extensions().get::<Witness>().cloned();
    let witness = witness.ok_or_else(|| Problem::internal("nobody writes down what is done for an owner"))?;
    let (mut parts, body) = request.into_parts();
    let path = parts.extensions.get::<MatchedPath>().map_or("?", MatchedPath::as_str);
    let operation = format!("{} {path}", parts.method);
    let Ok(who) = Who::from_request_parts(&mut parts, &()).await;
    witness.0(Assisted { who, shop, operation }).await?;
    Ok(Request::from_parts(parts, body))
}
