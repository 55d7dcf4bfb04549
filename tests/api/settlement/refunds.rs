//! Refunds in full and in part, before and after the shop was paid; never more than what was paid, however many ask.

use lapak::payments::entity::account;
use serde_json::{Value, json};

use super::{balance, books_are_right, commission, completed, hand_over, refund};
use crate::race::all_at_once;
use crate::support::shop::{Purchase, list, text};
use crate::support::{TestApp, both};

both![
    fifty_full_refunds_are_one,
    ten_tenths_are_the_whole,
    lines_go_back_piece_by_piece,
    what_was_released_is_clawed_back,
    cash_stays_with_the_shop,
    a_refund_of_money_with_the_shop_is_its_debt,
    a_void_after_a_refund_leaves_the_shop_as_before,
];

async fn fifty_full_refunds_are_one(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Rusak").await, app.buyer("ani").await);
    let cup = shop.product("Cangkir").price(25_000).create().await;
    let purchase: Purchase = ani.checkout().item(&cup, 4).deliver_by("own_courier").send().await.into();
    ani.settle(&purchase).await.expect(200);
    let finance = app.finance().await;
    finance.token().await;
    let server = app.serve().await;
    let path = format!("/v1/admin/orders/{}/refunds", purchase.orders[0]);
    let body = json!({"reason": "barang rusak"});
    let request =
        |turn: usize| server.post(&path).by(&finance).key(&format!("penuh-{turn:04}")).json(body.clone());
    let replies = all_at_once((0..50).map(request).collect()).await;
    let won: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].json()["amount"], purchase.total);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        reply.clone().expect_problem(409, "refund-too-much");
    }
    app.run_jobs().await;
    let payment = ani.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.json();
    assert_eq!((&payment["status"], &payment["refunded"]), (&json!("refunded"), &json!(purchase.total)));
    assert_eq!(balance(&shop).await, (0, 0, 0));
    // The shop can still finish the order; there is nothing left to release.
    hand_over(&ani, &shop, &purchase.orders[0]).await;
    assert_eq!(balance(&shop).await, (0, 0, 0));
    books_are_right(&app).await;
}

async fn ten_tenths_are_the_whole(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Sepuluh").await, app.buyer("ani").await);
    let cup = shop.product("Cangkir").price(100_003).create().await;
    let purchase = ani.buy(&cup).await;
    ani.settle(&purchase).await.expect(200);
    let server = app.serve().await;
    let path = shop.path(&format!("/orders/{}/refunds", purchase.orders[0]));
    shop.owner.token().await;
    let body = json!({"reason": "barang rusak", "amount": 10_000});
    let request =
        |turn: usize| server.post(&path).by(&shop.owner).key(&format!("bagian-{turn:04}")).json(body.clone());
    let replies = all_at_once((0..20).map(request).collect()).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 10);
    app.run_jobs().await;
    assert_eq!(balance(&shop).await, (3, 0, 0));
    let payment = ani.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.json();
    assert_eq!((&payment["status"], &payment["refunded"]), (&json!("partially_refunded"), &json!(100_000)));
    // The rest, once under one key.
    let finance = app.finance().await;
    for _ in 0..2 {
        let rest = refund(&finance, &purchase.orders[0], "sisanya-1", json!({})).await.expect(201).json();
        assert_eq!((&rest["amount"], &rest["kind"]), (&json!(3), &json!("whole")));
    }
    app.run_jobs().await;
    let payment = ani.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.json();
    assert_eq!(payment["status"], "refunded");
    books_are_right(&app).await;
}

async fn lines_go_back_piece_by_piece(app: TestApp) {
    let (shop, ani, other) =
        (app.vendor("Toko Baris").await, app.buyer("ani").await, app.vendor("Toko Lain").await);
    let cup = shop.product("Cangkir").price(10_000).create().await;
    let plate = shop.product("Piring").price(7_500).create().await;
    let purchase: Purchase =
        ani.checkout().item(&cup, 3).item(&plate, 2).deliver_by("own_courier").send().await.into();
    let order = &purchase.orders[0];
    let finance = app.finance().await;
    refund(&finance, order, "terlalu-dini", json!({})).await.expect_problem(409, "nothing-paid");
    ani.settle(&purchase).await.expect(200);
    let seen = ani.get(&format!("/v1/orders/{order}")).send().await.expect(200).json();
    let line = |title: &str| -> Value {
        list(&seen["lines"]).iter().find(|line| line["title"] == title).unwrap()["id"].clone()
    };
    let give =
        |line: &Value, quantity: i64| json!({"lines": [{"order_line_id": line, "quantity": quantity}]});
    let cups = line("Cangkir");
    let one = refund(&finance, order, "satu-cangkir", give(&cups, 1)).await.expect(201).json();
    assert_eq!((&one["amount"], &one["kind"]), (&json!(10_000), &json!("lines")));
    let mut with_shipping = give(&line("Piring"), 2);
    with_shipping["shipping"] = 10_000.into();
    let two = refund(&finance, order, "dua-piring", with_shipping.clone()).await.expect(201).json();
    assert_eq!(two["amount"], 25_000);
    refund(&finance, order, "empat-cangkir", give(&cups, 3)).await.expect_problem(409, "refund-too-much");
    refund(&finance, order, "ongkir-lagi", with_shipping).await.expect_problem(409, "refund-too-much");
    let strange = give(&json!("01900000-0000-7000-8000-00000000dead"), 1);
    refund(&finance, order, "baris-asing", strange).await.expect_problem(422, "invalid");
    let both = json!({"amount": 5, "shipping": 5});
    refund(&finance, order, "dua-duanya", both).await.expect_problem(422, "invalid");
    // Another shop cannot touch it, and staff who do not lead may not.
    let path = other.path(&format!("/orders/{order}/refunds"));
    let foreign = other.owner.post(&path).key("kunci-asing").json(json!({"reason": "iseng"}));
    foreign.send().await.expect_problem(404, "not-found");
    let rest = refund(&finance, order, "sisanya-dua", json!({})).await.expect(201).json();
    assert_eq!(rest["amount"], 20_000);
    app.run_jobs().await;
    books_are_right(&app).await;
}

async fn what_was_released_is_clawed_back(app: TestApp) {
    commission(&app, json!({"scope": "global", "rate_bp": 1_000, "tax_bp": 1_100})).await;
    let (shop, ani) = (app.vendor("Toko Balik").await, app.buyer("ani").await);
    let cup = shop.product("Cangkir").price(100_000).stock(50).create().await;
    let order = completed(&ani, &shop, &cup, 1).await;
    // 10 % of the goods, and 11 % on that.
    assert_eq!(balance(&shop).await, (0, 88_900, 0));
    let finance = app.finance().await;
    refund(&finance, &order, "separuh-satu", json!({"amount": 50_000})).await.expect(201);
    // The platform gives back its half, too.
    assert_eq!(balance(&shop).await, (0, 44_450, 0));
    let second = completed(&ani, &shop, &cup, 1).await;
    assert_eq!(balance(&shop).await, (0, 133_350, 0));
    for (order, key) in [(&order, "sisa-satu"), (&second, "sisa-dua")] {
        refund(&finance, order, key, json!({})).await.expect(201);
    }
    assert_eq!(balance(&shop).await, (0, 0, 0));
    app.run_jobs().await;
    books_are_right(&app).await;
}

/// On delivery the shop takes the cash: it is owed nothing, and owes the commission; later sales pay for that.
async fn cash_stays_with_the_shop(app: TestApp) {
    commission(&app, json!({"scope": "global", "rate_bp": 500})).await;
    let (shop, ani) = (app.vendor("Toko Tunai").await, app.buyer("ani").await);
    let cup = shop.product("Cangkir").price(100_000).stock(50).create().await;
    let purchase: Purchase = ani.checkout().item(&cup, 2).pay_by("cod").send().await.into();
    let order = &purchase.orders[0];
    hand_over(&ani, &shop, order).await;
    assert_eq!(balance(&shop).await, (0, 190_000, 0));
    square(&app).await;
    assert_eq!(balance(&shop).await, (0, 0, 10_000));
    square(&app).await;
    assert_eq!(balance(&shop).await, (0, 0, 10_000));
    // A refund of what the shop has in cash is the shop's to pay, the commission on it is not.
    let finance = app.finance().await;
    refund(&finance, order, "tunai-kembali", json!({"amount": 100_000})).await.expect(201);
    assert_eq!(balance(&shop).await, (0, 0, 105_000));
    // The next sale first pays the debt.
    completed(&ani, &shop, &cup, 2).await;
    assert_eq!(balance(&shop).await, (0, 85_000, 0));
    let refunds = finance.get("/v1/admin/refunds?status=pending").send().await.expect(200).json();
    let path = format!("/v1/admin/refunds/{}/confirm", text(&refunds["items"][0]["id"]));
    finance.post(&path).key("tunai-dibayar").send().await.expect(200);
    books_are_right(&app).await;
}

/// Finance confirms every refund that is due.
async fn pay_out(app: &TestApp) {
    let finance = app.finance().await;
    let due = finance.get("/v1/admin/refunds?status=pending").send().await.expect(200).json();
    for refund in list(&due["items"]) {
        let id = text(&refund["id"]);
        let path = format!("/v1/admin/refunds/{id}/confirm");
        finance.post(&path).key(&format!("dibayar-{id}")).send().await.expect(200);
    }
}

const CODE: &str = "00020101021126650013ID.CO.BJB.WWW011893600110000000000102150000000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204549953033605802ID5920KRIPIK TEMPE BU SITI6011KAB. BEKASI6105175306304C202";

/// The shop keeps all that it was paid, so what finance sent back of it is owed by the shop, once.
async fn a_refund_of_money_with_the_shop_is_its_debt(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Langsung").await, app.buyer("ani").await);
    let settings = json!({"bank_account": false, "qris": CODE});
    shop.owner.put(&shop.path("/payment-settings")).json(settings).send().await.expect(200);
    let cup = shop.product("Cangkir").price(100_000).stock(50).create().await;
    let purchase: Purchase = ani.checkout().item(&cup, 2).pay_by("direct_to_vendor").send().await.into();
    let order = &purchase.orders[0];
    let confirm = shop.path(&format!("/orders/{order}/confirm-payment"));
    shop.owner.post(&confirm).key("kunci-terima").send().await.expect(200);
    refund(&app.finance().await, order, "langsung-kembali", json!({"amount": 50_000})).await.expect(201);
    pay_out(&app).await;
    assert_eq!(balance(&shop).await, (150_000, 0, 0));
    hand_over(&ani, &shop, order).await;
    square(&app).await;
    assert_eq!(balance(&shop).await, (0, 0, 50_000));
    assert_eq!(app.balance(account::Kind::PaidToShop, None).await, 0);
    assert_eq!(app.balance(account::Kind::Clearing, None).await, 50_000);
    books_are_right(&app).await;
}

/// Whatever the shop is owed or owes meanwhile.
async fn a_void_after_a_refund_leaves_the_shop_as_before(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batal").await, app.buyer("ani").await);
    let cup = shop.product("Cangkir").price(25_000).stock(50).create().await;
    for (turn, sold) in [1, 0, 1].into_iter().enumerate() {
        let lines = json!([{"variant_id": cup.variant(), "quantity": 4}]);
        let sale = json!({"channel": "market_stall", "lines": lines});
        let enter = shop.owner.post(&shop.path("/manual-orders")).key(&format!("jual-tunai-{turn}"));
        let order = text(&enter.json(sale).send().await.expect(201).json()["id"]);
        let (_, payable, _) = balance(&shop).await;
        let path = shop.path(&format!("/orders/{order}/refunds"));
        let part = json!({"reason": "barang rusak", "amount": 30_000});
        shop.owner.post(&path).key(&format!("kembali-{turn}")).json(part).send().await.expect(201);
        let charged = payable.min(30_000);
        assert_eq!(balance(&shop).await, (0, payable - charged, 30_000 - charged));
        // A later sale pays the debt, or a part of it.
        if sold > 0 {
            completed(&ani, &shop, &cup, sold).await;
        }
        let path = shop.path(&format!("/manual-orders/{order}/void"));
        shop.owner.post(&path).json(json!({"note": "salah catat"})).send().await.expect(200);
        assert_eq!(balance(&shop).await, (0, payable + 25_000 * sold, 0));
    }
    pay_out(&app).await;
    app.run_jobs().await;
    assert_eq!(app.balance(account::Kind::CashOnDelivery, None).await, 0);
    books_are_right(&app).await;
}

async fn square(app: &TestApp) {
    lapak::settlement::service::square_all((**app).clone()).await.unwrap();
}
