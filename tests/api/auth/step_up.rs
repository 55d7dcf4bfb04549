//! Showing the password or a code once more.

use serde_json::{Value, json};

use super::refresh;
use crate::support::people::PASSWORD;
use crate::support::{Reply, TestApp, both};

both![
    what_needs_a_recent_proof_says_so with "auth.access_ttl = '1h'",
    a_code_is_a_proof_too with "auth.access_ttl = '1h'",
    a_refresh_is_no_proof,
    one_proof_is_asked_for,
];

async fn begin(app: &TestApp, token: &Value) -> Reply {
    app.post("/v1/me/second-factor").bearer(token.as_str().unwrap()).send().await
}

async fn step_up(app: &TestApp, token: &Value, body: Value) -> Reply {
    app.post("/v1/auth/step-up").bearer(token.as_str().unwrap()).json(body).send().await
}

async fn what_needs_a_recent_proof_says_so(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let (one, other) = (ani.sign_in().await, ani.sign_in().await);
    begin(&app, &one["access_token"]).await.expect(201);
    app.advance(chrono::Duration::minutes(10));
    begin(&app, &one["access_token"]).await.expect_problem(403, "step-up-required");
    let wrong = step_up(&app, &one["access_token"], json!({"password": "salah salah"})).await;
    assert_eq!(wrong.expect_problem(422, "invalid")["errors"][0]["pointer"], "/password");
    begin(&app, &one["access_token"]).await.expect_problem(403, "step-up-required");

    let done = step_up(&app, &one["access_token"], json!({"password": PASSWORD})).await.expect(200).json();
    assert_eq!(done, json!({"expires_in": 600}));
    begin(&app, &one["access_token"]).await.expect(201);
    // One session, and not for ever.
    begin(&app, &other["access_token"]).await.expect_problem(403, "step-up-required");
    app.advance(chrono::Duration::seconds(599));
    begin(&app, &one["access_token"]).await.expect(201);
    app.advance(chrono::Duration::seconds(1));
    begin(&app, &one["access_token"]).await.expect_problem(403, "step-up-required");
    assert_eq!(app.audited("session.stepped_up").await.len(), 1);
}

async fn a_code_is_a_proof_too(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let before = ani.sign_in().await;
    let without = step_up(&app, &before["access_token"], json!({"totp": "123456"})).await;
    without.expect_problem(409, "no-second-factor");
    let factor = ani.second_factor().await;
    app.advance(chrono::Duration::minutes(10));
    let wrong = if factor.code() == "000000" { "000001" } else { "000000" };
    let refused = step_up(&app, &before["access_token"], json!({"totp": wrong})).await;
    assert_eq!(refused.expect_problem(422, "invalid")["errors"][0]["pointer"], "/totp");

    let me = async || {
        let request = app.get("/v1/me").bearer(before["access_token"].as_str().unwrap());
        request.send().await.expect(200).json()["second_factor"]["shown"].clone()
    };
    assert_eq!(me().await, false);
    step_up(&app, &before["access_token"], json!({"totp": factor.code()})).await.expect(200);
    assert_eq!(me().await, true);
    begin(&app, &before["access_token"]).await.expect_problem(409, "second-factor-exists");
    step_up(&app, &before["access_token"], json!({"totp": factor.recovery_codes[0]})).await.expect(200);
    step_up(&app, &before["access_token"], json!({"totp": factor.recovery_codes[0]})).await.expect(422);
}

async fn a_refresh_is_no_proof(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let session = ani.sign_in().await;
    app.advance(chrono::Duration::minutes(10));
    let refreshed = refresh(&app, &session["refresh_token"]).await.expect(200).json();
    begin(&app, &refreshed["access_token"]).await.expect_problem(403, "step-up-required");
}

async fn one_proof_is_asked_for(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let session = ani.sign_in().await;
    for body in [json!({}), json!({"password": PASSWORD, "totp": "123456"}), json!({"password": null})] {
        let problem = step_up(&app, &session["access_token"], body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], "one-of");
    }
    app.post("/v1/auth/step-up").json(json!({"password": PASSWORD})).send().await.expect(401);
}
