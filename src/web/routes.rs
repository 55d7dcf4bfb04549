//! Routes with their policy: a route cannot be added without one.

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::middleware::{Next, from_fn};
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::authz::{Policy, enforce};
use super::refusals;

/// A feature's routes and their description.
pub struct Api<S>(OpenApiRouter<S>);

impl<S: Clone + Send + Sync + 'static> Default for Api<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Api<S> {
    /// No routes yet.
    pub fn new() -> Self {
        Self(OpenApiRouter::new())
    }

    /// Adds one operation: its policy guards it and is written into its description.
    #[must_use]
    pub fn route(self, policy: Policy, (schemas, mut paths, methods): UtoipaMethodRouter<S>) -> Self {
        for item in paths.paths.values_mut() {
            let reads = item.get.is_some();
            operations(item).for_each(|operation| describe(operation, &policy, !reads));
        }
        let guard =
            move |params: RawPathParams, request: Request, next: Next| enforce(policy, params, request, next);
        Self(self.0.routes((schemas, paths, methods.layer(from_fn(guard)))))
    }

    /// Adds all routes of another feature.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self(self.0.merge(other.0))
    }

    /// The router and the document.
    pub fn split(self) -> (Router<S>, OpenApi) {
        let (router, mut document) = self.0.split_for_parts();
        refusals::add_schema(&mut document);
        (router, document)
    }
}

pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn describe(operation: &mut Operation, policy: &Policy, write: bool) {
    let mut members = vec![("x-authz".to_owned(), policy.x_authz(write))];
    members.extend(policy.x_flags().map(|flag| (flag.to_owned(), true.into())));
    operation.extensions.get_or_insert_with(Extensions::default).merge(members.into_iter().collect());
    refusals::describe(operation, &policy.refusals());
}
