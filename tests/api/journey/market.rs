//! Two shops that open from nothing, and what a shop does with an order.

use serde_json::json;

use crate::support::people::PASSWORD;
use crate::support::shop::{Product, Shop, list, text};
use crate::support::{Person, TestApp};

/// Price of a shirt.
pub const SHIRT: i64 = 150_000;
/// Price of a bag of chips.
pub const CHIPS: i64 = 12_500;

/// Two shops: batik in two sizes with a picture, and chips.
pub struct Market {
    pub batik: Shop,
    pub shirt: Product,
    pub snacks: Shop,
    pub chips: Product,
}

pub async fn open_market(app: &TestApp) -> Market {
    let batik = app.open_by_phone("Batik Tarumajaya", "0812-9000-1234").await;
    let snacks = app.vendor("Dapur Bu Siti").await;
    let shirt = batik.product("Kemeja batik tulis motif pesisir").draft().with(
        "variants",
        json!([
            {"price": SHIRT, "stock": 5, "sku": "KBT-M", "weight_g": 250, "options": {"ukuran": "M"}},
            {"price": SHIRT, "stock": 3, "sku": "KBT-L", "weight_g": 270, "options": {"ukuran": "L"}},
        ]),
    );
    let shirt = shirt.create().await;
    let hidden = app.get(&format!("/v1/products/{}", shirt.id)).send().await;
    hidden.expect_problem(404, "not-found");
    publish_with_picture(&batik, &shirt).await;
    let chips = snacks.product("Keripik singkong balado").price(CHIPS).stock(40);
    let chips = chips.with("category", "keripik".into()).create().await;
    Market { batik, shirt, snacks, chips }
}

async fn publish_with_picture(shop: &Shop, product: &Product) {
    let picture = shop.upload(product).await;
    assert!(picture["url"].is_string() && !picture["thumbnails"].is_null(), "{picture}");
    let path = shop.path(&format!("/products/{}", product.id));
    let draft = shop.owner.get(&path).send().await.expect(200);
    assert_eq!(draft.json()["status"], "draft");
    let better = shop.owner.patch(&path).if_match(&draft);
    let better = better.json(json!({"description": "Batik tulis tangan dari Tarumajaya"}));
    let edited = better.send().await.expect(200);
    assert_ne!(edited.header("etag"), draft.header("etag"));
    let again = shop.owner.patch(&path).if_match(&draft).json(json!({"title": "Batik tulis"}));
    again.send().await.expect_problem(412, "stale");
    let published = shop.owner.post(&format!("{path}/publish")).send().await.expect(200);
    assert_eq!(published.json()["status"], "published");
    let public = shop.owner.app().get(&format!("/v1/products/{}", product.slug)).send().await;
    assert_eq!(list(&public.expect(200).json()["variants"]).len(), 2);
}

pub async fn fulfil(buyer: &Person, shop: &Shop, order: &str) {
    let early = shop.moves(order, "ship").await;
    early.expect(409).problem();
    for (act, status) in [("accept", "accepted"), ("ship", "shipped"), ("deliver", "delivered")] {
        let moved = shop.moves(order, act).await.expect(200).json();
        assert_eq!(moved["status"], status);
    }
    let received = buyer.moves(order, "receive").await.expect(200).json();
    assert_eq!(received["status"], "completed");
    buyer.moves(order, "receive").await.expect(409).problem();
}

impl TestApp {
    /// A shop whose owner has no e-mail, step by step.
    async fn open_by_phone(&self, name: &str, phone: &str) -> Shop {
        let siti = self.register_by_phone(phone).await;
        let body = json!({
            "name": name,
            "legal_form": "person",
            "phone": phone,
            "address": {"line": "Kp. Tambun 3", "district_code": "32.16.01", "village_code": "32.16.01.1007"},
            "description": "Batik pesisir Bekasi",
        });
        let made = siti.post("/v1/vendors").json(body).send().await.expect(201).json();
        assert_eq!(made["status"], "draft");
        let shop = Shop { id: text(&made["id"]), slug: text(&made["slug"]), owner: siti };
        let public = format!("/v1/vendors/{}", shop.slug);
        self.get(&public).send().await.expect(404);
        self.verify(&shop).await;
        let seen = self.get(&public).send().await.expect(200).json();
        assert_eq!(seen["id"], shop.id.as_str());
        shop
    }

    async fn verify(&self, shop: &Shop) {
        let submitted = shop.owner.post(&shop.path("/submit")).send().await;
        assert_eq!(submitted.expect(200).json()["status"], "submitted");
        let verify = format!("/v1/admin/vendors/{}/verify", shop.id);
        let body = json!({"note": "lengkap"});
        let verified = self.officer().await.post(&verify).json(body).send().await;
        assert_eq!(verified.expect(200).json()["status"], "active");
    }

    async fn register_by_phone(&self, phone: &str) -> Person {
        let body = json!({"name": "Siti", "phone": phone, "password": PASSWORD});
        let register = || self.post("/v1/auth/register").json(body.clone()).send();
        let made = register().await.expect(201).json();
        register().await.expect_problem(409, "account-exists");
        self.person(text(&made["id"]).parse().unwrap(), phone.to_owned())
    }
}
