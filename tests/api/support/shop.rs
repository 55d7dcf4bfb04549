//! Shops, their products, and buying from them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Person, Reply, Request, TestApp};

/// A shop that sells.
#[derive(Clone)]
pub struct Shop {
    pub id: String,
    pub slug: String,
    pub owner: Person,
}

/// A product with its variants.
#[derive(Clone, Debug)]
pub struct Product {
    pub id: String,
    pub slug: String,
    pub shop_id: String,
    pub variants: Vec<String>,
}

/// What a new product is made of.
#[must_use]
pub struct NewProduct<'a> {
    shop: &'a Shop,
    body: Value,
    publish: bool,
}

impl TestApp {
    /// A shop with its owner, verified by the officer.
    pub async fn vendor(&self, name: &str) -> Shop {
        let shop = self.unverified_vendor(name).await;
        let path = format!("/v1/vendors/{}/submit", shop.id);
        shop.owner.post(&path).send().await.expect(200);
        let path = format!("/v1/admin/vendors/{}/verify", shop.id);
        let verified = self.officer().await.post(&path).json(json!({})).send().await;
        assert_eq!(verified.expect(200).json()["status"], "active");
        shop
    }

    /// A shop that its owner has just made.
    pub async fn unverified_vendor(&self, name: &str) -> Shop {
        let owner = self.buyer(&format!("pemilik {name}")).await;
        let body = json!({
            "name": name,
            "legal_form": "person",
            "phone": "081290001234",
            "address": {"line": "Jl. Raya Industri 1", "district_code": "32.16.09"},
        });
        let made = owner.post("/v1/vendors").json(body).send().await.expect(201).json();
        Shop { id: text(&made["id"]), slug: text(&made["slug"]), owner }
    }
}

impl TestApp {
    /// An officer decides about a product as it is now: `approve` or `reject`, or any other act that names the version.
    pub async fn decides(&self, product_id: &str, act: &str, mut body: Value) -> Reply {
        let officer = self.officer().await;
        let path = format!("/v1/admin/products/{product_id}");
        let seen = officer.get(&path).send().await.expect(200).json();
        body["version"] = seen["version"].clone();
        officer.post(&format!("{path}/{act}")).json(body).send().await
    }
}

impl Shop {
    pub fn product(&self, title: &str) -> NewProduct<'_> {
        NewProduct {
            shop: self,
            publish: true,
            body: json!({
                "title": title,
                "description": format!("{title}, buatan Bekasi"),
                "category": "batik",
                "variants": [{"price": 50_000, "stock": 10}],
            }),
        }
    }

    /// A path under the shop.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/vendors/{}{rest}", self.id)
    }

    /// Moves an order: `accept`, `decline`, `ship` or `deliver`.
    pub async fn moves(&self, order_id: &str, act: &str) -> Reply {
        let path = self.path(&format!("/orders/{order_id}/{act}"));
        self.owner.post(&path).json(json!({})).send().await
    }
}

impl NewProduct<'_> {
    pub fn price(mut self, rupiah: i64) -> Self {
        self.body["variants"][0]["price"] = rupiah.into();
        self
    }

    pub fn stock(mut self, pieces: i64) -> Self {
        self.body["variants"][0]["stock"] = pieces.into();
        self
    }

    /// Sets any member of the request.
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.body[member] = value;
        self
    }

    pub fn draft(mut self) -> Self {
        self.publish = false;
        self
    }

    pub async fn create(self) -> Product {
        let request = self.shop.owner.post(&self.shop.path("/products"));
        let made = request.json(self.body).send().await.expect(201).json();
        let product = Product {
            id: text(&made["id"]),
            slug: text(&made["slug"]),
            shop_id: self.shop.id.clone(),
            variants: list(&made["variants"]).iter().map(|variant| text(&variant["id"])).collect(),
        };
        if self.publish {
            let path = self.shop.path(&format!("/products/{}/publish", product.id));
            self.shop.owner.post(&path).send().await.expect(200);
        }
        product
    }
}

impl Product {
    /// Its first variant.
    pub fn variant(&self) -> &str {
        &self.variants[0]
    }
}

/// A checkout that is being put together: one product after the other, pick-up, sandbox payment.
#[must_use]
#[derive(Clone)]
pub struct Checkout {
    buyer: Person,
    lines: Vec<(String, i64, Option<String>)>,
    shops: BTreeSet<String>,
    method: String,
    delivery: String,
    key: String,
}

impl Person {
    pub fn checkout(&self) -> Checkout {
        Checkout {
            buyer: self.clone(),
            lines: Vec::new(),
            shops: BTreeSet::new(),
            method: "sandbox".to_owned(),
            delivery: "pickup".to_owned(),
            key: format!("kunci-{}-{}", self.id(), self.app().next()),
        }
    }

    /// Buys one piece and returns the purchase.
    pub async fn buy(&self, product: &Product) -> Purchase {
        self.checkout().item(product, 1).send().await.into()
    }

    /// Pays a purchase by hand.
    pub async fn settle(&self, purchase: &Purchase) -> Reply {
        let path = format!("/v1/sandbox/payments/{}/settle", purchase.payment_id);
        self.post(&path).send().await
    }

    /// Acts on an order of one's own: `cancel` or `receive`.
    pub async fn moves(&self, order_id: &str, act: &str) -> Reply {
        let path = format!("/v1/orders/{order_id}/{act}");
        self.post(&path).json(json!({})).send().await
    }

    /// Where an order stands.
    pub async fn order_status(&self, order_id: &str) -> String {
        let reply = self.get(&format!("/v1/orders/{order_id}")).send().await;
        text(&reply.expect(200).json()["status"])
    }
}

impl Checkout {
    pub fn item(self, product: &Product, quantity: i64) -> Self {
        self.line(&product.shop_id, product.variant(), quantity, None)
    }

    pub fn line(mut self, shop_id: &str, variant_id: &str, quantity: i64, note: Option<&str>) -> Self {
        self.lines.push((variant_id.to_owned(), quantity, note.map(str::to_owned)));
        self.shops.insert(shop_id.to_owned());
        self
    }

    /// `sandbox`, `manual_transfer` or `cod`.
    pub fn pay_by(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// `own_courier`, `zone` or `pickup`, for every shop.
    pub fn deliver_by(mut self, delivery: &str) -> Self {
        delivery.clone_into(&mut self.delivery);
        self
    }

    pub fn key(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// Fills a cart, asks for a quote, and orders it.
    pub async fn send(self) -> Reply {
        self.request().await.send().await
    }

    /// All but the last step.
    pub async fn request(self) -> Request {
        let body = self.body().await;
        self.buyer.post("/v1/checkouts").key(&self.key).json(body)
    }

    /// The body of the last step.
    pub async fn body(&self) -> Value {
        let cart = self.buyer.post("/v1/carts").send().await.expect(201);
        let cart = text(&cart.json()["id"]);
        for (variant, quantity, note) in &self.lines {
            let mut body = json!({"quantity": quantity});
            if let Some(note) = note {
                body["note"] = note.as_str().into();
            }
            let path = format!("/v1/carts/{cart}/lines/{variant}");
            self.buyer.put(&path).json(body).send().await.expect(200);
        }
        let mut body = self.quote_body(&cart);
        let quote = self.buyer.post("/v1/checkouts/quote").json(body.clone()).send().await;
        body["expected_total"] = quote.expect(200).json()["total"].clone();
        body["payment_method"] = self.method.as_str().into();
        body
    }

    /// What a quote for this cart is asked with.
    pub fn quote_body(&self, cart: &str) -> Value {
        let delivery = |shop: &String| json!({"vendor_id": shop, "method": self.delivery});
        json!({
            "cart_id": cart,
            "shipping_address": address(),
            "deliveries": self.shops.iter().map(delivery).collect::<Vec<_>>(),
        })
    }
}

/// An address in the regency.
pub fn address() -> Value {
    json!({
        "recipient": "Ani Suryani",
        "phone": "081234567890",
        "line": "Jl. Melati 5, RT 02/03",
        "district_code": "32.16.09",
    })
}

/// A purchase as the checkout answered it.
#[derive(Clone, Debug)]
pub struct Purchase {
    pub id: String,
    pub payment_id: String,
    pub total: i64,
    pub orders: Vec<String>,
    /// The whole answer.
    pub answer: Value,
}

impl From<Reply> for Purchase {
    #[track_caller]
    fn from(reply: Reply) -> Self {
        let answer = reply.expect(201).json();
        Self {
            id: text(&answer["purchase_id"]),
            payment_id: text(&answer["payment"]["id"]),
            total: answer["total"].as_i64().unwrap(),
            orders: list(&answer["orders"]).iter().map(|order| text(&order["id"])).collect(),
            answer,
        }
    }
}

impl Purchase {
    /// The order of one shop.
    pub fn order_of(&self, shop: &Shop) -> &str {
        let orders = list(&self.answer["orders"]);
        let order = orders.iter().find(|order| order["vendor_id"] == shop.id.as_str());
        order.unwrap()["id"].as_str().unwrap()
    }
}

/// A JSON text.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A JSON list.
#[track_caller]
pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}
