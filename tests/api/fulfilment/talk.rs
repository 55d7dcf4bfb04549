//! What buyers and shops write to each other.

use serde_json::{Value, json};

use super::{paid, told};
use crate::support::people::PASSWORD;
use crate::support::shop::{Shop, list, text};
use crate::support::{Person, TestApp, both};

both![a_conversation_before_and_after_buying, nobody_is_flooded, a_forgotten_person_has_said_nothing];

async fn a_conversation_before_and_after_buying(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Batik").await, app.vendor("Toko Lain").await);
    let (ani, budi) = (app.buyer("ani").await, app.buyer("budi").await);
    let cloth = shop.product("Batik tulis").create().await;
    let ask = |shop_id: &str, product: &str| json!({"vendor_id": shop_id, "product_id": product, "text": "Ada warna biru?"});
    let foreign = ani.post("/v1/conversations").json(ask(&other.id, &cloth.id)).send().await;
    foreign.expect_problem(404, "not-found");
    let asked = ani.post("/v1/conversations").json(ask(&shop.id, &cloth.id)).send().await.expect(201).json();
    let talk = text(&asked["conversation_id"]);
    assert_eq!(told(&app, "message.received").await, 1);
    let (_, order) = paid(&ani, &cloth, 1).await;
    let more = json!({"text": "Tolong dibungkus."});
    let about =
        ani.post(&format!("/v1/orders/{order}/messages")).json(more.clone()).send().await.expect(201).json();
    assert_eq!(about["conversation_id"], talk.as_str());
    // The first unread message told.
    assert_eq!(told(&app, "message.received").await, 1);
    let inbox = shop.owner.get(&shop.path("/conversations")).send().await.expect(200);
    assert!(inbox.statements <= 6, "{}", inbox.statements);
    let row = &inbox.json()["items"][0];
    assert_eq!((&row["unread"], &row["buyer_name"]), (&json!(2), &json!("ani")));
    assert!(!inbox.text().contains("@contoh.id") && !inbox.text().contains("phone"));
    let path = shop.path(&format!("/conversations/{talk}/messages"));
    let read = shop.owner.get(&path).send().await.expect(200).json();
    let said: Vec<&Value> = list(&read["items"]).iter().map(|message| &message["text"]).collect();
    assert_eq!(said, ["Tolong dibungkus.", "Ada warna biru?"]);
    assert_eq!(read["items"][0]["order_id"], order.as_str());
    shop.owner.post(&shop.path(&format!("/conversations/{talk}/read"))).send().await.expect(204);
    shop.owner.post(&path).json(json!({"text": "Ada, Bu."})).send().await.expect(201);
    let of_order = shop.path(&format!("/orders/{order}/messages"));
    shop.owner.post(&of_order).json(json!({"text": "Siap dikirim."})).send().await.expect(201);
    let mine = ani.get("/v1/conversations").send().await.expect(200).json();
    assert_eq!(
        (&mine["items"][0]["unread"], &mine["items"][0]["vendor_name"]),
        (&json!(2), &json!("Toko Batik"))
    );
    ani.post(&format!("/v1/conversations/{talk}/read")).send().await.expect(204);
    let mine = ani.get("/v1/conversations").send().await.expect(200).json();
    assert_eq!(mine["items"][0]["unread"], 0);
    let few = ani.get(&format!("/v1/conversations/{talk}/messages?limit=2")).send().await.json();
    assert_eq!(list(&few["items"]).len(), 2);
    nobody_else_reads(&app, (&shop, &other, &budi), (&talk, &order)).await;
    let timeline = ani.get(&format!("/v1/orders/{order}/timeline")).send().await.expect(200);
    assert!(timeline.text().contains("Tolong dibungkus."));
    let empty = json!({"vendor_id": shop.id, "text": " "});
    ani.post("/v1/conversations").json(empty).send().await.expect_problem(422, "invalid");
}

/// Neither strangers nor the office.
async fn nobody_else_reads(
    app: &TestApp,
    (shop, other, stranger): (&Shop, &Shop, &Person),
    (talk, order): (&str, &str),
) {
    let path = format!("/conversations/{talk}/messages");
    stranger.get(&format!("/v1{path}")).send().await.expect_problem(404, "not-found");
    other.owner.get(&other.path(&path)).send().await.expect_problem(404, "not-found");
    app.operator().await.get(&shop.path(&path)).send().await.expect_problem(403, "role-missing");
    let office = app.officer().await;
    let timeline = office.get(&format!("/v1/admin/orders/{order}/timeline")).send().await.expect(200);
    assert!(!timeline.text().contains("dibungkus"));
}

async fn nobody_is_flooded(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let body = json!({"vendor_id": shop.id, "text": "Halo"});
    for _ in 0..60 {
        ani.post("/v1/conversations").json(body.clone()).send().await.expect(201);
    }
    ani.post("/v1/conversations").json(body.clone()).send().await.expect(429);
    app.buyer("budi").await.post("/v1/conversations").json(body).send().await.expect(201);
}

async fn a_forgotten_person_has_said_nothing(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let body = json!({"vendor_id": shop.id, "text": "Saya tinggal di Jalan Rahasia"});
    let talk =
        text(&ani.post("/v1/conversations").json(body).send().await.expect(201).json()["conversation_id"]);
    let archive = ani.post("/v1/me/export").send().await.expect(200);
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive.body.to_vec())).unwrap();
    let mut messages = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("messages.json").unwrap(), &mut messages).unwrap();
    assert!(messages.contains("Jalan Rahasia"), "{messages}");
    ani.post("/v1/me/erase").json(json!({"password": PASSWORD})).send().await.expect(204);
    let path = shop.path(&format!("/conversations/{talk}/messages"));
    let read = shop.owner.get(&path).send().await.expect(200);
    assert!(!read.text().contains("Rahasia"));
    assert_eq!(read.json()["items"][0]["text"], Value::Null);
}
