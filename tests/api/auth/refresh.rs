//! Refresh tokens: spent once, and at most one chain of them lives.

use lapak::identity::entity::{refresh_token, session};
use lapak::platform::random;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{PASSWORD, access, login, refresh, siti};
use crate::race::all_at_once;
use crate::support::shop::text;
use crate::support::{Reply, TestApp, both};

both![
    fifty_refreshes_at_once_end_the_session with "database.max_connections = 16",
    fifty_refreshes_within_the_grace_leave_one_chain with "
        database.max_connections = 16
        auth.refresh_grace = '10s'
    ",
    a_spent_token_takes_its_successors_along,
    a_lost_answer_may_be_asked_for_again with "auth.refresh_grace = '10s'",
    an_answer_that_was_used_is_not_lost with "auth.refresh_grace = '10s'",
    the_grace_ends with "auth.refresh_grace = '10s'",
    reuse_is_written_down_once,
];

async fn fifty(app: &TestApp, token: &Value) -> Vec<Reply> {
    let server = app.serve().await;
    let requests = (0..50).map(|_| server.post("/v1/auth/refresh").json(json!({"refresh_token": token})));
    all_at_once(requests.collect()).await
}

/// Hashes of the tokens that would be taken, by what the database holds.
async fn usable(app: &TestApp) -> Vec<String> {
    let sessions = session::Entity::find().all(app.db.read()).await.unwrap();
    let live: Vec<_> = sessions.iter().filter(|row| row.revoked_at.is_none()).map(|row| row.id).collect();
    let tokens = refresh_token::Entity::find().all(app.db.read()).await.unwrap();
    let usable = tokens.into_iter().filter(|row| row.spent_at.is_none() && live.contains(&row.session_id));
    usable.map(|row| row.hash).collect()
}

async fn fifty_refreshes_at_once_end_the_session(app: TestApp) {
    let first = siti(&app).await;
    let replies = fifty(&app, &first["refresh_token"]).await;
    let won: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(won.len(), 1);
    // Forty-nine came second: whoever won cannot be told from a thief.
    assert_eq!(usable(&app).await, Vec::<String>::new());
    refresh(&app, &won[0].json()["refresh_token"]).await.expect_problem(401, "refresh-refused");
    assert_eq!(access(&app, &won[0].json()["access_token"]).await, 401);
    assert_eq!(app.audited("session.reuse_detected").await.len(), 1);
}

async fn fifty_refreshes_within_the_grace_leave_one_chain(app: TestApp) {
    let first = siti(&app).await;
    let replies = fifty(&app, &first["refresh_token"]).await;
    let given: Vec<Value> =
        replies.iter().map(|reply| reply.clone().expect(200).json()["refresh_token"].clone()).collect();
    let usable = usable(&app).await;
    assert_eq!(usable.len(), 1);
    let living = |token: &&Value| usable.contains(&random::digest(token.as_str().unwrap()));
    assert_eq!(given.iter().filter(living).count(), 1);

    let next = refresh(&app, given.iter().find(living).unwrap()).await.expect(200).json();
    assert_eq!(access(&app, &next["access_token"]).await, 200);
    // One of the answers that nobody should hold any more.
    let dead = given.iter().find(|token| !living(token)).unwrap();
    refresh(&app, dead).await.expect_problem(401, "refresh-refused");
    refresh(&app, &next["refresh_token"]).await.expect_problem(401, "refresh-refused");
}

/// Row 45: R1 gives R2; R1 again is refused, and R2 with it.
async fn a_spent_token_takes_its_successors_along(app: TestApp) {
    let one = siti(&app).await;
    let two = refresh(&app, &one["refresh_token"]).await.expect(200).json();
    let three = refresh(&app, &two["refresh_token"]).await.expect(200).json();
    refresh(&app, &one["refresh_token"]).await.expect_problem(401, "refresh-refused");
    for dead in [&two, &three] {
        refresh(&app, &dead["refresh_token"]).await.expect_problem(401, "refresh-refused");
        assert_eq!(access(&app, &dead["access_token"]).await, 401);
    }
}

async fn a_lost_answer_may_be_asked_for_again(app: TestApp) {
    let one = siti(&app).await;
    let lost = refresh(&app, &one["refresh_token"]).await.expect(200).json();
    app.advance(chrono::Duration::seconds(9));
    let again = refresh(&app, &one["refresh_token"]).await.expect(200).json();
    let next = refresh(&app, &again["refresh_token"]).await.expect(200).json();
    assert_eq!(access(&app, &next["access_token"]).await, 200);

    // If the answer was not lost but stolen, the thief ends the session with it.
    refresh(&app, &lost["refresh_token"]).await.expect_problem(401, "refresh-refused");
    refresh(&app, &next["refresh_token"]).await.expect_problem(401, "refresh-refused");
    assert_eq!(access(&app, &next["access_token"]).await, 401);
}

async fn an_answer_that_was_used_is_not_lost(app: TestApp) {
    let one = siti(&app).await;
    let two = refresh(&app, &one["refresh_token"]).await.expect(200).json();
    let three = refresh(&app, &two["refresh_token"]).await.expect(200).json();
    refresh(&app, &one["refresh_token"]).await.expect_problem(401, "refresh-refused");
    refresh(&app, &three["refresh_token"]).await.expect_problem(401, "refresh-refused");
    assert_eq!(usable(&app).await, Vec::<String>::new());
}

async fn the_grace_ends(app: TestApp) {
    let one = siti(&app).await;
    let two = refresh(&app, &one["refresh_token"]).await.expect(200).json();
    app.advance(chrono::Duration::seconds(6));
    let three = refresh(&app, &one["refresh_token"]).await.expect(200).json();
    // It runs from the first use, however often the answer is asked for.
    app.advance(chrono::Duration::seconds(4));
    refresh(&app, &one["refresh_token"]).await.expect_problem(401, "refresh-refused");
    for dead in [&two, &three] {
        refresh(&app, &dead["refresh_token"]).await.expect_problem(401, "refresh-refused");
    }
}

async fn reuse_is_written_down_once(app: TestApp) {
    let one = siti(&app).await;
    login(&app, "siti@contoh.id", PASSWORD).await.expect(200);
    refresh(&app, &one["refresh_token"]).await.expect(200);
    refresh(&app, &json!("unknown")).await.expect(401);
    assert!(app.audited("session.reuse_detected").await.is_empty());
    for _ in 0..3 {
        refresh(&app, &one["refresh_token"]).await.expect_problem(401, "refresh-refused");
    }
    let events = app.audited("session.reuse_detected").await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].object_kind.as_str(), events[0].acting_as.as_str()), ("session", "anonymous"));
    let ended = app.session(&json!(events[0].object_id)).await;
    assert!(ended.revoked_at.is_some());
    assert_eq!(events[0].actor_id, Some(ended.user_id));
    // The address can be read with the key of the person only.
    assert!(!text(&json!(events[0].address_sealed)).contains("127.0.0.1"));
}
