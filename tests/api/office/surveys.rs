//! What shops say, what is added up for them, and what they learned.

use serde_json::{Value, json};

use crate::support::shop::{Shop, list, text};
use crate::support::{TestApp, both};

both![answers_only_grow, turnover_is_added_up, trainings_have_their_shops];

async fn answer(shop: &Shop, body: Value) -> crate::support::Reply {
    shop.owner.post(&shop.path("/surveys")).json(body).send().await
}

async fn surveys(app: &TestApp, shop: &Shop) -> Vec<Value> {
    let path = format!("/v1/admin/vendors/{}/surveys", shop.id);
    let page = app.officer().await.get(&path).send().await.expect(200);
    assert_eq!(page.statements, 2);
    list(&page.json()["items"]).to_vec()
}

async fn answers_only_grow(app: TestApp) {
    let shop = app.vendor("Batik").await;
    let wrong = answer(
        &shop,
        json!({"period": "2026-S3", "turnover": -1, "months": 0, "online_percent": 101, "workers_male": -1}),
    );
    let wrong = wrong.await.expect_problem(422, "invalid");
    let pointers: Vec<_> = list(&wrong["errors"]).iter().map(|error| text(&error["pointer"])).collect();
    assert_eq!(pointers, ["/period", "/turnover", "/months", "/online_percent", "/workers_male"]);
    let more = json!({"period": "2026-S2", "turnover": 10, "turnover_local": 6, "turnover_export": 5});
    assert_eq!(answer(&shop, more).await.expect_problem(422, "invalid")["errors"][0]["code"], "sum");

    let first = json!({"period": "2026-S2", "turnover": 60_000_000, "turnover_export": 10_000_000,
        "online_percent": 40, "export_countries": ["Jerman", "Belanda"], "workers_female": 3});
    let given = answer(&shop, first).await.expect(201).json();
    assert_eq!(
        (&given["months"], &given["method"], &given["currency"]),
        (&json!(6), &json!("declared"), &json!("IDR"))
    );
    // A correction is another row, here one that an officer writes down.
    let path = format!("/v1/admin/vendors/{}/surveys", shop.id);
    let body = json!({"period": "2026-S2", "turnover": 66_000_000});
    app.officer().await.post(&path).json(body).send().await.expect(201);
    let rows = surveys(&app, &shop).await;
    let turnover: Vec<_> = rows.iter().map(|row| row["turnover"].as_i64().unwrap()).collect();
    assert_eq!(turnover, [66_000_000, 60_000_000]);
    assert_eq!(rows[1]["export_countries"], json!(["Jerman", "Belanda"]));
    let own = shop.owner.get(&shop.path("/surveys")).send().await.expect(200).json();
    assert_eq!(list(&own["items"]).len(), 2);
    assert_eq!(app.audited("vendor_survey.recorded").await.len(), 2);
    for sql in ["UPDATE vendor_surveys SET turnover = 1", "DELETE FROM vendor_surveys"] {
        let txn = app.db.begin().await.unwrap();
        let refused = sea_orm::ConnectionTrait::execute_unprepared(&txn, sql).await;
        assert!(refused.unwrap_err().to_string().contains("append-only"));
    }
}

async fn turnover_is_added_up(app: TestApp) {
    let (shop, other) = (app.vendor("Batik").await, app.vendor("Kain").await);
    let product = shop.product("Kain").price(70_000).create().await;
    let buyer = app.buyer("pembeli").await;
    for _ in 0..2 {
        let purchase = buyer.buy(&product).await;
        buyer.settle(&purchase).await.expect(200);
        for act in ["accept", "ship", "deliver"] {
            shop.moves(&purchase.orders[0], act).await.expect(200);
        }
        buyer.moves(&purchase.orders[0], "receive").await.expect(200);
    }
    buyer.buy(&product).await;
    let officer = app.officer().await;
    for _ in 0..2 {
        let body = json!({"period": "2026-11"});
        officer.post("/v1/admin/surveys/compute").json(body).send().await.expect(202);
        app.run_jobs().await;
    }
    let rows = surveys(&app, &shop).await;
    assert_eq!(rows.len(), 1, "the second time there was nothing new");
    assert_eq!((&rows[0]["turnover"], &rows[0]["method"]), (&json!(140_000), &json!("platform_computed")));
    assert!(surveys(&app, &other).await.is_empty());
    officer.post("/v1/admin/surveys/compute").json(json!({"period": "x"})).send().await.expect(422);
}

async fn trainings_have_their_shops(app: TestApp) {
    let (one, other) = (app.vendor("Batik").await, app.vendor("Kain").await);
    let officer = app.officer().await;
    let body = json!({"name": "e-Smart IKM", "year": 2026, "batch": "2"});
    let made = officer.post("/v1/admin/trainings").json(body.clone()).send().await.expect(201).json();
    officer.post("/v1/admin/trainings").json(body).send().await.expect_problem(409, "training-exists");
    let path = format!("/v1/admin/trainings/{}/participants", text(&made["id"]));
    let add = |ids: Value| officer.post(&path).json(json!({"vendor_ids": ids}));
    assert_eq!(add(json!([one.id])).send().await.expect(200).json()["added"], 1);
    assert_eq!(add(json!([one.id, other.id, one.id])).send().await.expect(200).json()["added"], 1);
    add(json!(["01900000-0000-7000-8000-00000000dead"])).send().await.expect_problem(422, "invalid");
    add(json!([])).send().await.expect_problem(422, "invalid");
    let shops = officer.get(&path).send().await.expect(200).json();
    let names: Vec<_> = list(&shops["items"]).iter().map(|shop| text(&shop["name"])).collect();
    assert_eq!(names, ["Batik", "Kain"]);
    let all = officer.get("/v1/admin/trainings").send().await.expect(200);
    assert_eq!((all.statements, &all.json()["items"][0]["shops"]), (3, &json!(2)));
    officer
        .get("/v1/admin/trainings/01900000-0000-7000-8000-00000000dead/participants")
        .send()
        .await
        .expect(404);
}
