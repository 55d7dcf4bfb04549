//! Parcels: parts of an order, proof of delivery, and what the buyer counts.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{accepted, first_line, paid, seen, told};
use crate::support::shop::{Shop, list, text};
use crate::support::{Person, Purchase, Reply, TestApp, both, png};

both![
    an_order_goes_out_in_parts,
    what_is_missing_keeps_an_order_open,
    cash_is_collected_with_the_last_parcel,
    files_are_private,
    parts_never_exceed_the_whole,
];

async fn send(shop: &Shop, order: &str, line: &str, pieces: i64) -> Reply {
    let body = json!({"lines": [{"line_id": line, "quantity": pieces}], "carrier": "JNE", "tracking_number": "0012"});
    shop.owner.post(&shop.path(&format!("/orders/{order}/shipments"))).json(body).send().await
}

async fn hand_over(shop: &Shop, order: &str, parcel: &str, proof: Value) -> Reply {
    let path = shop.path(&format!("/orders/{order}/shipments/{parcel}/deliver"));
    shop.owner.post(&path).json(proof).send().await
}

async fn count(buyer: &Person, order: &str, parcel: &str, body: Value) -> Reply {
    buyer.post(&format!("/v1/orders/{order}/shipments/{parcel}/receive")).json(body).send().await
}

async fn photo(person: &Person, path: &str) -> String {
    let sent = person.post(path).file("bukti.png", "image/png", &png(40, 30)).send().await;
    text(&sent.expect(201).json()["id"])
}

async fn an_order_goes_out_in_parts(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let (_, order) = paid(&buyer, &cloth, 5).await;
    let line = first_line(&buyer, &order).await;
    send(&shop, &order, &line, 1).await.expect_problem(409, "order-state");
    shop.moves(&order, "accept").await.expect(200);
    send(&shop, &order, &line, 6).await.expect_problem(422, "invalid");
    send(&shop, &order, &line, 0).await.expect_problem(422, "invalid");
    send(&shop, &order, &order, 1).await.expect_problem(422, "invalid");
    let first = send(&shop, &order, &line, 3).await.expect(201).json();
    assert_eq!(first["order"]["status"], "accepted");
    assert_eq!(told(&app, "shipment.sent").await, 1);
    send(&shop, &order, &line, 3).await.expect_problem(422, "invalid");
    // A parcel is on its way: nothing is called off any more.
    buyer.moves(&order, "cancel").await.expect_problem(409, "order-state");
    shop.moves(&order, "cancel").await.expect_problem(409, "order-state");
    shop.moves(&order, "deliver").await.expect_problem(409, "order-state");
    shop.moves(&order, "ship").await.expect(200);
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["status"], &read["lines"][0]["shipped"]), (&json!("shipped"), &json!(5)));
    let parcels: Vec<String> = list(&read["shipments"]).iter().map(|parcel| text(&parcel["id"])).collect();
    assert_eq!(read["shipments"][1]["lines"][0]["quantity"], 2);
    let photo = photo(&shop.owner, &shop.path(&format!("/orders/{order}/files"))).await;
    let proof = json!({"recipient_name": "Pak Budi", "recipient_position": "Satpam", "recipient_phone": "081211112222", "photo_id": photo});
    let delivered = hand_over(&shop, &order, &parcels[0], proof.clone()).await.expect(200).json();
    assert_eq!(delivered["status"], "shipped");
    hand_over(&shop, &order, &parcels[0], json!({})).await.expect_problem(409, "shipment-state");
    // A picture shows one parcel.
    hand_over(&shop, &order, &parcels[1], proof).await.expect_problem(422, "invalid");
    assert_eq!(
        hand_over(&shop, &order, &parcels[1], json!({})).await.expect(200).json()["status"],
        "delivered"
    );
    let read = seen(&buyer, &order).await;
    assert_eq!(read["shipments"][0]["recipient_name"], "Pak Budi");
    buyer.get(&format!("/v1/orders/{order}/files/{photo}")).send().await.expect(200);
    assert_eq!(count(&buyer, &order, &parcels[0], json!({})).await.expect(200).json()["status"], "delivered");
    assert_eq!(count(&buyer, &order, &parcels[1], json!({})).await.expect(200).json()["status"], "completed");
    count(&buyer, &order, &parcels[1], json!({})).await.expect_problem(409, "shipment-state");
    let timeline = shop.owner.get(&shop.path(&format!("/orders/{order}/timeline"))).send().await.expect(200);
    let kinds: Vec<String> = list(&timeline.json()["items"]).iter().map(|item| text(&item["kind"])).collect();
    let has = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!((has("shipment_sent"), has("shipment_delivered"), has("shipment_received")), (2, 2, 2));
    assert_eq!((has("payment.paid"), has("order.completed")), (1, 1), "{kinds:?}");
    assert!(timeline.statements <= 12, "{}", timeline.statements);
}

async fn what_is_missing_keeps_an_order_open(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = accepted(&shop, &buyer, &cloth, 3).await;
    shop.moves(&order, "ship").await.expect(200);
    let read = seen(&buyer, &order).await;
    let (line, parcel) = (text(&read["lines"][0]["id"]), text(&read["shipments"][0]["id"]));
    let too_many = json!({"lines": [{"line_id": line, "received": 4}]});
    count(&buyer, &order, &parcel, too_many).await.expect_problem(422, "invalid");
    let short =
        json!({"lines": [{"line_id": line, "received": 2, "problem": "satu sobek"}], "note": "kardus basah"});
    let counted = count(&buyer, &order, &parcel, short).await.expect(200).json();
    assert_eq!(counted["status"], "delivered");
    assert_eq!(counted["allowed_actions"], json!(["receive", "request_return", "open_dispute"]));
    assert_eq!(told(&app, "shipment.received_with_problems").await, 1);
    let shown = shop.owner.get(&shop.path(&format!("/orders/{order}"))).send().await.expect(200).json();
    let seen_line = &shown["shipments"][0]["lines"][0];
    assert_eq!((&seen_line["received"], &seen_line["problem"]), (&json!(2), &json!("satu sobek")));
    buyer.moves(&order, "receive").await.expect(200);
}

async fn cash_is_collected_with_the_last_parcel(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let purchase: Purchase = buyer.checkout().item(&cloth, 2).pay_by("cod").send().await.into();
    let order = purchase.orders[0].as_str();
    shop.moves(order, "accept").await.expect(200);
    let line = first_line(&buyer, order).await;
    let status = async || {
        let path = format!("/v1/payments/{}", purchase.payment_id);
        text(&buyer.get(&path).send().await.expect(200).json()["status"])
    };
    let mut parcels = Vec::new();
    for _ in 0..2 {
        parcels.push(text(&send(&shop, order, &line, 1).await.expect(201).json()["shipment_id"]));
    }
    hand_over(&shop, order, &parcels[1], json!({})).await.expect(200);
    assert_eq!(status().await, "pending");
    hand_over(&shop, order, &parcels[0], json!({})).await.expect(200);
    assert_eq!(status().await, "paid");
    assert_eq!(buyer.order_status(order).await, "delivered");
}

async fn files_are_private(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = accepted(&shop, &buyer, &cloth, 1).await;
    let path = format!("/v1/orders/{order}/files");
    buyer.post(&path).file("x.txt", "text/plain", b"halo").send().await.expect_problem(422, "file-type");
    let mine = photo(&buyer, &path).await;
    let reply = buyer.get(&format!("{path}/{mine}")).send().await.expect(200);
    assert_eq!(reply.header("cache-control"), "private, no-store");
    // Not before it is used.
    let of_shop = shop.path(&format!("/orders/{order}/files/{mine}"));
    shop.owner.get(&of_shop).send().await.expect_problem(404, "not-found");
    let of_office = format!("/v1/admin/orders/{order}/files/{mine}");
    app.officer().await.get(&of_office).send().await.expect_problem(404, "not-found");
    app.buyer("budi").await.get(&format!("{path}/{mine}")).send().await.expect_problem(404, "not-found");
    // What is never used goes after a while.
    app.advance(chrono::Duration::days(3));
    while lapak::orders::service::files::forget_loose(&app).await.unwrap() > 0 {}
    app.run_jobs().await;
    buyer.get(&format!("{path}/{mine}")).send().await.expect_problem(404, "not-found");
}

async fn parts_never_exceed_the_whole(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = accepted(&shop, &buyer, &cloth, 7).await;
    let line = first_line(&buyer, &order).await;
    let server = app.serve().await;
    let path = shop.path(&format!("/orders/{order}/shipments"));
    let body = json!({"lines": [{"line_id": line, "quantity": 2}]});
    let requests: Vec<_> =
        (0..12).map(|_| server.post(&path).by(&shop.owner).json(body.clone()).send()).collect();
    let replies = join_all(requests).await;
    let sent = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(sent, 3, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["lines"][0]["shipped"], list(&read["shipments"]).len()), (&json!(6), 3));
    shop.moves(&order, "ship").await.expect(200);
    assert_eq!(buyer.order_status(&order).await, "shipped");
}
