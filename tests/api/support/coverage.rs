//! Which operations were reached with success; CI compares the list with the document.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use axum::http::Method;

use super::openapi::{Operation, operations};
use super::run::note;

static REACHED: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Notes that an operation succeeded.
pub fn reached(method: &Method, path: &str) {
    let path = path.split('?').next().unwrap_or_default();
    let matching = operations()
        .iter()
        .filter(|operation| operation.method == *method && fits(operation, path))
        // `/products/mine` is itself before it is a product.
        .min_by_key(|operation| operation.params().len());
    let Some(operation) = matching else {
        return;
    };
    let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
    if reached.insert(&operation.id) {
        note(&format!("reached {}", operation.id));
    }
}

fn fits(operation: &Operation, path: &str) -> bool {
    let segments = operation.path.split('/');
    segments.clone().count() == path.split('/').count()
        && segments
            .zip(path.split('/'))
            .all(|(template, segment)| template.starts_with('{') || template == segment)
}
