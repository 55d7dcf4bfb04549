//! What operators do with accounts.

use chrono::Duration;
use lapak::web::Role;
use serde_json::json;
use uuid::Uuid;

use super::{deeds, holders};
use crate::support::{Person, Reply, TestApp, both, list};

both![
    operators_find_people_without_seeing_addresses,
    an_operator_gives_and_takes_roles_at_once,
    only_an_operator_raises_anybody,
    the_last_operator_stays,
    a_blocked_operator_is_no_operator,
    a_block_ends_all_sessions_at_once,
    roles_are_changed_only_after_a_recent_login,
];

fn path(person: &Person, rest: &str) -> String {
    format!("/v1/admin/users/{}{rest}", person.id())
}

async fn grant(by: &Person, whom: &Person, role: &str) -> Reply {
    by.post(&path(whom, "/roles")).json(json!({"role": role})).send().await
}

async fn revoke(by: &Person, whom: &Person, role: &str) -> Reply {
    by.delete(&path(whom, &format!("/roles/{role}"))).send().await
}

async fn operators_find_people_without_seeing_addresses(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let found = operator.get(&format!("/v1/admin/users?login={}", ani.login())).send().await.expect(200);
    assert!(found.statements <= 3, "{}", found.statements);
    assert!(!found.text().contains(ani.login()));
    let page = found.json();
    assert_eq!(list(&page["items"]).len(), 1);
    assert_eq!(page["items"][0]["id"], ani.id().to_string());
    assert_eq!(page["items"][0]["email"], "a***@contoh.id");
    assert_eq!(page["items"][0]["roles"], json!([]));

    let operators = operator.get("/v1/admin/users?role=operator").send().await.expect(200).json();
    assert_eq!(list(&operators["items"]).len(), 1);
    assert_eq!(operators["items"][0]["roles"], json!(["operator"]));
    let first = operator.get("/v1/admin/users?limit=1").send().await.expect(200).json();
    let next = format!("/v1/admin/users?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = operator.get(&next).send().await.expect(200).json();
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    operator.get("/v1/admin/users?login=siapa").send().await.expect_problem(422, "invalid");
    operator.get("/v1/admin/users?role=buyer").send().await.expect_problem(422, "invalid");
}

async fn an_operator_gives_and_takes_roles_at_once(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let session = ani.sign_in().await;
    let me = async || {
        let token = session["access_token"].as_str().unwrap();
        app.get("/v1/me").bearer(token).send().await.expect(200).json()["roles"].clone()
    };
    let given = grant(&operator, &ani, "finance").await.expect(200).json();
    assert_eq!(given["roles"], json!(["finance"]));
    assert_eq!(me().await, json!(["buyer", "finance"]));
    // Twice is once.
    grant(&operator, &ani, "finance").await.expect(200);
    revoke(&operator, &ani, "finance").await.expect(204);
    assert_eq!(me().await, json!(["buyer"]));
    revoke(&operator, &ani, "finance").await.expect_problem(404, "not-found");
    revoke(&operator, &ani, "buyer").await.expect_problem(404, "not-found");
    grant(&operator, &ani, "buyer").await.expect_problem(422, "invalid");
    grant(&operator, &ani, "owner").await.expect_problem(422, "invalid");
    assert_eq!(deeds(&app).await, ["role.granted", "role.revoked"]);
}

async fn only_an_operator_raises_anybody(app: TestApp) {
    app.operator().await;
    for role in ["officer", "finance", "auditor"] {
        let person = app.platform(role).await;
        grant(&person, &person, "operator").await.expect_problem(403, "role-missing");
        let body = json!({"role": "operator"});
        person.post("/v1/admin/invitations").json(body).send().await.expect_problem(403, "role-missing");
    }
    assert_eq!(holders(&app, Role::Operator).await, 1);
    assert_eq!(deeds(&app).await, Vec::<String>::new());
}

async fn the_last_operator_stays(app: TestApp) {
    let operator = app.operator().await;
    revoke(&operator, &operator, "operator").await.expect_problem(409, "last-operator");
    operator.post(&path(&operator, "/block")).send().await.expect_problem(409, "last-operator");
    // Another role of the same person may go.
    grant(&operator, &operator, "auditor").await.expect(200);
    revoke(&operator, &operator, "auditor").await.expect(204);
    let second = app.operator().await;
    revoke(&operator, &operator, "operator").await.expect(204);
    revoke(&second, &second, "operator").await.expect_problem(409, "last-operator");
    grant(&operator, &operator, "operator").await.expect_problem(403, "role-missing");
}

async fn a_blocked_operator_is_no_operator(app: TestApp) {
    let (one, two) = (app.operator().await, app.operator().await);
    assert_eq!(one.post(&path(&two, "/block")).send().await.expect(200).json()["status"], "blocked");
    // The other one holds the role, but cannot sign in.
    revoke(&one, &one, "operator").await.expect_problem(409, "last-operator");
    one.post(&path(&two, "/unblock")).send().await.expect(200);
    revoke(&one, &one, "operator").await.expect(204);
}

async fn a_block_ends_all_sessions_at_once(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let session = ani.sign_in().await;
    let access = async || {
        let token = session["access_token"].as_str().unwrap();
        app.get("/v1/me").bearer(token).send().await.status.as_u16()
    };
    assert_eq!(access().await, 200);
    for _ in 0..2 {
        operator.post(&path(&ani, "/block")).send().await.expect(200);
    }
    assert_eq!(access().await, 401);
    let body = json!({"refresh_token": session["refresh_token"]});
    app.post("/v1/auth/refresh").json(body).send().await.expect_problem(401, "refresh-refused");

    let back = operator.post(&path(&ani, "/unblock")).send().await.expect(200).json();
    assert_eq!(back["status"], "active");
    // What was ended stays ended.
    assert_eq!(access().await, 401);
    ani.sign_in().await;
    let nobody = format!("/v1/admin/users/{}/block", Uuid::nil());
    operator.post(&nobody).send().await.expect_problem(404, "not-found");
    assert_eq!(deeds(&app).await, ["user.blocked", "user.unblocked"]);
}

async fn roles_are_changed_only_after_a_recent_login(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let token = operator.token().await;
    app.advance(Duration::minutes(11));
    let request = app.post(&path(&ani, "/roles")).bearer(&token).json(json!({"role": "officer"}));
    request.send().await.expect_problem(403, "step-up-required");
    app.get("/v1/admin/users").bearer(&token).send().await.expect(200);
    assert_eq!(holders(&app, Role::Officer).await, 0);
}
