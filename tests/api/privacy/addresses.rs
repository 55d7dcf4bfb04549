//! Saved addresses.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::shop::{address, list, text};
use crate::support::{Person, Reply, TestApp, both};

both![
    an_address_is_saved_changed_and_forgotten,
    the_rules_are_those_of_the_checkout,
    changes_need_the_version,
    one_address_is_the_default,
    two_defaults_at_once_leave_one with "database.max_connections = 16",
    fifty_are_enough,
    nobody_reads_or_changes_another_persons_addresses,
    a_checkout_takes_no_id_of_an_address,
];

const PATH: &str = "/v1/me/addresses";

fn saved(label: &str) -> Value {
    let mut body = address();
    body["label"] = label.into();
    body
}

async fn save(who: &Person, body: Value) -> Reply {
    who.post(PATH).json(body).send().await
}

fn path(reply: &Reply) -> String {
    format!("{PATH}/{}", text(&reply.json()["id"]))
}

async fn defaults(who: &Person) -> Vec<String> {
    let all = who.get(PATH).send().await.expect(200).json();
    list(&all["items"]).iter().filter(|one| one["is_default"] == true).map(|one| text(&one["id"])).collect()
}

async fn an_address_is_saved_changed_and_forgotten(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let made = save(&ani, saved("Rumah")).await.expect(201);
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(made.json()["address"]["phone"], "+6281234567890");
    assert_eq!(made.json()["is_default"], true);
    let shown = ani.get(&path(&made)).send().await.expect(200);
    assert_eq!((shown.json(), shown.header("etag")), (made.json(), "\"1\""));

    let body = json!({"line": "Jl. Baru 9", "village_code": "32.16.09.2001", "note": "pagar biru"});
    let changed = ani.patch(&path(&made)).if_match(&made).json(body).send().await.expect(200);
    let to = &changed.json()["address"];
    assert_eq!((&to["line"], &to["note"]), (&json!("Jl. Baru 9"), &json!("pagar biru")));
    let body = json!({"note": null, "village_code": null});
    let changed = ani.patch(&path(&made)).if_match(&changed).json(body).send().await.expect(200);
    assert_eq!(changed.json()["address"]["note"], Value::Null);
    assert_eq!(changed.json()["label"], "Rumah");

    ani.delete(&path(&made)).if_match(&changed).send().await.expect(204);
    ani.get(&path(&made)).send().await.expect_problem(404, "not-found");
    ani.delete(&path(&made)).if_match(&changed).send().await.expect_problem(404, "not-found");
    assert_eq!(ani.get(PATH).send().await.expect(200).json()["items"], json!([]));
}

async fn the_rules_are_those_of_the_checkout(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let body = json!({"label": "", "recipient": "A", "phone": "021", "line": "x", "district_code": "32.75.01",
        "post_code": "1", "note": "x".repeat(301)});
    let problem = save(&ani, body).await.expect_problem(422, "invalid");
    let pointers: Vec<String> =
        list(&problem["errors"]).iter().map(|error| text(&error["pointer"])).collect();
    let wanted = ["/label", "/recipient", "/phone", "/line", "/district_code", "/post_code", "/note"];
    assert_eq!(pointers, wanted);
    let mut elsewhere = saved("Rumah");
    elsewhere["village_code"] = "32.16.01.1007".into();
    let problem = save(&ani, elsewhere).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/village_code");

    let mut at = saved("Rumah");
    at["district_code"] = "32.16.01".into();
    at["village_code"] = "32.16.01.1007".into();
    let made = save(&ani, at).await.expect(201);
    // The village would be of another district.
    let moved =
        ani.patch(&path(&made)).if_match(&made).json(json!({"district_code": "32.16.09"})).send().await;
    assert_eq!(moved.expect_problem(422, "invalid")["errors"][0]["pointer"], "/village_code");
}

async fn changes_need_the_version(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let made = save(&ani, saved("Rumah")).await.expect(201);
    let body = json!({"label": "Kantor"});
    ani.patch(&path(&made)).json(body.clone()).send().await.expect_problem(428, "if-match-required");
    ani.delete(&path(&made)).send().await.expect_problem(428, "if-match-required");
    ani.patch(&path(&made)).if_match(&made).json(body.clone()).send().await.expect(200);
    ani.patch(&path(&made)).if_match(&made).json(body).send().await.expect_problem(412, "stale");
    ani.delete(&path(&made)).if_match(&made).send().await.expect_problem(412, "stale");
}

async fn one_address_is_the_default(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let first = save(&ani, saved("Rumah")).await.expect(201);
    let second = save(&ani, saved("Kantor")).await.expect(201);
    assert_eq!(second.json()["is_default"], false);
    let mut body = saved("Toko");
    body["is_default"] = true.into();
    let third = save(&ani, body).await.expect(201);
    assert_eq!(defaults(&ani).await, [text(&third.json()["id"])]);
    // The first one was changed by that, so whoever saw it before must look again.
    let stale = ani.patch(&path(&first)).if_match(&first).json(json!({"label": "x"})).send().await;
    stale.expect_problem(412, "stale");
    let change = json!({"is_default": true});
    ani.patch(&path(&second)).if_match(&second).json(change).send().await.expect(200);
    assert_eq!(defaults(&ani).await, [text(&second.json()["id"])]);
    let all = ani.get(PATH).send().await.expect(200).json();
    assert_eq!(all["items"][0]["label"], "Kantor");
    let seen = ani.get(&path(&second)).send().await;
    let change = json!({"is_default": false});
    ani.patch(&path(&second)).if_match(&seen).json(change).send().await.expect(200);
    assert!(defaults(&ani).await.is_empty());
}

async fn two_defaults_at_once_leave_one(app: TestApp) {
    let ani = app.buyer("Ani").await;
    ani.token().await;
    let mut body = saved("Rumah");
    body["is_default"] = true.into();
    let replies = join_all((0..8).map(|_| save(&ani, body.clone()))).await;
    for reply in replies {
        reply.expect(201);
    }
    assert_eq!(defaults(&ani).await.len(), 1);
}

async fn fifty_are_enough(app: TestApp) {
    let ani = app.buyer("Ani").await;
    for number in 0..49 {
        save(&ani, saved(&format!("Alamat {number}"))).await.expect(201);
    }
    // Two ask for the last place.
    let (one, two) = tokio::join!(save(&ani, saved("Satu")), save(&ani, saved("Dua")));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    save(&ani, saved("Lagi")).await.expect_problem(409, "addresses-full");
    let all = ani.get(PATH).send().await.expect(200);
    assert_eq!(list(&all.json()["items"]).len(), 50);
    assert!(all.statements <= 2, "{} statements", all.statements);
}

/// reliability.md 2 and 19.
async fn nobody_reads_or_changes_another_persons_addresses(app: TestApp) {
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let made = save(&ani, saved("Rumah")).await.expect(201);
    let path = path(&made);
    app.get(PATH).send().await.expect_problem(401, "unauthorized");
    app.get(&path).send().await.expect_problem(401, "unauthorized");
    let change = json!({"label": "Milik Budi", "is_default": true});
    app.patch(&path).if_match(&made).json(change.clone()).send().await.expect_problem(401, "unauthorized");

    let absent = format!("{PATH}/01900000-0000-7000-8000-00000000dead");
    let ask = async |path: &str| {
        let replies = [
            budi.get(path).send().await,
            budi.patch(path).if_match(&made).json(change.clone()).send().await,
            budi.delete(path).if_match(&made).send().await,
        ];
        replies.map(|reply| {
            let mut problem = reply.expect_problem(404, "not-found");
            problem.as_object_mut().unwrap().remove("request_id");
            problem
        })
    };
    assert_eq!(ask(&path).await, ask(&absent).await);
    assert_eq!(budi.get(PATH).send().await.expect(200).json()["items"], json!([]));
    assert_eq!(ani.get(&path).send().await.expect(200).json(), made.json());
}

/// reliability.md 4 and 14: where goods go is written out, so nobody else's address can be named.
async fn a_checkout_takes_no_id_of_an_address(app: TestApp) {
    let shop = app.vendor("Dapur").await;
    let product = shop.product("Keripik").create().await;
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let id = save(&budi, saved("Rumah Budi")).await.expect(201).json()["id"].clone();
    let good = ani.checkout().item(&product, 1).body().await;
    for name in ["address_id", "shipping_address_id"] {
        let mut outside = good.clone();
        outside[name] = id.clone();
        let mut inside = good.clone();
        inside["shipping_address"][name] = id.clone();
        let mut quote = good.clone();
        quote["shipping_address"] = json!({name: id});
        for (path, body) in
            [("/v1/checkouts", outside), ("/v1/checkouts", inside), ("/v1/checkouts/quote", quote)]
        {
            let reply = ani.post(path).key("kunci-alamat-1").json(body).send().await;
            assert!(!reply.text().contains("Melati"), "{}", reply.text());
            reply.expect_problem(422, "invalid");
        }
    }
}
