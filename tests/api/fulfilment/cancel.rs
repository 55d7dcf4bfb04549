//! Ends without a sale: who may end what, why, and what follows.

use lapak::worker;
use serde_json::{Value, json};

use super::{accepted, paid, seen, told};
use crate::settlement::{balance, books_are_right};
use crate::support::shop::list;
use crate::support::{Purchase, TestApp, both};

both![
    reasons_are_kept_and_counted,
    an_unpaid_purchase_ends_as_a_whole,
    what_the_shop_took_itself_is_its_debt with "payments.custody = 'none'",
];

/// The code of a shop, as its bank drew it.
const CODE: &str = "00020101021126650013ID.CO.BJB.WWW011893600110000000000102150000000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204549953033605802ID5920KRIPIK TEMPE BU SITI6011KAB. BEKASI6105175306304C202";

async fn reasons_are_kept_and_counted(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let (_, first) = paid(&buyer, &cloth, 1).await;
    let cancel = format!("/v1/orders/{first}/cancel");
    let foreign = buyer.post(&cancel).json(json!({"reason": "out_of_stock"})).send().await;
    assert_eq!(foreign.expect_problem(422, "invalid")["errors"][0]["pointer"], "/reason");
    let why = json!({"reason": "found_elsewhere", "note": "lebih dekat"});
    buyer.post(&cancel).json(why).send().await.expect(200);
    let order = accepted(&shop, &buyer, &cloth, 1).await;
    let path = shop.path(&format!("/orders/{order}/cancel"));
    let theirs = shop.owner.post(&path).json(json!({"reason": "changed_mind"})).send().await;
    theirs.expect_problem(422, "invalid");
    let why = json!({"reason": "out_of_stock", "note": "kain habis"});
    let ended = shop.owner.post(&path).json(why).send().await.expect(200).json();
    assert_eq!(ended["status"], "cancelled");
    assert_eq!(told(&app, "order.cancelled_by_shop").await, 2);
    let read = seen(&buyer, &order).await;
    assert_eq!(read["end_reason"], "out_of_stock");
    let timeline = buyer.get(&format!("/v1/orders/{order}/timeline")).send().await.expect(200).json();
    let last = list(&timeline["items"]).iter().find(|item| item["kind"] == "order.cancelled").unwrap();
    assert_eq!((&last["by"], &last["detail"]["reason"]), (&json!("vendor"), &json!("out_of_stock")));
    assert_eq!(last["text"], "kain habis");
    let (_, declined) = paid(&buyer, &cloth, 1).await;
    let path = shop.path(&format!("/orders/{declined}/decline"));
    shop.owner.post(&path).json(json!({"reason": "cannot_deliver"})).send().await.expect(200);
    assert_eq!(app.stock(cloth.variant()).await, (10, 0));
    // The office reads how the shop deals with its orders, and so does the shop.
    let admin = format!("/v1/admin/vendors/{}/order-figures", shop.id);
    let figures = app.officer().await.get(&admin).send().await.expect(200);
    let own = shop.owner.get(&shop.path("/order-figures")).send().await.expect(200).json();
    assert_eq!(figures.json(), own);
    let count = |figures: &Value, status: &str, reason: &str| {
        let found =
            list(&figures["orders"]).iter().find(|row| row["status"] == status && row["reason"] == reason);
        found.map(|row| row["orders"].clone())
    };
    assert_eq!(count(&own, "cancelled", "out_of_stock"), Some(json!(1)));
    assert_eq!(count(&own, "cancelled", "found_elsewhere"), Some(json!(1)));
    assert_eq!(count(&own, "declined", "cannot_deliver"), Some(json!(1)));
    buyer.get(&admin).send().await.expect_problem(403, "role-missing");
    let nobody = "/v1/admin/vendors/01900000-0000-7000-8000-00000000dead/order-figures";
    app.officer().await.get(nobody).send().await.expect_problem(404, "not-found");
}

async fn an_unpaid_purchase_ends_as_a_whole(app: TestApp) {
    let (one, two) = (app.vendor("Toko Batik").await, app.vendor("Toko Lain").await);
    let buyer = app.buyer("ani").await;
    let (cloth, bag) = (one.product("Batik").create().await, two.product("Tas").create().await);
    let purchase: Purchase = buyer.checkout().item(&cloth, 1).item(&bag, 1).send().await.into();
    let why = json!({"reason": "ordered_by_mistake"});
    buyer.post(&format!("/v1/orders/{}/cancel", purchase.orders[0])).json(why).send().await.expect(200);
    for order in &purchase.orders {
        let read = seen(&buyer, order).await;
        assert_eq!(
            (&read["status"], &read["end_reason"]),
            (&json!("cancelled"), &json!("ordered_by_mistake"))
        );
    }
}

async fn what_the_shop_took_itself_is_its_debt(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(32_500).create().await;
    let settings = json!({"bank_account": false, "qris": CODE});
    shop.owner.put(&shop.path("/payment-settings")).json(settings).send().await.expect(200);
    let wish = buyer.checkout().pay_by("direct_to_vendor").item(&cloth, 2);
    let purchase: Purchase = wish.send().await.into();
    let order = purchase.orders[0].as_str();
    let confirm = shop.path(&format!("/orders/{order}/confirm-payment"));
    shop.owner.post(&confirm).key("kunci-terima-uang").send().await.expect(200);
    shop.moves(order, "decline").await.expect(200);
    worker::worker(&app).run_periodic().await;
    assert_eq!(balance(&shop).await, (0, 0, 65_000));
    books_are_right(&app).await;
}
