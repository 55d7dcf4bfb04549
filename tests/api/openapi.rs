//! The OpenAPI document is whole, and is what is served.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::http::Method;
use serde_json::Value;

use crate::support::openapi::{Operation, document, operations};
use crate::support::{TestApp, both};

both![what_is_documented_is_served];

/// Where routes may be added without the document, each with its reason.
const ROUTES_OUTSIDE: &[(&str, &str)] = &[
    ("src/web/routes.rs", "this is the one way in, and it writes the document"),
    ("src/router.rs", "the fallbacks, and the pages that show the document itself"),
];

/// Any change of the API shows up here: `INSTA_UPDATE=always cargo test --test api openapi` accepts it.
#[test]
fn the_document_changes_only_on_purpose() {
    let mut document = document().clone();
    // The version of the crate is no change of the API.
    document["info"]["version"] = "[version]".into();
    document.sort_all_objects();
    insta::assert_json_snapshot!("openapi", document);
}

#[test]
fn operations_are_described() {
    let operations = operations();
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    for operation in operations {
        let name = format!("{} {}", operation.method, operation.path);
        faults.extend(faults_of(operation).into_iter().map(|fault| format!("{name}: {fault}")));
        if !ids.insert(&operation.id) {
            faults.push(format!("{name}: the operation id {} is taken", operation.id));
        }
    }
    assert!(operations.len() > 30, "only {} operations", operations.len());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn faults_of(operation: &Operation) -> Vec<String> {
    let mut faults = Vec::new();
    let mut require = |good: bool, fault: &str| {
        if !good {
            faults.push(fault.to_owned());
        }
    };
    let value = &operation.value;
    require(!operation.id.is_empty(), "no operation id");
    require(value["tags"].as_array().is_some_and(|tags| tags.len() == 1), "not one tag");
    require(value["summary"].is_string() || value["description"].is_string(), "nothing says what it does");
    require(
        operation.is_public() == operation.any_of().is_empty(),
        "x-authz must say either public or any_of",
    );
    let responses = value["responses"].as_object();
    let has = |status: &str| responses.is_some_and(|responses| responses.contains_key(status));
    let good = responses.is_some_and(|responses| responses.keys().any(|status| status.starts_with('2')));
    require(good, "no good answer");
    if !operation.is_public() {
        require(has("401"), "401 is not described");
    }
    if !operation.is_public() && operation.any_of() != ["buyer"] {
        require(has("403"), "403 is not described");
    }
    if operation.object().is_some() {
        require(has("404"), "404 is not described");
    }
    if operation.content_type().is_some() {
        require(has("422"), "422 is not described");
    }
    if operation.has("x-if-match") {
        require(has("412") && has("428"), "412 and 428 are not described");
    }
    if operation.has("x-idempotency") {
        require(has("400") && has("409"), "400 and 409 are not described");
    }
    faults
}

async fn what_is_documented_is_served(app: TestApp) {
    let ids: Vec<String> = operations().iter().map(|operation| operation.id.clone()).collect();
    assert!(!ids.is_empty());
    for operation in operations() {
        let path = operation.fill(|_, _| "x".to_owned());
        // A path that is known answers an unknown method differently from a path that is not.
        let reply = app.request(Method::TRACE, &path).send().await;
        assert!(matches!(reply.status.as_u16(), 401 | 405), "{} {path}: {}", operation.method, reply.status);
    }
    app.get("/v1/not-there").send().await.expect_problem(404, "not-found");
    let served: Value = app.get("/openapi.json").send().await.expect(200).json();
    assert_eq!(served["paths"], document()["paths"]);
}

/// What is served is documented: there is only one way to add a route.
#[test]
fn what_is_served_is_documented() {
    let mut faults = Vec::new();
    for source in crate::architecture::sources(&["src"]) {
        let outside = ROUTES_OUTSIDE.iter().any(|(path, _)| *path == source.path);
        for (number, line) in source.code() {
            if !outside && adds_a_route(line) {
                faults.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(adds_a_route(r#"    router.route("/x", get(x))"#));
    assert!(!adds_a_route("    Api::new().route(POLICY, routes!(x))"));
    let outside = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    for (path, _) in ROUTES_OUTSIDE {
        assert!(fs::exists(outside(path)).unwrap(), "{path} is gone");
    }
}

fn adds_a_route(line: &str) -> bool {
    [".route(\"", ".nest(", ".route_service(", ".nest_service(", ".fallback_service("]
        .iter()
        .any(|call| line.contains(call))
}
