//! The description of the API: the OpenAPI document and a page to read and try it, both without anything from outside.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use serde::Serialize;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Info, License, OpenApi, Ref, RefOr, Response as Answer, Server};
use utoipa::{PartialSchema, ToSchema};
use utoipa_swagger_ui::Config;

use super::routes::operations;

/// The page runs its own scripts and styles, and calls this service; nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PROBLEM: &str = "application/problem+json";
const BEARER: &str = "bearer";

/// What every error looks like (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct ProblemBody {
    /// Relative reference that ends in the code.
    r#type: String,
    /// What the status means.
    title: String,
    status: u16,
    /// What happened, in Indonesian or English by `Accept-Language`.
    detail: String,
    /// Stable, kebab-case; what clients switch on.
    code: String,
    /// The faults of single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldFault>,
    /// The request in our logs; also the header `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// One fault of one field.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldFault)]
struct FieldFault {
    /// JSON pointer into the body, or `?name` for a query parameter.
    pointer: String,
    /// Stable, kebab-case.
    code: String,
    /// What is wrong, in the caller's language.
    detail: String,
}

/// Completes the document of the routes: who we are, how one signs in, what an error looks like.
pub fn complete(mut document: OpenApi, base_url: &url::Url) -> OpenApi {
    document.info = Info::new("Lapak", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(
        "Backend of a regency e-marketplace. Money is in whole rupiah, time in RFC 3339 UTC. \
         `x-authz` says who may call an operation."
            .to_owned(),
    );
    document.info.license = Some(License::new("MIT"));
    document.servers = Some(vec![Server::new(base_url.as_str().trim_end_matches('/'))]);
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    for (name, schema) in [
        (ProblemBody::name(), ProblemBody::schema()),
        (FieldFault::name(), FieldFault::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        secure(operation);
        describe_errors(operation);
    }
    document
}

/// A token is needed where the policy does not let everybody in.
fn secure(operation: &mut Operation) {
    let is_public = |extensions: &Extensions| {
        extensions
            .get("x-authz")
            .is_some_and(|authz| authz["public"] == true)
    };
    if !operation.extensions.as_ref().is_some_and(is_public) {
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], _>(BEARER, [])]);
    }
}

/// Every error is a problem document, named by the operation or not.
fn describe_errors(operation: &mut Operation) {
    let answers = &mut operation.responses.responses;
    answers
        .entry("default".to_owned())
        .or_insert_with(|| RefOr::T(Answer::new("Any other problem")));
    for (status, answer) in answers.iter_mut() {
        let is_error = status.starts_with('4') || status.starts_with('5') || status == "default";
        if let (true, RefOr::T(answer)) = (is_error, answer)
            && answer.content.is_empty()
        {
            let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
            answer.content.insert(PROBLEM.to_owned(), RefOr::T(problem));
        }
    }
}

/// `/openapi.json` and `/docs`.
pub fn routes<S: Clone + Send + Sync + 'static>(document: &OpenApi) -> Router<S> {
    let json = Bytes::from(document.to_json().unwrap_or_default());
    let page = Arc::new(
        Config::from("/openapi.json")
            .use_base_layout()
            .validator_url("none"),
    );
    Router::new()
        .route("/openapi.json", get(|| async move { openapi(json) }))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(index).with_state(page.clone()))
        .route("/docs/{*file}", get(file).with_state(page))
}

fn openapi(json: Bytes) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, kind)], json).into_response()
}

async fn index(State(page): State<Arc<Config<'static>>>) -> Response {
    serve("index.html", page)
}

async fn file(State(page): State<Arc<Config<'static>>>, Path(name): Path<String>) -> Response {
    serve(&name, page)
}

fn serve(name: &str, page: Arc<Config<'static>>) -> Response {
    let Ok(Some(file)) = utoipa_swagger_ui::serve(name, page) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_str(&file.content_type).ok()),
        (
            CACHE_CONTROL,
            Some(HeaderValue::from_static("public, max-age=3600")),
        ),
        (
            CONTENT_SECURITY_POLICY,
            Some(HeaderValue::from_static(PAGE_POLICY)),
        ),
        (
            CONTENT_ENCODING,
            file.gzpipped.then(|| HeaderValue::from_static("gzip")),
        ),
    ];
    let mut response = file.bytes.into_owned().into_response();
    for (name, value) in headers {
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
