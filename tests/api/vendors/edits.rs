//! Changing a shop that somebody else may be changing, too.

use lapak::platform::feed;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{NIK, act, shop, submit};
use crate::support::shop::text;
use crate::support::{Reply, TestApp, both};

both![edits_need_the_version, an_edit_of_a_verified_shop_keeps_it_open];

async fn edits_need_the_version(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let made = siti.post("/v1/vendors").json(shop("Dapur")).send().await.expect(201);
    let path = format!("/v1/vendors/{}/profile", text(&made.json()["id"]));
    let body = json!({"name": "Dapur Bu Siti"});
    siti.patch(&path).json(body.clone()).send().await.expect_problem(428, "if-match-required");
    for stale in ["\"0\"", "\"2\"", "W/\"1\"", "*", "x"] {
        let reply = siti.patch(&path).header("if-match", stale).json(body.clone()).send().await;
        reply.expect_problem(412, "stale");
    }
    let edit = |body: Value| siti.patch(&path).if_match(&made).json(body).send();
    let (one, two) = tokio::join!(edit(body.clone()), edit(json!({"description": "Enak"})));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let winner = if one.status == 200 { one } else { two };
    assert_eq!(winner.header("etag"), "\"2\"");
    assert_eq!(siti.get(&path).send().await.header("etag"), "\"2\"");
}

async fn an_edit_of_a_verified_shop_keeps_it_open(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let mut body = shop("Dapur Bu Siti");
    body["nik"] = json!(NIK);
    let made = siti.post("/v1/vendors").json(body).send().await.expect(201);
    let id = text(&made.json()["id"]);
    let path = format!("/v1/vendors/{id}/profile");
    let edit = async |seen: &Reply, body: Value| siti.patch(&path).if_match(seen).json(body).send().await;

    let edited = edit(&made, json!({"nik": null, "npwp": "01.539.710.2-413.000"})).await.expect(200);
    assert_eq!(edited.json()["nik"], json!(null));
    assert_eq!(edited.json()["npwp"], "0015********3000");
    let edited = edit(&edited, json!({"nik": NIK, "npwp": null})).await.expect(200);
    let other = json!({"npwp": "3216014101900002"});
    edit(&edited, other).await.expect_problem(422, "invalid");

    let submitted = submit(&siti, &id).await.expect(200);
    edit(&submitted, json!({"name": "Lain"})).await.expect_problem(409, "vendor-locked");
    let verified = act(&officer, &id, "verify", json!({})).await.expect(200);
    let changed = edit(&verified, json!({"nik": "3216014101900009"})).await.expect(200);
    assert_eq!(changed.json()["status"], "active");
    edit(&verified, json!({"nik": NIK})).await.expect_problem(412, "stale");
    let verified = changed;

    let before = feed::Entity::find().all(app.db.read()).await.unwrap().len();
    let body = json!({"name": "Dapur Siti", "nib": "9941308099781", "address": {"line": "Jl. Baru 2", "district_code": "32.16.08"}});
    let moved = edit(&verified, body).await.expect(200).json();
    assert_eq!(moved["slug"], "dapur-bu-siti");
    assert_eq!(moved["address"]["post_code"], "17530");
    assert_eq!(feed::Entity::find().all(app.db.read()).await.unwrap().len(), before);
}
