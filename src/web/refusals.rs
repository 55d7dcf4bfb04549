//! Refusals in the API description: those that follow from the policy or the shape of a request are written once, here.

use serde::Serialize;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response};
use utoipa::{PartialSchema, ToSchema};

/// What every error looks like (RFC 9457); some carry further members.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct ProblemBody {
    /// `/problems/` and the code.
    r#type: String,
    /// Name of the status.
    title: String,
    /// HTTP status.
    status: u16,
    /// What happened, in the caller's language.
    detail: String,
    /// Stable, kebab-case; switch on this.
    code: String,
    /// Faults of single fields.
    errors: Option<Vec<FieldFault>>,
    /// The request in our logs.
    request_id: Option<String>,
}

/// One fault of one field.
#[derive(Serialize, ToSchema)]
struct FieldFault {
    /// JSON pointer into the body, or `?name` for a query parameter.
    pointer: String,
    /// Stable, kebab-case.
    code: String,
    /// What is wrong with it.
    detail: String,
}

/// Adds what the policy can refuse, a 422 wherever something is parsed, and the body of every error.
pub(super) fn describe(operation: &mut Operation, refusals: &[(u16, &str)]) {
    let responses = &mut operation.responses.responses;
    let parsed = operation.request_body.is_some().then_some((422, "invalid"));
    for (status, code) in refusals.iter().copied().chain(parsed) {
        responses.entry(status.to_string()).or_insert_with(|| RefOr::T(Response::new(format!("`{code}`"))));
    }
    let errors = responses.iter_mut().filter(|(status, _)| status.as_str() >= "400");
    for (_, response) in errors {
        if let RefOr::T(response) = response
            && response.content.is_empty()
        {
            let body = Content::new(Some(Ref::from_schema_name("Problem")));
            response.content.insert("application/problem+json".to_owned(), RefOr::T(body));
        }
    }
}

/// Adds the shape of errors to the document.
pub(super) fn add_schema(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Default::default);
    for (name, schema) in [("Problem", ProblemBody::schema()), ("FieldFault", FieldFault::schema())] {
        components.schemas.insert(name.to_owned(), schema);
    }
}
