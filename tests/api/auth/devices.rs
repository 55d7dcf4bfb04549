//! The list of sessions, and ending them from anywhere.

use serde_json::{Value, json};

use super::{access, refresh};
use crate::support::people::PASSWORD;
use crate::support::shop::{list, text};
use crate::support::{Person, TestApp, both};

both![
    sessions_are_listed_with_their_devices,
    one_session_is_ended_from_another,
    all_other_sessions_are_ended,
    a_session_of_somebody_else_is_absent,
    the_list_has_pages,
];

/// Signs somebody in on a device.
async fn on(person: &Person, device: &str) -> Value {
    let body = json!({"login": person.login(), "password": PASSWORD});
    let request = person.app().post("/v1/auth/login").header("user-agent", device);
    request.json(body).send().await.expect(200).json()
}

async fn sessions(app: &TestApp, by: &Value) -> Vec<Value> {
    let request = app.get("/v1/me/sessions").bearer(by["access_token"].as_str().unwrap());
    let reply = request.send().await.expect(200);
    assert_eq!(reply.statements, 2);
    list(&reply.json()["items"]).to_vec()
}

async fn end(app: &TestApp, by: &Value, path: &str) -> crate::support::Reply {
    app.delete(path).bearer(by["access_token"].as_str().unwrap()).send().await
}

async fn sessions_are_listed_with_their_devices(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let phone = on(&ani, "Lapak/1 (Android 15)").await;
    app.advance(chrono::Duration::minutes(5));
    let laptop = on(&ani, &format!("Firefox {}", "x".repeat(500))).await;
    app.advance(chrono::Duration::minutes(5));
    refresh(&app, &phone["refresh_token"]).await.expect(200);

    let rows = sessions(&app, &laptop).await;
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["current"], &rows[1]["current"]), (&json!(true), &json!(false)));
    assert_eq!(text(&rows[0]["device"]).len(), 200);
    assert_eq!(rows[1]["created_at"], "2026-11-24T03:00:00Z");
    // A refresh is a use, and brings the present device and address along.
    assert_eq!(rows[1]["last_used_at"], "2026-11-24T03:10:00Z");
    assert_eq!((&rows[1]["device"], &rows[1]["address"]), (&json!(""), &json!("127.0.0.1")));
    assert_eq!(rows[0]["second_factor"], false);
    assert!(rows.iter().all(|row| row.get("user_id").is_none()));
}

async fn one_session_is_ended_from_another(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let (phone, laptop) = (on(&ani, "phone").await, on(&ani, "laptop").await);
    let path = format!("/v1/me/sessions/{}", text(&sessions(&app, &laptop).await[1]["id"]));
    end(&app, &laptop, &path).await.expect(204);
    assert_eq!(access(&app, &phone["access_token"]).await, 401);
    refresh(&app, &phone["refresh_token"]).await.expect_problem(401, "refresh-refused");
    assert_eq!(sessions(&app, &laptop).await.len(), 1);
    end(&app, &laptop, &path).await.expect_problem(404, "not-found");

    let own = format!("/v1/me/sessions/{}", text(&sessions(&app, &laptop).await[0]["id"]));
    end(&app, &laptop, &own).await.expect(204);
    assert_eq!(access(&app, &laptop["access_token"]).await, 401);
    let events = app.audited("session.ended").await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.actor_id == Some(ani.id()) && event.acting_as == "buyer"));
}

async fn all_other_sessions_are_ended(app: TestApp) {
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let stranger = budi.sign_in().await;
    let (one, two, this) = (on(&ani, "1").await, on(&ani, "2").await, on(&ani, "3").await);
    end(&app, &this, "/v1/me/sessions").await.expect(204);
    for ended in [&one, &two] {
        assert_eq!(access(&app, &ended["access_token"]).await, 401);
        refresh(&app, &ended["refresh_token"]).await.expect_problem(401, "refresh-refused");
    }
    assert_eq!(access(&app, &this["access_token"]).await, 200);
    end(&app, &this, "/v1/me/sessions?all=nein").await.expect_problem(422, "invalid");
    end(&app, &this, "/v1/me/sessions?all=true").await.expect(204);
    assert_eq!(access(&app, &this["access_token"]).await, 401);
    assert_eq!(access(&app, &stranger["access_token"]).await, 200);

    let events = app.audited("sessions.ended").await;
    let ended: Vec<Value> = events
        .iter()
        .map(|event| serde_json::from_str::<Value>(&event.detail).unwrap()["ended"].clone())
        .collect();
    assert_eq!(ended, [json!(2), json!(1)]);
}

async fn a_session_of_somebody_else_is_absent(app: TestApp) {
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let (mine, theirs) = (ani.sign_in().await, budi.sign_in().await);
    let id = text(&sessions(&app, &theirs).await[0]["id"]);
    let foreign = end(&app, &mine, &format!("/v1/me/sessions/{id}")).await.expect_problem(404, "not-found");
    let absent = end(&app, &mine, "/v1/me/sessions/01900000-0000-7000-8000-00000000dead").await;
    let absent = absent.expect_problem(404, "not-found");
    assert_eq!(foreign["detail"], absent["detail"]);
    end(&app, &mine, "/v1/me/sessions/x").await.expect_problem(404, "not-found");
    assert_eq!(access(&app, &theirs["access_token"]).await, 200);
    assert!(app.audited("session.ended").await.is_empty());
}

async fn the_list_has_pages(app: TestApp) {
    let ani = app.buyer("Ani").await;
    for turn in 0..5 {
        on(&ani, &format!("{turn}")).await;
    }
    let mut seen = Vec::new();
    let mut path = "/v1/me/sessions?limit=2".to_owned();
    loop {
        let page = ani.get(&path).send().await.expect(200).json();
        seen.extend(list(&page["items"]).iter().map(|row| text(&row["id"])));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/me/sessions?limit=2&cursor={cursor}");
    }
    // Five devices and the one that asks.
    assert_eq!(seen.len(), 6);
    assert!(seen.is_sorted_by(|newer, older| newer > older));
}
