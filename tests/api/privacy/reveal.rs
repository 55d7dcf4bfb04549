//! Identity numbers in full, for those who say why, and nowhere else.

use axum::http::Method;
use chrono::Duration;
use serde_json::{Value, json};

use super::deeds;
use crate::authz::actors;
use crate::authz::objects::Objects;
use crate::support::openapi::operations;
use crate::support::{Person, Reply, Shop, TestApp, both};

both![every_reading_is_written_down, only_officers_who_say_why, no_other_answer_shows_a_number,];

const NIK: &str = "3216014101900001";

async fn reveal(who: &Person, vendor: &str, body: Value) -> Reply {
    who.post(&format!("/v1/admin/vendors/{vendor}/reveal")).json(body).send().await
}

fn because(field: &str) -> Value {
    json!({"field": field, "reason": "pemeriksaan berkas 7"})
}

/// A shop whose owner has given both numbers.
async fn shop(app: &TestApp) -> Shop {
    let shop = app.vendor("Dapur").await;
    give(&shop.owner, &shop.id).await;
    shop
}

async fn give(owner: &Person, vendor: &str) {
    let path = format!("/v1/vendors/{vendor}/profile");
    let seen = owner.get(&path).send().await.expect(200);
    owner.patch(&path).if_match(&seen).json(json!({"nik": NIK, "npwp": NIK})).send().await.expect(200);
}

async fn every_reading_is_written_down(app: TestApp) {
    let (shop, officer) = (shop(&app).await, app.officer().await);
    let reply = reveal(&officer, &shop.id, because("nik")).await.expect(200);
    assert!(reply.header("cache-control").contains("no-store"));
    assert_eq!(reply.json(), json!({"field": "nik", "value": NIK}));
    let reply = reveal(&officer, &shop.id, because("npwp")).await.expect(200);
    assert_eq!(reply.json()["value"], NIK);
    reveal(&officer, &shop.id, because("nik")).await.expect(200);
    let written = deeds(&app, "vendor.revealed").await;
    assert_eq!(written.len(), 3);
    for (deed, field) in written.iter().zip(["nik", "npwp", "nik"]) {
        assert_eq!((deed.actor_id, deed.acting_as.as_str()), (Some(officer.id()), "officer"));
        assert_eq!((deed.object_kind.as_str(), deed.object_id.to_string()), ("vendor", shop.id.clone()));
        let detail: Value = serde_json::from_str(&deed.detail).unwrap();
        assert_eq!(detail, because(field));
        assert!(deed.request_id.is_some() && deed.address_sealed.is_some());
    }
}

async fn only_officers_who_say_why(app: TestApp) {
    let (shop, officer) = (shop(&app).await, app.officer().await);
    for reason in ["", "x", "    "] {
        let problem = reveal(&officer, &shop.id, json!({"field": "nik", "reason": reason})).await;
        assert_eq!(problem.expect_problem(422, "invalid")["errors"][0]["pointer"], "/reason");
    }
    reveal(&officer, &shop.id, because("nib")).await.expect_problem(422, "invalid");
    for other in [&shop.owner, &app.operator().await, &app.platform("auditor").await] {
        reveal(other, &shop.id, because("nik")).await.expect_problem(403, "role-missing");
    }
    let absent = "01900000-0000-7000-8000-00000000dead";
    reveal(&officer, absent, because("nik")).await.expect_problem(404, "not-found");
    let empty = app.vendor("Warung").await;
    reveal(&officer, &empty.id, because("nik")).await.expect_problem(409, "number-not-given");
    app.advance(Duration::minutes(11));
    reveal(&officer, &shop.id, because("nik")).await.expect_problem(403, "step-up-required");
    assert!(deeds(&app, "vendor.revealed").await.is_empty());
}

/// Every reading operation, as nobody, a stranger, an officer, and a member with every role.
async fn no_other_answer_shows_a_number(app: TestApp) {
    let objects = Objects::make(&app).await;
    let everything = actors::everything(&objects).await;
    let person = everything.person.clone().unwrap();
    give(&person, &objects.shop().to_string()).await;
    let (stranger, officer) = (app.buyer("Orang lain").await, app.officer().await);
    let (mut masked, mut answers) = (0, 0);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let path = operation.fill(|before, name| objects.own(before, name));
        for who in [None, Some(&stranger), Some(&officer), Some(&person)] {
            let request = app.get(&path);
            let reply = who.map_or(request, |who| app.get(&path).by(who)).send().await;
            assert!(!reply.text().contains(NIK), "{path}: {}", reply.text());
            answers += u32::from(reply.status == 200);
            masked += u32::from(reply.text().contains("3216********0001"));
            // reliability.md 53
            if who.is_some() && !operation.is_public() {
                let cache = reply.header("cache-control");
                assert!(cache.contains("no-store"), "{path}: {cache}");
                let mut vary = reply.headers.get_all("vary").iter().filter_map(|vary| vary.to_str().ok());
                assert!(vary.any(|vary| vary.contains("Authorization")), "{path}: {:?}", reply.headers);
                assert!(!reply.headers.contains_key("set-cookie"), "{path}");
            }
        }
    }
    assert!(masked >= 3 && answers > 40, "{masked} masked, {answers} answers");
    let stored = crate::support::state::everything(&app).await;
    let rows = stored.values().flatten().filter(|row| row.contains(NIK)).count();
    assert_eq!(rows, 0, "a number is stored in the open");
}
