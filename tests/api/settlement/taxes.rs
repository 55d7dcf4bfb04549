//! Taxes of public sales: in the price, frozen line by line, by dated rules; and what shops declare.

use chrono::NaiveDate;
use lapak::vendors::entity::profile;
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};

use super::{balance, books_are_right, completed};
use crate::support::shop::{Shop, list};
use crate::support::{TestApp, both};

both![
    ppn_is_in_the_price_and_frozen,
    caterers_owe_the_regional_tax,
    the_crossing_of_the_year_is_told,
    an_appointed_platform_collects,
    letters_and_stamps,
    what_goes_back_leaves_the_year_of_its_sale,
];

/// Sold in one year and given back in the next: the next year is not made smaller by it.
async fn what_goes_back_leaves_the_year_of_its_sale(app: TestApp) {
    let shop = app.vendor("Toko Akhir Tahun").await;
    let chair = shop.product("Kursi").price(100_000).stock(20).create().await;
    let order = completed(&app.buyer("ani").await, &shop, &chair, 3).await;
    let turnover = async |year: i32| {
        let row = lapak::tax::query::year(app.db.read(), shop.id.parse().unwrap(), year).await.unwrap();
        row.map(|row| row.turnover)
    };
    assert_eq!((turnover(2026).await, turnover(2027).await), (Some(300_000), None));
    app.clock.advance(chrono::Duration::days(60));
    let finance = app.finance().await;
    super::refund(&finance, &order, "tahun-depan", json!({"amount": 100_000})).await.expect(201);
    assert_eq!((turnover(2026).await, turnover(2027).await), (Some(200_000), None));
}

/// Makes a shop one that is registered for PPN.
async fn registered(app: &TestApp, shop: &Shop) {
    let row = profile::ActiveModel {
        vendor_id: Set(shop.id.parse().unwrap()),
        sector: Set(None),
        kbli: Set(String::new()),
        capital: Set(None),
        turnover: Set(None),
        is_pkp: Set(true),
        export_ready: Set(false),
        export_countries: Set(String::new()),
        signer_sealed: Set(None),
        signer_title: Set(None),
        unreviewed: Set(String::new()),
        updated_at: Set(app.now()),
    };
    let txn = app.db.begin().await.unwrap();
    profile::Entity::insert(row).exec_without_returning(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

async fn terms(shop: &Shop, order: &str) -> Value {
    shop.owner.get(&shop.path(&format!("/orders/{order}/terms"))).send().await.expect(200).json()
}

async fn ppn_is_in_the_price_and_frozen(app: TestApp) {
    let shop = app.vendor("PT Terdaftar").await;
    registered(&app, &shop).await;
    let cloth = shop.product("Batik").price(1_500_000).stock(20).create().await;
    let ani = app.buyer("ani").await;
    let before = ani.buy(&cloth).await;
    assert_eq!(before.total, 1_500_000, "the price is what the buyer pays");
    let found = terms(&shop, &before.orders[0]).await;
    let tax = &found["taxes"][0];
    assert_eq!(
        (&tax["net"], &tax["amount"], &tax["kind"]),
        (&json!(1_351_351), &json!(148_649), &json!("ppn"))
    );
    assert_eq!(
        (&tax["rate_num"], &tax["rate_den"], &tax["payer"]),
        (&json!(132), &json!(1_200), &json!("seller"))
    );
    assert_eq!(found["seller_net"], 1_500_000);
    // A later rule counts from its day on, and only for sales after it was added.
    let operator = app.operator().await;
    let rule = json!({
        "code": "sale-ppn-next", "scheme": "sale", "kind": "ppn", "tax_class": "ppn_standard", "base_num": 1, "base_den": 1,
        "rate_num": 15, "rate_den": 100, "valid_from": "2026-11-24", "source": "UU contoh",
    });
    let added = operator.post("/v1/admin/tax-rules").json(rule.clone()).send().await.expect(201).json();
    operator
        .post("/v1/admin/tax-rules")
        .json(rule.clone())
        .send()
        .await
        .expect_problem(409, "tax-rule-exists");
    let after = ani.buy(&cloth).await;
    let tax = terms(&shop, &after.orders[0]).await["taxes"][0].clone();
    assert_eq!((&tax["rule_id"], &tax["amount"]), (&added["id"], &json!(195_652)));
    assert_eq!(terms(&shop, &before.orders[0]).await["taxes"][0]["amount"], 148_649);
    let mut wrong = rule;
    (wrong["kind"], wrong["code"], wrong["valid_to"]) =
        ("pbjt".into(), "pbjt-tinggi".into(), "2026-01-01".into());
    let problem =
        operator.post("/v1/admin/tax-rules").json(wrong).send().await.expect_problem(422, "invalid");
    assert_eq!(list(&problem["errors"]).len(), 2, "{problem}");
    let rules = operator.get("/v1/admin/tax-rules").send().await.expect(200).json();
    assert_eq!(list(&rules["items"]).len(), 14);
    books_are_right(&app).await;
}

async fn caterers_owe_the_regional_tax(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let meal = shop.product("Nasi kotak").price(33_000).stock(20).with("category", "nasi-kotak".into());
    let meal = meal.create().await;
    let ani = app.buyer("ani").await;
    let small = ani.buy(&meal).await;
    assert_eq!(terms(&shop, &small.orders[0]).await["taxes"], json!([]));
    let path = shop.path("/tax");
    let said = shop.owner.put(&path).json(json!({"owes_pbjt": true})).send().await.expect(200).json();
    assert_eq!((&said["owes_pbjt"], &said["turnover"]), (&json!(true), &json!(0)));
    let large = ani.buy(&meal).await;
    let tax = terms(&shop, &large.orders[0]).await["taxes"][0].clone();
    assert_eq!((&tax["kind"], &tax["net"], &tax["amount"]), (&json!("pbjt"), &json!(30_000), &json!(3_000)));
}

async fn the_crossing_of_the_year_is_told(app: TestApp) {
    let shop = app.vendor("Toko Laris").await;
    let statement = |crossed| {
        shop.owner.post(&shop.path("/tax/statements")).json(json!({"year": 2026, "crossed": crossed}))
    };
    let stated = statement(false).send().await.expect(201).json();
    assert_eq!((&stated["kind"], &stated["valid_from"]), (&json!("low_turnover"), &json!("2026-01-01")));
    statement(false).send().await.expect_problem(409, "tax-statement-exists");
    let statue = shop.product("Patung").price(250_000_000).stock(20).create().await;
    let ani = app.buyer("ani").await;
    completed(&ani, &shop, &statue, 2).await;
    app.run_jobs().await;
    let crossed = |app: &TestApp| {
        app.messenger.kept().iter().filter(|kept| kept.message.subject.starts_with("Batas omzet")).count()
    };
    assert_eq!(crossed(&app), 0, "exactly the threshold is not above it");
    completed(&ani, &shop, &statue, 1).await;
    completed(&ani, &shop, &statue, 1).await;
    app.run_jobs().await;
    assert_eq!(crossed(&app), 1);
    let year = shop.owner.get(&shop.path("/tax")).send().await.expect(200).json();
    assert_eq!((&year["turnover"], &year["threshold"]), (&json!(1_000_000_000), &json!(500_000_000)));
    assert_eq!(year["final_tax"], 2_500_000);
    assert!(year["crossed_at"].is_string());
    statement(true).send().await.expect(201);
    // Once a year, on whichever day.
    app.clock.advance(chrono::Duration::days(1));
    statement(true).send().await.expect_problem(409, "tax-statement-exists");
}

async fn an_appointed_platform_collects(app: TestApp) {
    let day: NaiveDate = "2026-11-24".parse().unwrap();
    let appointed = app.another_instance_with(|config| config.tax.appointed_from = Some(day)).await;
    let shop = appointed.vendor("Toko Dipungut").await;
    let chair = shop.product("Kursi").price(1_000_000).stock(20).create().await;
    let ani = appointed.buyer("ani").await;
    let order = completed(&ani, &shop, &chair, 1).await;
    assert_eq!(balance(&shop).await, (0, 995_000, 0));
    let found = terms(&shop, &order).await;
    assert_eq!((&found["remitted_by_platform"], &found["seller_net"]), (&json!(5_000), &json!(995_000)));
    assert_eq!(appointed.balance(lapak::payments::entity::account::Kind::TaxPph22, None).await, 5_000);
    let statement =
        shop.owner.post(&shop.path("/tax/statements")).json(json!({"year": 2026, "crossed": false}));
    statement.send().await.expect(201);
    let second = completed(&ani, &shop, &chair, 1).await;
    assert_eq!(terms(&shop, &second).await["remitted_by_platform"], 0, "a statement was given");
    // Half of the first sale goes back, and half of the tax with it.
    let finance = appointed.finance().await;
    super::refund(&finance, &order, "separuh-pajak", json!({"amount": 500_000})).await.expect(201);
    assert_eq!(appointed.balance(lapak::payments::entity::account::Kind::TaxPph22, None).await, 2_500);
    assert_eq!(balance(&shop).await, (0, 1_497_500, 0));
    let year = shop.owner.get(&shop.path("/tax")).send().await.expect(200).json();
    assert_eq!(year["turnover"], 1_500_000);
    appointed.close().await;
    books_are_right(&app).await;
}

async fn letters_and_stamps(app: TestApp) {
    let shop = app.vendor("Toko Surat").await;
    let finance = app.finance().await;
    let path = format!("/v1/admin/vendors/{}/tax-letters", shop.id);
    let letter = json!({
        "kind": "exempt", "document_no": "KET-123/PJ/2026", "valid_from": "2026-01-01", "valid_to": "2026-12-31",
    });
    finance.post(&path).json(letter.clone()).send().await.expect(201);
    let mut wrong = letter;
    (wrong["valid_to"], wrong["document_no"]) = ("2025-01-01".into(), "x".into());
    let problem = finance.post(&path).json(wrong).send().await.expect_problem(422, "invalid");
    assert_eq!(list(&problem["errors"]).len(), 2, "{problem}");
    let seen = shop.owner.get(&shop.path("/tax")).send().await.expect(200).json();
    assert_eq!((&seen["letters"][0]["kind"], &seen["owes_pbjt"]), (&json!("exempt"), &Value::Null));
    for (amount, duty) in [(5_000_000, 0), (5_000_001, 10_000)] {
        let found = app.get(&format!("/v1/stamp-duty?amount={amount}")).send().await.expect(200).json();
        assert_eq!(found["duty"], duty);
    }
}
