//! Nobody holds money for others: buyers pay the shop itself.

use lapak::kernel::Rupiah;
use lapak::kernel::qris::Qris;
use lapak::payments::entity::account;
use serde_json::json;

use crate::support::{Purchase, TestApp, both, text};

both![
    the_shop_is_paid_itself with "payments.custody = 'none'",
];

const CODE: &str = "00020101021126650013ID.CO.BJB.WWW011893600110000000000102150000000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204549953033605802ID5920KRIPIK TEMPE BU SITI6011KAB. BEKASI6105175306304C202";

async fn the_shop_is_paid_itself(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(32_500).stock(9).create().await;
    // Who may hold nothing offers nothing that would be held, and the shop has not said how it is paid.
    for method in ["manual_transfer", "qris", "virtual_account", "direct_to_vendor"] {
        let refused =
            buyer.checkout().pay_by(method).item(&cloth, 1).send().await.expect_problem(422, "invalid");
        assert_eq!(refused["errors"][0]["code"], "not-offered", "{method}");
    }
    let settings = shop.path("/payment-settings");
    let set = |qris: &str| shop.owner.put(&settings).json(json!({"bank_account": true, "qris": qris}));
    let dynamic = Qris::parse(CODE).unwrap().with_amount(Rupiah::new(1).unwrap()).unwrap().to_string();
    for (code, fault) in
        [("", "qris"), (CODE.replace("SITI", "SITA").as_str(), "qris"), (dynamic.as_str(), "qris-dynamic")]
    {
        let refused = set(code).send().await.expect_problem(422, "invalid");
        assert_eq!(refused["errors"][0]["code"], fault);
    }
    let shown = set(CODE).send().await.expect(200).json();
    assert_eq!(
        (&shown["qris_name"], &shown["qris_nmid"]),
        (&json!("KRIPIK TEMPE BU SITI"), &json!("ID1020000000001"))
    );
    assert_eq!(shop.owner.get(&settings).send().await.expect(200).json(), shown);

    let purchase: Purchase = buyer.checkout().pay_by("direct_to_vendor").item(&cloth, 2).send().await.into();
    let payment = format!("/v1/payments/{}", purchase.payment_id);
    let told = buyer.get(&payment).send().await.expect(200).json()["instructions"].clone();
    assert_eq!(Qris::parse(&text(&told["qris"])).unwrap().amount(), Rupiah::new(65_000).ok());
    // An account waits before it counts.
    assert_eq!(told["account"], json!(null));

    let confirm = shop.path(&format!("/orders/{}/confirm-payment", purchase.orders[0]));
    buyer.post(&confirm).key("kunci-terima").send().await.expect(403);
    for _ in 0..2 {
        let confirmed = shop.owner.post(&confirm).key("kunci-terima").send().await.expect(200).json();
        assert_eq!(confirmed["status"], "paid");
    }
    shop.owner.post(&confirm).key("kunci-terima-2").send().await.expect_problem(409, "payment-state");
    assert_eq!(buyer.order_status(&purchase.orders[0]).await, "paid");
    // In the books it never passed through our hands.
    assert_eq!(app.balance(account::Kind::Clearing, None).await, 0);
    assert_eq!(app.balance(account::Kind::PaidToShop, None).await, -65_000);

    let cash: Purchase = buyer.checkout().pay_by("cod").item(&cloth, 1).send().await.into();
    let confirm = shop.path(&format!("/orders/{}/confirm-payment", cash.orders[0]));
    shop.owner.post(&confirm).key("kunci-tunai").send().await.expect_problem(409, "payment-method-mismatch");
    let other = app.vendor("Toko Lain").await;
    let bag = other.product("Tas").price(10_000).create().await;
    let both = buyer.checkout().pay_by("direct_to_vendor").item(&cloth, 1).item(&bag, 1).send().await;
    assert_eq!(both.expect_problem(422, "invalid")["errors"][0]["code"], "one-shop");
}
