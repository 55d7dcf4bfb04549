//! The statement of a shop, line by line; the dated rules of the commission; and the books at a glance.

use chrono::Duration;
use serde_json::{Value, json};

use super::{after_the_wait, batch, books_are_right, commission, completed, paid_shop, refund};
use crate::support::shop::{Shop, list, text};
use crate::support::{TestApp, both};

both![a_statement_names_every_rupiah, a_commission_is_frozen_at_sale, the_books_show_what_waits];

async fn a_statement_names_every_rupiah(app: TestApp) {
    commission(&app, json!({"scope": "global", "rate_bp": 1_000, "tax_bp": 1_100})).await;
    let (shop, coffee) = paid_shop(&app, "Toko Teliti", 50_000).await;
    after_the_wait(&app);
    let ani = app.buyer("ani").await;
    let first = completed(&ani, &shop, &coffee, 2).await;
    let finance = app.finance().await;
    let filled = batch(&app, &finance, "laporan-satu").await;
    assert_eq!(filled["total"], 88_900);
    app.clock.advance(Duration::days(1));
    completed(&ani, &shop, &coffee, 1).await;
    let finance = app.finance().await;
    refund(&finance, &first, "laporan-kembali", json!({"amount": 10_000})).await.expect(201);
    let read = async |rest: &str| shop.owner.get(&shop.path(&format!("/statement{rest}"))).send().await;
    let whole = read("?from=2026-11-24&to=2026-11-28").await.expect(200).json();
    let rows: Vec<(String, i64)> = list(&whole["movements"])
        .iter()
        .map(|row| (text(&row["kind"]), row["amount"].as_i64().unwrap()))
        .collect();
    let expected = [
        ("release", 100_000),
        ("commission", -10_000),
        ("commission", -1_100),
        ("payout_due", -88_900),
        ("release", 50_000),
        ("commission", -5_000),
        ("commission", -550),
        ("refund_due", -8_890),
    ];
    assert_eq!(rows, expected.map(|(kind, amount)| (kind.to_owned(), amount)));
    assert_eq!((&whole["opening"], &whole["closing"]), (&json!(0), &json!(35_560)));
    let order = shop.owner.get(&shop.path(&format!("/orders/{first}"))).send().await.expect(200).json();
    assert_eq!(whole["movements"][0]["order_number"], order["number"]);
    // A later day begins where the earlier one ended.
    let today = read("?from=2026-11-28&to=2026-11-28").await.expect(200).json();
    assert_eq!((&today["opening"], &today["closing"]), (&json!(0), &json!(35_560)));
    assert_eq!(list(&today["movements"]).len(), 4);
    let csv = read("?from=2026-11-24&to=2026-11-28&format=csv").await.expect(200);
    assert_eq!(csv.text().lines().count(), 1 + 2 + expected.len());
    assert!(csv.text().ends_with(",saldo akhir,,,35560\n"), "{}", csv.text());
    let xlsx = read("?from=2026-11-24&to=2026-11-28&format=xlsx").await.expect(200);
    assert!(xlsx.body.starts_with(b"PK"));
    days_are_checked(&shop).await;
    books_are_right(&app).await;
}

/// The days of a statement are in order, few and of our time.
async fn days_are_checked(shop: &Shop) {
    let read = async |rest: &str| shop.owner.get(&shop.path(&format!("/statement{rest}"))).send().await;
    read("?from=2026-11-28&to=2026-11-24").await.expect_problem(422, "invalid");
    // Both days count: 366 are as many as there may be.
    read("?from=2025-11-28&to=2026-11-28").await.expect(200);
    read("?from=2025-11-27&to=2026-11-28").await.expect_problem(422, "invalid");
    for (far, pointer) in
        [("?to=-262143-01-01", "?to"), ("?from=-262143-01-01", "?from"), ("?to=2200-01-01", "?to")]
    {
        let problem = read(far).await.expect_problem(422, "invalid");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!("out-of-range"))
        );
    }
}

async fn a_commission_is_frozen_at_sale(app: TestApp) {
    let (shop, coffee) = paid_shop(&app, "Toko Aturan", 100_000).await;
    let ani = app.buyer("ani").await;
    let free = ani.buy(&coffee).await;
    let general = commission(&app, json!({"scope": "global", "rate_bp": 300, "cap": 2_500})).await;
    let general_sale = ani.buy(&coffee).await;
    let own = json!({"scope": "vendor", "scope_id": shop.id, "rate_bp": 100, "floor": 1_500});
    let own = commission(&app, own).await;
    let own_sale = ani.buy(&coffee).await;
    for (sale, rule, taken) in
        [(&free, &Value::Null, 0), (&general_sale, &general["id"], 2_500), (&own_sale, &own["id"], 1_500)]
    {
        let path = shop.path(&format!("/orders/{}/terms", sale.orders[0]));
        let terms = shop.owner.get(&path).send().await.expect(200).json();
        assert_eq!((&terms["commission"], &terms["buyer_total"]), (&json!(taken), &json!(100_000)));
        assert_eq!(terms["seller_net"], 100_000 - taken);
        assert_eq!(&terms["commissions"][0]["rule_id"], rule);
    }
    let operator = app.operator().await;
    let twice = json!({"scope": "global", "rate_bp": 1, "valid_from": "2026-01-01"});
    let request = || operator.post("/v1/admin/commission-rules");
    request().json(twice).send().await.expect_problem(409, "commission-rule-exists");
    let wrong =
        json!({"scope": "vendor", "rate_bp": 20_000, "floor": 5, "cap": 4, "valid_from": "2026-01-01"});
    let problem = request().json(wrong).send().await.expect_problem(422, "invalid");
    assert_eq!(list(&problem["errors"]).len(), 3, "{problem}");
    let rules = operator.get("/v1/admin/commission-rules").send().await.expect(200).json();
    assert_eq!(list(&rules["items"]).len(), 2);
    app.clock.advance(Duration::minutes(11));
    let stale = json!({"scope": "global", "rate_bp": 1, "valid_from": "2027-01-01"});
    request().json(stale).send().await.expect_problem(403, "step-up-required");
}

async fn the_books_show_what_waits(app: TestApp) {
    let (shop, coffee) = paid_shop(&app, "Toko Buku", 60_000).await;
    after_the_wait(&app);
    let ani = app.buyer("ani").await;
    completed(&ani, &shop, &coffee, 1).await;
    let transfer: crate::support::shop::Purchase =
        ani.checkout().item(&coffee, 1).pay_by("manual_transfer").send().await.into();
    let finance = app.finance().await;
    let path = format!("/v1/admin/payments/{}/confirm", transfer.payment_id);
    finance.post(&path).key("buku-masuk").send().await.expect(200);
    ani.moves(&transfer.orders[0], "cancel").await.expect(200);
    batch(&app, &finance, "buku-satu").await;
    let books = finance.get("/v1/admin/books").send().await.expect(200).json();
    let of = |kind: &str| {
        list(&books["accounts"]).iter().find(|row| row["kind"] == kind).unwrap()["balance"].as_i64().unwrap()
    };
    assert_eq!(books["difference"], 0);
    assert_eq!((of("clearing"), of("payouts_due"), of("refunds_due")), (-120_000, 60_000, 60_000));
    let waiting: Vec<(&Value, &Value)> =
        list(&books["waiting"]).iter().map(|row| (&row["what"], &row["amount"])).collect();
    let expected = [(json!("refunds"), json!(60_000)), (json!("payouts_pending"), json!(60_000))];
    assert_eq!(waiting, expected.iter().map(|(what, amount)| (what, amount)).collect::<Vec<_>>());
    assert_eq!((list(&books["escrows"]).len(), list(&books["unmatched"]).len()), (0, 0));
}
