//! The description of the API: the OpenAPI document and a page to read and try it, both without anything from outside.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Info, License, OpenApi, Ref, RefOr, Response as Answer};
use utoipa_swagger_ui::Config;

use super::routes::operations;

/// The page runs its own scripts and styles, and calls this service; nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const BEARER: &str = "bearer";

/// Completes the document of the routes: who we are, how one signs in, what an error looks like.
pub fn complete(mut document: OpenApi) -> OpenApi {
    document.info = Info::new("Lapak", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(
        "Backend of a regency e-marketplace. Money is in whole rupiah, time in RFC 3339 UTC. \
         `x-authz` says who may call an operation."
            .to_owned(),
    );
    document.info.license = Some(License::new("MIT"));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        secure(operation);
        add_default(operation);
    }
    document
}

/// A token is needed where the policy does not let everybody in.
fn secure(operation: &mut Operation) {
    let is_public =
        |extensions: &Extensions| extensions.get("x-authz").is_some_and(|authz| authz["public"] == true);
    if !operation.extensions.as_ref().is_some_and(is_public) {
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], _>(BEARER, [])]);
    }
}

/// What any operation may answer besides: too many requests, too busy, too slow, our fault.
fn add_default(operation: &mut Operation) {
    let mut answer = Answer::new("Any other problem");
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    answer.content.insert("application/problem+json".to_owned(), RefOr::T(problem));
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(answer));
}

/// The document as it is served.
pub fn json(document: &OpenApi) -> Bytes {
    document.to_json().unwrap_or_default().into()
}

/// `/openapi.json`
pub async fn document(State(json): State<Bytes>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, kind)], json).into_response()
}

/// `/docs`; the page's files are found relative to the slash.
pub async fn entrance() -> Redirect {
    Redirect::permanent("/docs/")
}

/// `/docs/`
pub async fn page() -> Response {
    serve("index.html")
}

/// `/docs/{file}`
pub async fn file(Path(name): Path<String>) -> Response {
    serve(&name)
}

fn serve(name: &str) -> Response {
    let config = Config::from("/openapi.json").use_base_layout().validator_url("none");
    let Ok(Some(file)) = utoipa_swagger_ui::serve(name, Arc::new(config)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_str(&file.content_type).ok()),
        (CACHE_CONTROL, Some(HeaderValue::from_static("public, max-age=3600"))),
        (CONTENT_SECURITY_POLICY, Some(HeaderValue::from_static(PAGE_POLICY))),
        (CONTENT_ENCODING, file.gzpipped.then(|| HeaderValue::from_static("gzip"))),
    ];
    let mut response = file.bytes.into_owned().into_response();
    for (name, value) in headers {
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
