//! Nonsense never makes the service fail: every operation gets strange paths, queries and bodies, and answers with a problem.
//!
//! The nonsense is drawn from a fixed seed, so a failure comes back; `LAPAK_TEST_FUZZ` asks for more of it per operation.

mod nonsense;

use axum::http::Method;
use serde_json::Value;

use crate::authz::actors::{self, Actor};
use crate::authz::bodies;
use crate::authz::objects::Objects;
use crate::support::openapi::{Operation, operations};
use crate::support::run::RUN;
use crate::support::{Reply, TestApp, both};
use nonsense::Dice;

both![nonsense_is_refused_and_never_breaks_anything];

async fn nonsense_is_refused_and_never_breaks_anything(app: TestApp) {
    let objects = Objects::make(&app).await;
    let everything = actors::everything(&objects).await;
    let mut faults = Vec::new();
    for operation in operations() {
        let mut dice = Dice::new(&operation.id);
        for _ in 0..RUN.fuzz {
            let (what, reply) = try_once(&app, &everything, &objects, operation, &mut dice).await;
            if let Some(fault) = judge(&reply) {
                faults.push(format!("{} {what}: {fault}", operation.id));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}\n", faults.len(), faults.join("\n"));
}

/// One request with at least one strange thing in it.
async fn try_once(
    app: &TestApp,
    actor: &Actor,
    objects: &Objects,
    operation: &Operation,
    dice: &mut Dice,
) -> (String, Reply) {
    let strange = dice.one_in(4).then(|| dice.segment());
    let mut path = operation.fill(|before, name| match &strange {
        Some(segment) if Some((before, name)) == operation.params().last().copied() => segment.clone(),
        _ => objects.own(before, name),
    });
    if operation.method == Method::GET || dice.one_in(6) {
        path.push_str(&dice.query(operation));
    }
    let mut request = app.request(operation.method.clone(), &path);
    let mut what = path.clone();
    if let Some(mut body) = bodies::good(operation, objects) {
        dice.spoil(&mut body);
        what = format!("{path} {body}");
        request = request.json(body);
    } else if operation.content_type() == Some("multipart/form-data") {
        let (name, bytes) = (dice.text(), dice.bytes());
        let name: String = name.chars().filter(|c| !c.is_control() && *c != '"').collect();
        request = request.file(&name, "image/png", &bytes);
    }
    if operation.has("x-if-match") {
        request =
            request.header("if-match", dice.pick(&["\"1\"", "\"\"", "*", "W/\"1\"", "1", "\"99999999999\""]));
    }
    if operation.has("x-idempotency") {
        request = request.key(&format!("kunci-{}", dice.number()));
    }
    (what, actor.send_as(request).send().await)
}

fn judge(reply: &Reply) -> Option<String> {
    let status = reply.status.as_u16();
    if status >= 500 {
        return Some(format!("{status} {}", reply.text()));
    }
    if status >= 400 {
        let problem: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let whole = ["type", "title", "detail", "code"].iter().all(|member| problem[*member].is_string());
        if !whole || problem["status"] != status {
            return Some(format!("{status} is no problem document: {}", reply.text()));
        }
    }
    let text = reply.text();
    let leak = ["panicked at", "SELECT ", "sqlx", "src/", ".cargo/registry"]
        .iter()
        .find(|leak| text.contains(**leak));
    leak.map(|leak| format!("{status} shows {leak:?}: {text}"))
}
