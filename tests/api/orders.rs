//! Orders: who sees them, how they move, who is told.

use serde_json::{Value, json};

use crate::support::{Purchase, TestApp, both, list, text};

both![
    an_order_goes_its_way,
    an_order_belongs_to_its_buyer_and_its_shop,
    a_shop_cannot_move_a_foreign_order,
    lists_are_pages_and_take_few_statements,
    lists_can_be_narrowed,
    people_are_told,
    an_order_keeps_what_was_sold,
];

async fn an_order_goes_its_way(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let purchase = buyer.buy(&cloth).await;
    let order = purchase.orders[0].as_str();
    let wrong = async |act: &str| shop.moves(order, act).await.expect_problem(409, "order-state");
    assert_eq!(wrong("accept").await["order_status"], "awaiting_payment");
    buyer.settle(&purchase).await.expect(200);
    wrong("ship").await;
    let accepted = shop.moves(order, "accept").await.expect(200).json();
    assert_eq!(accepted["allowed_actions"], json!(["ship", "cancel"]));
    wrong("accept").await;
    wrong("deliver").await;
    let ship = shop.path(&format!("/orders/{order}/ship"));
    let shipped = shop.owner.post(&ship).json(json!({"note": "JNE 0012"})).send().await.expect(200).json();
    assert_eq!(shipped["status"], "shipped");
    buyer.moves(order, "cancel").await.expect_problem(409, "order-state");
    buyer.moves(order, "receive").await.expect(200);
    buyer.moves(order, "receive").await.expect_problem(409, "order-state");
    let read = buyer.get(&format!("/v1/orders/{order}")).send().await.expect(200).json();
    let path: Vec<&str> = list(&read["events"]).iter().map(|event| event["to"].as_str().unwrap()).collect();
    assert_eq!(path, ["paid", "accepted", "shipped", "completed"]);
    assert_eq!(read["events"][2]["note"], "JNE 0012");
    assert_eq!(read["allowed_actions"], json!(["request_return", "open_dispute"]));
}

async fn an_order_belongs_to_its_buyer_and_its_shop(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Batik").await, app.vendor("Toko Lain").await);
    let (ani, budi) = (app.buyer("ani").await, app.buyer("budi").await);
    let cloth = shop.product("Batik tulis").create().await;
    let purchase = ani.buy(&cloth).await;
    let order = purchase.orders[0].as_str();
    ani.get(&format!("/v1/orders/{order}")).send().await.expect(200);
    shop.owner.get(&shop.path(&format!("/orders/{order}"))).send().await.expect(200);
    let absent = "/v1/orders/01932b5c-0000-7000-8000-0123456789ab";
    let without_id = |mut body: Value| {
        body["request_id"] = Value::Null;
        body
    };
    let nothing = without_id(budi.get(absent).send().await.expect_problem(404, "not-found"));
    for request in [
        budi.get(&format!("/v1/orders/{order}")),
        shop.owner.get(&format!("/v1/orders/{order}")),
        other.owner.get(&other.path(&format!("/orders/{order}"))),
        other.owner.get(&shop.path(&format!("/orders/{order}"))),
        budi.post(&format!("/v1/orders/{order}/cancel")),
        budi.post(&format!("/v1/orders/{order}/receive")),
        budi.get(&format!("/v1/payments/{}", purchase.payment_id)),
    ] {
        assert_eq!(without_id(request.send().await.expect_problem(404, "not-found")), nothing);
    }
    budi.get(&shop.path("/orders")).send().await.expect_problem(403, "role-missing");
    assert!(list(&budi.get("/v1/orders").send().await.json()["items"]).is_empty());
}

async fn a_shop_cannot_move_a_foreign_order(app: TestApp) {
    let (shop, other, buyer) =
        (app.vendor("Toko Batik").await, app.vendor("Toko Lain").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let purchase = buyer.buy(&cloth).await;
    buyer.settle(&purchase).await.expect(200);
    for act in ["accept", "decline", "ship", "deliver"] {
        other.moves(&purchase.orders[0], act).await.expect_problem(404, "not-found");
        let foreign = shop.path(&format!("/orders/{}/{act}", purchase.orders[0]));
        other.owner.post(&foreign).send().await.expect_problem(404, "not-found");
        buyer.post(&foreign).send().await.expect_problem(403, "role-missing");
    }
    assert_eq!(buyer.order_status(&purchase.orders[0]).await, "paid");
}

async fn lists_are_pages_and_take_few_statements(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").stock(50).create().await;
    let mut bought = Vec::new();
    for _ in 0..5 {
        bought.push(buyer.buy(&cloth).await.orders[0].clone());
    }
    bought.reverse();
    let mut seen = Vec::new();
    let mut path = "/v1/orders?limit=2".to_owned();
    loop {
        let page = buyer.get(&path).send().await.expect(200);
        assert_eq!(page.statements, 3); // the caller, the orders, their lines
        seen.extend(list(&page.json()["items"]).iter().map(|order| text(&order["id"])));
        // What is bought meanwhile does not disturb the pages that follow.
        buyer.buy(&cloth).await;
        let Some(cursor) = page.json()["next_cursor"].as_str().map(str::to_owned) else {
            break;
        };
        path = format!("/v1/orders?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, bought);
    let all = shop.owner.get(&shop.path("/orders?limit=100")).send().await.expect(200);
    assert_eq!((all.statements, list(&all.json()["items"]).len()), (3, 8));
    for wrong in ["limit=0", "limit=101", "limit=x", "cursor=x", "status=lost", "ids=x", "offset=1"] {
        buyer.get(&format!("/v1/orders?{wrong}")).send().await.expect_problem(422, "invalid");
    }
}

async fn lists_can_be_narrowed(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").stock(50).create().await;
    let (paid, open) = (buyer.buy(&cloth).await, buyer.buy(&cloth).await);
    buyer.settle(&paid).await.expect(200);
    let number = text(&open.answer["orders"][0]["number"]);
    let found = async |query: &str| -> Vec<String> {
        let page = buyer.get(&format!("/v1/orders?{query}")).send().await.expect(200).json();
        list(&page["items"]).iter().map(|order| text(&order["id"])).collect()
    };
    assert_eq!(found("status=paid").await, paid.orders);
    assert_eq!(found("status=paid,awaiting_payment").await.len(), 2);
    assert_eq!(found(&format!("number={number}")).await, open.orders);
    assert_eq!(found(&format!("ids={}", paid.orders[0])).await, paid.orders);
    assert_eq!(found("from=2026-11-25T00:00:00Z").await, Vec::<String>::new());
    assert_eq!(found("to=2026-11-25T00:00:00Z").await.len(), 2);
}

async fn people_are_told(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(150_000).create().await;
    app.run_jobs().await;
    let before = app.messenger.kept().len();
    let purchase: Purchase = buyer.checkout().item(&cloth, 1).send().await.into();
    app.run_jobs().await;
    buyer.settle(&purchase).await.expect(200);
    app.run_jobs().await;
    let mails: Vec<_> = app.messenger.kept().split_off(before).into_iter().map(|kept| kept.message).collect();
    let told = |login: &str| mails.iter().filter(|mail| mail.to.as_str() == login).count();
    assert_eq!((told(buyer.login()), told(shop.owner.login())), (2, 1), "{mails:#?}");
    let number = text(&purchase.answer["orders"][0]["number"]);
    assert!(mails.iter().all(|mail| mail.subject.contains(&number)));
    assert!(mails[0].text.contains("Rp 150.000"), "{}", mails[0].text);
}

async fn an_order_keeps_what_was_sold(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(150_000).create().await;
    let wish = buyer.checkout().line(&shop.id, cloth.variant(), 1, Some("ukuran XL"));
    let purchase: Purchase = wish.send().await.into();
    let path = shop.path(&format!("/products/{}", cloth.id));
    let seen = shop.owner.get(&path).send().await.expect(200);
    let change = shop.owner.patch(&path).if_match(&seen).json(json!({"title": "Batik cap"}));
    change.send().await.expect(200);
    let read = buyer.get(&format!("/v1/orders/{}", purchase.orders[0])).send().await.expect(200).json();
    assert_eq!(
        (&read["lines"][0]["title"], &read["lines"][0]["note"]),
        (&json!("Batik tulis"), &json!("ukuran XL"))
    );
    assert_eq!(read["shipping_address"]["phone"], "+6281234567890");
}
