//! A client that writes down what it sent and what it was told, and tries again when the server goes away.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::Log;
use crate::support::people::PASSWORD;
use crate::support::shop::{Product, address, text};

/// One person with one connection pool.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    login: String,
    token: OnceCell<String>,
    method: &'static str,
}

/// A checkout as it was sent, and its answer once one came.
pub struct Order {
    pub client: Client,
    pub key: String,
    pub body: Value,
    pub answer: Option<Bytes>,
}

impl Client {
    pub fn new(base: String, login: String) -> Self {
        Self { http: reqwest::Client::new(), base, login, token: OnceCell::new(), method: "sandbox" }
    }

    /// Pays its orders in another way.
    pub fn paying(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    /// Signs in if that has not been done.
    pub async fn signed_in(self) -> Self {
        self.token.get_or_init(|| self.sign_in()).await;
        self
    }

    /// Sends a request until it is answered, whatever the answer is; 503 is none.
    pub async fn until_answered(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        loop {
            let request = self.request(Method::POST, path).header("idempotency-key", key).json(body);
            if let Ok(reply) = request.send().await {
                let status = reply.status().as_u16();
                let body: Value = reply.json().await.unwrap_or_default();
                if status != 503 && body["code"] != "in-progress" {
                    return (status, body);
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Orders again and again; every order ends acknowledged, however often the server goes away.
    pub async fn order_until_done(self, products: Vec<Product>, log: Log, orders: usize) {
        self.token.get_or_init(|| self.sign_in()).await;
        for number in 0..orders {
            let body = self.fill_cart(&products, number).await;
            let order = Order {
                client: self.clone(),
                key: format!("pesanan-{number}-{}", self.login),
                body,
                answer: None,
            };
            // The intent is written down before the request, the answer after it.
            let at = {
                let mut log = log.lock().await;
                log.push(order);
                log.len() - 1
            };
            let answer = self.acknowledge(&log, at).await;
            log.lock().await[at].answer = Some(answer);
        }
    }

    async fn acknowledge(&self, log: &Log, at: usize) -> Bytes {
        loop {
            let request = self.checkout(&log.lock().await[at]);
            match Self::outcome(request).await {
                Some(answer) => return answer,
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// The answer, if there was one; whether anything happened otherwise is unknown.
    async fn outcome(request: reqwest::RequestBuilder) -> Option<Bytes> {
        let reply = request.send().await.ok()?;
        let status = reply.status().as_u16();
        let body = reply.bytes().await.ok()?;
        // 409 only for a key whose first request is not finished, 503 while starting.
        assert!(
            matches!(status, 201 | 503) || body_code(&body) == "in-progress",
            "{status}: {}",
            String::from_utf8_lossy(&body)
        );
        (status == 201).then_some(body)
    }

    /// Sends an order again.
    pub async fn send(&self, order: &Order) -> Option<Bytes> {
        Self::outcome(self.checkout(order)).await
    }

    fn checkout(&self, order: &Order) -> reqwest::RequestBuilder {
        self.request(Method::POST, "/v1/checkouts").header("idempotency-key", &order.key).json(&order.body)
    }

    /// A cart with one piece of two products; the eighth order also takes what sells out by that.
    async fn fill_cart(&self, products: &[Product], number: usize) -> Value {
        let rare = products.len() - 1;
        let mut wanted = vec![number % rare, (number + 1) % rare];
        if number == 7 {
            wanted.push(rare);
        }
        let cart = self.insist(Method::POST, "/v1/carts", json!({})).await;
        let cart = text(&cart["id"]);
        for product in wanted {
            let path = format!("/v1/carts/{cart}/lines/{}", products[product].variant());
            self.insist(Method::PUT, &path, json!({"quantity": 1})).await;
        }
        let mut body = json!({
            "cart_id": cart,
            "shipping_address": address(),
            "deliveries": [{"vendor_id": products[0].shop_id, "method": "pickup"}],
        });
        let quote = self.insist(Method::POST, "/v1/checkouts/quote", body.clone()).await;
        body["expected_total"] = quote["total"].clone();
        body["payment_method"] = self.method.into();
        body
    }

    async fn sign_in(&self) -> String {
        let body = json!({"login": self.login, "password": PASSWORD});
        text(&self.insist(Method::POST, "/v1/auth/login", body).await["access_token"])
    }

    pub async fn get(&self, path: &str) -> Value {
        let reply = self.request(Method::GET, path).send().await.unwrap();
        reply.error_for_status().unwrap().json().await.unwrap()
    }

    /// Sends a request that can be repeated until it is answered.
    async fn insist(&self, method: Method, path: &str, body: Value) -> Value {
        loop {
            let request = self.request(method.clone(), path);
            let request = if path == "/v1/carts" { request } else { request.json(&body) };
            if let Ok(reply) = request.send().await
                && reply.status().as_u16() != 503
            {
                let status = reply.status();
                if let Ok(body) = reply.bytes().await {
                    assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
                    return serde_json::from_slice(&body).unwrap();
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match self.token.get() {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

fn body_code(body: &Bytes) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    problem["code"].as_str().unwrap_or_default().to_owned()
}
