//! Operation by caller by object: the refused cells.

use std::collections::HashMap;

use uuid::Uuid;

use super::actors::{self, Actor};
use super::objects::{ABSENT, Objects};
use crate::support::openapi::{Operation, operations};
use crate::support::{Reply, Request, TestApp, both, state};

both![
    callers_without_the_role_are_refused with "auth.second_factor_roles = ['operator']",
    foreign_is_absent,
    reading_changes_nothing,
];

async fn callers_without_the_role_are_refused(app: TestApp) {
    let objects = Objects::make(&app).await;
    let actors = actors::all(&app, &objects).await;
    let before = state::dump(&app).await;
    let (mut cells, mut faults) = (HashMap::new(), Vec::new());
    for operation in operations() {
        assert!(
            operation.value["x-authz"].is_object(),
            "{} {} has no x-authz",
            operation.method,
            operation.path
        );
        for actor in &actors {
            for (object, path) in objects_of(operation, &objects) {
                let Some(refusal) = actor.refusal(operation, object) else {
                    continue;
                };
                *cells.entry(refusal).or_insert(0) += 1;
                let reply = actor.send_as(request(&app, &objects, operation, &path)).send().await;
                let code = reply.problem()["code"].clone();
                if (reply.status.as_u16(), code.as_str()) != (refusal.status(), Some(refusal.code())) {
                    let got = format!("{} {code} instead of {refusal:?}", reply.status);
                    faults.push(format!("{} as {}: {got}", operation.id, actor.name));
                }
                // One statement finds the caller; nothing else is looked at.
                assert!(reply.statements <= 1, "{path}: {} statements before the refusal", reply.statements);
            }
        }
    }
    assert_eq!(cells.len(), 7, "a kind of refusal has no cell: {cells:?}");
    assert!(cells.values().sum::<u32>() > 200, "only {cells:?} refused cells");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(state::dump(&app).await == before, "a refused request changed something");
}

/// The object of the policy: one's own, somebody else's, and none, each with its path.
fn objects_of(operation: &Operation, objects: &Objects) -> Vec<(Uuid, String)> {
    let own = operation.fill(|before, name| objects.own(before, name));
    let Some(param) = operation.value["x-authz"]["param"].as_str() else {
        return vec![(Uuid::nil(), own)];
    };
    let id = |of: &dyn Fn(&str, &str) -> String| {
        let params = operation.params();
        let (before, name) = params.iter().find(|(_, name)| *name == param).unwrap();
        of(before, name).parse::<Uuid>().unwrap()
    };
    let absent = operation.fill(
        |before, name| {
            if name == param { ABSENT.to_owned() } else { objects.own(before, name) }
        },
    );
    vec![(id(&|before, name| objects.own(before, name)), own), (ABSENT.parse().unwrap(), absent)]
}

/// A request with everything that the document asks for.
fn request(app: &TestApp, objects: &Objects, operation: &Operation, path: &str) -> Request {
    let mut request = app.request(operation.method.clone(), path);
    if let Some(body) = super::bodies::good(operation, objects) {
        request = request.json(body);
    } else if operation.content_type() == Some("multipart/form-data") {
        request = request.file("x.png", "image/png", &crate::support::png(8, 8));
    }
    if operation.has("x-if-match") {
        request = request.header("if-match", "\"1\"");
    }
    if operation.has("x-idempotency") {
        request = request.key("kunci-yang-panjang");
    }
    request
}

/// Every parameter after the first one that is one's own, swapped for somebody else's and for none: the answers must be equal.
async fn foreign_is_absent(app: TestApp) {
    let objects = Objects::make(&app).await;
    let everything = actors::everything(&objects).await;
    let before = state::dump(&app).await;
    let (mut cells, mut faults) = (0, Vec::new());
    for operation in operations() {
        for (_, swapped) in operation.params() {
            if !is_private(operation, swapped) {
                continue;
            }
            cells += 1;
            let path = |foreign: bool| {
                operation.fill(|before, name| match (name == swapped, foreign) {
                    (false, _) => objects.own(before, name),
                    (true, true) => objects.foreign(before, name),
                    (true, false) => ABSENT.to_owned(),
                })
            };
            let foreign = ask(&app, (&everything, &objects), operation, &path(true)).await;
            let absent = ask(&app, (&everything, &objects), operation, &path(false)).await;
            if foreign != absent || foreign.0 != 404 {
                faults.push(format!("{} by {swapped}: {foreign:?} and {absent:?}", operation.id));
            }
        }
    }
    assert!(cells > 10, "only {cells} cells");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(state::dump(&app).await == before, "a refused request changed something");
}

/// A caller with a platform role may reach every shop; what is left are objects inside it, and objects of buyers.
fn is_private(operation: &Operation, param: &str) -> bool {
    let platform = ["officer", "finance", "operator", "auditor"];
    let reaches_all = operation.any_of().iter().any(|role| platform.contains(role));
    let policy_param = operation.value["x-authz"]["param"] == param;
    !operation.is_public() && !reaches_all && (policy_param || operation.params().len() > 1)
}

/// Status and body, without what differs between any two requests.
async fn ask(
    app: &TestApp,
    (actor, objects): (&Actor, &Objects),
    operation: &Operation,
    path: &str,
) -> (u16, String) {
    let reply = actor.send_as(request(app, objects, operation, path)).send().await;
    (reply.status.as_u16(), without_request_id(&reply))
}

fn without_request_id(reply: &Reply) -> String {
    let mut body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    body.to_string()
}

async fn reading_changes_nothing(app: TestApp) {
    let objects = Objects::make(&app).await;
    let everything = actors::everything(&objects).await;
    let before = state::dump(&app).await;
    for operation in operations() {
        if operation.method == axum::http::Method::GET {
            let path = operation.fill(|before, name| objects.own(before, name));
            let reply = everything.send_as(request(&app, &objects, operation, &path)).send().await;
            assert!(!reply.status.is_server_error(), "{path}: {}", reply.text());
        }
    }
    assert!(state::dump(&app).await == before, "a GET changed something");
}
