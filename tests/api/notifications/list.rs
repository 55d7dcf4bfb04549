//! The list in the app, and mail.

use lapak::kernel::NewsId;
use lapak::notifications::entity::notification::{Column, Entity};
use lapak::platform::jobs::entity as jobs;
use lapak::web::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{Person, TestApp, both};

both![
    both_sides_of_an_order_are_told,
    people_choose_how_they_are_told,
    the_last_word_counts,
    members_hear_what_is_theirs,
    money_that_goes_back_is_told,
    news_are_carried_once,
    old_news_are_forgotten,
];

async fn told(person: &Person) -> Vec<String> {
    let page = person.get("/v1/me/notifications?limit=100").send().await.expect(200).json();
    list(&page["items"]).iter().map(|row| text(&row["kind"])).collect()
}

async fn both_sides_of_an_order_are_told(app: TestApp) {
    let (shop, ani, budi) = (app.vendor("Toko Batik").await, app.buyer("ani").await, app.buyer("budi").await);
    let cloth = shop.product("Batik tulis").price(150_000).create().await;
    let purchase = ani.buy(&cloth).await;
    ani.settle(&purchase).await.expect(200);
    shop.moves(&purchase.orders[0], "accept").await.expect(200);
    app.run_jobs().await;
    assert_eq!(told(&ani).await, ["order.accepted", "order.paid", "order.awaiting_payment"]);
    assert_eq!(told(&shop.owner).await, ["order.paid"]);
    assert_eq!(told(&budi).await, [""; 0]);
    let first = ani.get("/v1/me/notifications?limit=2").send().await.expect(200);
    // Who asks, the language, how many, and the page.
    assert_eq!(first.statements, 4, "{:#?}", first.sql);
    let page = first.json();
    assert_eq!((page["unread"].as_u64(), list(&page["items"]).len()), (Some(3), 2));
    let newest = &page["items"][0];
    assert_eq!((&newest["object_kind"], &newest["object_id"]), (&json!("order"), &json!(purchase.orders[0])));
    assert_eq!((&newest["topic"], &newest["read_at"]), (&json!("orders"), &Value::Null));
    assert!(text(&newest["text"]).contains("sedang disiapkan toko"), "{newest}");
    let rest = format!("/v1/me/notifications?cursor={}", text(&page["next_cursor"]));
    assert_eq!(list(&ani.get(&rest).send().await.expect(200).json()["items"]).len(), 1);
    // Reading one, then the rest.
    let path = format!("/v1/me/notifications/{}/read", text(&newest["id"]));
    budi.post(&path).send().await.expect_problem(404, "not-found");
    ani.post(&path).send().await.expect(204);
    ani.post(&path).send().await.expect(204);
    let unread = ani.get("/v1/me/notifications?unread=true").send().await.expect(200).json();
    assert_eq!((unread["unread"].as_u64(), list(&unread["items"]).len()), (Some(2), 2));
    let until = json!({"until": unread["items"][1]["id"]});
    let read = ani.post("/v1/me/notifications/read").json(until).send().await.expect(200).json();
    assert_eq!(read["read"], 1);
    let read = ani.post("/v1/me/notifications/read").send().await.expect(200).json();
    assert_eq!(read["read"], 1);
    assert_eq!(ani.get("/v1/me/notifications").send().await.expect(200).json()["unread"], 0);
}

async fn people_choose_how_they_are_told(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(150_000).create().await;
    let path = "/v1/me/notification-choices";
    let shown = ani.get(path).send().await.expect(200).json();
    assert_eq!((&shown["language"], list(&shown["items"]).len()), (&json!("id"), 14));
    assert!(list(&shown["items"]).iter().all(|choice| choice["wanted"].is_null()));
    ani.put(path).json(json!({"language": "en"})).send().await.expect(200);
    app.run_jobs().await;
    let before = app.messenger.kept().len();
    let purchase = ani.buy(&cloth).await;
    app.run_jobs().await;
    let mails: Vec<_> = app.messenger.kept().split_off(before).into_iter().map(|kept| kept.message).collect();
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert!(mails[0].subject.starts_with("Order LPK-"), "{}", mails[0].subject);
    assert!(mails[0].text.contains("for Rp 150.000"), "{}", mails[0].text);
    let page = ani.get("/v1/me/notifications").send().await.expect(200).json();
    assert!(text(&page["items"][0]["title"]).starts_with("Order LPK-"), "{page}");
    // No mail about orders, and nothing about payments in the list; the language stays.
    let wishes = json!({"items": [
        {"topic": "orders", "channel": "mail", "wanted": false},
        {"topic": "payments", "channel": "in_app", "wanted": false},
    ]});
    let shown = ani.put(path).json(wishes).send().await.expect(200).json();
    assert_eq!(shown["language"], "en");
    let said = list(&shown["items"]).iter().filter(|choice| choice["wanted"] == false).count();
    assert_eq!(said, 2, "{shown}");
    let before = app.messenger.kept().len();
    ani.settle(&purchase).await.expect(200);
    app.run_jobs().await;
    let kept = app.messenger.kept().split_off(before);
    assert_eq!(kept.iter().filter(|kept| kept.message.to.as_str() == ani.login()).count(), 0, "{kept:#?}");
    assert_eq!(told(&ani).await[0], "order.paid");
    // Told by mail only: not in the list.
    let none = json!({"items": [
        {"topic": "orders", "channel": "mail", "wanted": true},
        {"topic": "orders", "channel": "in_app", "wanted": false},
    ]});
    ani.put(path).json(none).send().await.expect(200);
    let (before, listed) = (app.messenger.kept().len(), told(&ani).await.len());
    shop.moves(&purchase.orders[0], "accept").await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.messenger.kept().len() - before, 1);
    assert_eq!(told(&ani).await.len(), listed);
    for wrong in [
        json!({"language": "de"}),
        json!({"items": [{"topic": "weather", "channel": "mail", "wanted": true}]}),
        json!({"items": [{"topic": "orders", "channel": "pigeon", "wanted": true}]}),
    ] {
        ani.put(path).json(wrong).send().await.expect_problem(422, "invalid");
    }
}

async fn the_last_word_counts(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let wish = |wanted: bool| json!({"topic": "orders", "channel": "in_app", "wanted": wanted});
    let wishes = json!({"items": [wish(true), wish(false)]});
    let shown = ani.put("/v1/me/notification-choices").json(wishes).send().await.expect(200).json();
    let said: Vec<&Value> =
        list(&shown["items"]).iter().filter(|choice| !choice["wanted"].is_null()).collect();
    assert_eq!(said, [&wish(false)]);
    // What went out by mail only is in no list, and nobody reads it there.
    ani.buy(&cloth).await;
    app.run_jobs().await;
    let read = ani.post("/v1/me/notifications/read").send().await.expect(200).json();
    assert_eq!((told(&ani).await.len(), &read["read"]), (0, &json!(0)));
}

async fn members_hear_what_is_theirs(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let (staff, clerk) = (app.buyer("staf").await, app.buyer("gudang").await);
    let id = shop.id.parse().unwrap();
    staff.grant(Role::VendorStaff, id).await;
    clerk.grant(Role::VendorStaff, id).await;
    limit_to_stock(&app, &clerk).await;
    let cloth = shop.product("Batik tulis").create().await;
    let purchase = ani.buy(&cloth).await;
    app.run_jobs().await;
    let before = app.messenger.kept().len();
    ani.settle(&purchase).await.expect(200);
    app.run_jobs().await;
    // Everybody who works on orders sees it in the list; mail goes to the owner.
    assert_eq!(told(&staff).await, ["order.paid"]);
    assert_eq!(told(&shop.owner).await, ["order.paid"]);
    assert_eq!(told(&clerk).await, [""; 0]);
    let kept = app.messenger.kept().split_off(before);
    let mailed = |person: &Person| kept.iter().any(|kept| kept.message.to.as_str() == person.login());
    assert!(mailed(&shop.owner) && !mailed(&staff) && !mailed(&clerk), "{kept:#?}");
    let page = staff.get("/v1/me/notifications").send().await.expect(200).json();
    assert_eq!(
        (&page["items"][0]["audience"], &page["items"][0]["audience_id"]),
        (&json!("vendor"), &json!(shop.id))
    );
}

async fn limit_to_stock(app: &TestApp, clerk: &Person) {
    use lapak::identity::entity::membership;
    let txn = app.db.begin().await.unwrap();
    membership::Entity::update_many()
        .col_expr(membership::Column::Permissions, Expr::value("stock"))
        .filter(membership::Column::UserId.eq(clerk.id()))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

async fn money_that_goes_back_is_told(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(150_000).create().await;
    let purchase = ani.buy(&cloth).await;
    ani.settle(&purchase).await.expect(200);
    shop.moves(&purchase.orders[0], "decline").await.expect(200);
    app.run_jobs().await;
    let kinds = told(&ani).await;
    for kind in ["order.declined", "refund.owed", "refund.paid"] {
        assert_eq!(kinds.iter().filter(|told| *told == kind).count(), 1, "{kind} in {kinds:?}");
    }
    let mails = app.messenger.kept().into_iter().map(|kept| kept.message);
    let returned =
        mails.filter(|mail| mail.to.as_str() == ani.login() && mail.text.contains("sudah dikembalikan"));
    assert!(returned.into_iter().all(|mail| mail.text.contains("Rp 150.000")));
}

async fn news_are_carried_once(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    ani.buy(&cloth).await;
    app.run_jobs().await;
    let mails = app.messenger.kept().len();
    // The worker died after carrying and before saying so.
    let txn = app.db.begin().await.unwrap();
    let again = jobs::Entity::update_many()
        .col_expr(jobs::Column::State, Expr::value(jobs::State::Queued))
        .filter(jobs::Column::Kind.eq("notifications.carry"))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    assert!(again.rows_affected > 0);
    app.run_jobs().await;
    assert_eq!(told(&ani).await.len(), 1);
    assert_eq!(app.messenger.kept().len(), mails);
    // The constraint is the wall behind it.
    let row = Entity::find().filter(Column::UserId.eq(ani.id())).one(app.db.read()).await.unwrap().unwrap();
    let txn = app.db.begin().await.unwrap();
    let twice = Entity::update_many()
        .col_expr(Column::NewsId, Expr::value(NewsId::generate().0))
        .filter(Column::Id.eq(row.id))
        .exec(&txn)
        .await
        .unwrap();
    assert_eq!(twice.rows_affected, 1);
    txn.rollback().await.unwrap();
}

async fn old_news_are_forgotten(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    ani.buy(&cloth).await;
    ani.post("/v1/me/events/ticket").send().await.expect(201);
    app.run_jobs().await;
    app.advance(chrono::Duration::days(200));
    let worker = lapak::worker::worker(&app);
    worker.run_periodic().await;
    app.run_jobs().await;
    // What happened on the way is news of today.
    assert!(!told(&ani).await.contains(&"order.awaiting_payment".to_owned()));
}
