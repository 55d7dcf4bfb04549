//! Drives checkouts of one line at a running server: so many buyers at once, each one purchase after the other, out of carts
//! that were filled before the clock starts. `benches/checkout.sh` starts the server and sets these numbers beside `pgbench`.

#![expect(clippy::disallowed_methods, reason = "a driver beside the service, told by its script")]

use std::time::{Duration, Instant};

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const PASSWORD: &str = "sembilan-kuda-merah-42";
/// Different articles, so that buyers seldom wait for the same row.
const PRODUCTS: usize = 200;
const PRICE: i64 = 50_000;

#[tokio::main]
async fn main() -> Outcome<()> {
    // `cargo test --benches` and the like start it without a server.
    let Ok(base) = std::env::var("LAPAK_BENCH_URL") else {
        println!("LAPAK_BENCH_URL names no server; benches/checkout.sh starts one");
        return Ok(());
    };
    let number = |name: &str, usual: usize| std::env::var(name).map_or(Ok(usual), |text| text.parse());
    let (clients, each) = (number("CLIENTS", 32)?, number("EACH", 200)?);
    let api = Api { client: Client::new(), base };
    let goods = stock(&api).await?;
    let mut buyers = JoinSet::new();
    let mut ready = Vec::new();
    for number in 0..clients {
        // The server hashes few passwords at once, and says that it is busy with more.
        if buyers.len() == 2
            && let Some(buyer) = buyers.join_next().await
        {
            ready.push(buyer??);
        }
        buyers.spawn(Buyer::fill(api.clone(), goods.clone(), number, each + WARM_UP));
    }
    while let Some(buyer) = buyers.join_next().await {
        ready.push(buyer??);
    }
    // The first ones fill caches and open connections.
    run(&mut ready, WARM_UP).await?;
    let started = Instant::now();
    let times = run(&mut ready, each).await?;
    report(times, started.elapsed());
    Ok(())
}

/// Purchases of each buyer that are not counted.
const WARM_UP: usize = 10;

/// All buyers at once, so many purchases each.
async fn run(buyers: &mut Vec<Buyer>, each: usize) -> Outcome<Vec<Duration>> {
    let mut running = JoinSet::new();
    for buyer in buyers.drain(..) {
        running.spawn(buyer.buy(each));
    }
    let mut all = Vec::new();
    while let Some(done) = running.join_next().await {
        let (buyer, times) = done??;
        buyers.push(buyer);
        all.extend(times);
    }
    Ok(all)
}

fn report(mut times: Vec<Duration>, whole: Duration) {
    times.sort_unstable();
    let at = |percent: usize| {
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    let (count, seconds) = (times.len(), whole.as_secs_f64());
    println!(
        "checkouts {count} in {seconds:.1} s: {:.1}/s, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms",
        f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds,
        at(50),
        at(95),
        at(99)
    );
}

/// The server under test.
#[derive(Clone)]
struct Api {
    client: Client,
    base: String,
}

impl Api {
    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Outcome<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).json(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(path, request.send().await?).await
    }

    /// Somebody signed in, by the value of the header.
    async fn sign_in(&self, login: &str, password: &str) -> Outcome<String> {
        let body = json!({"login": login, "password": password});
        let session = self.call(Method::POST, "/v1/auth/login", &[], &body).await?;
        Ok(format!("Bearer {}", text(&session["access_token"])))
    }

    async fn register(&self, name: &str) -> Outcome<String> {
        let email = format!("{name}@beban.example");
        let body = json!({"name": "Pembeli Beban", "password": PASSWORD, "email": email});
        self.call(Method::POST, "/v1/auth/register", &[], &body).await?;
        self.sign_in(&email, PASSWORD).await
    }
}

async fn answer(path: &str, response: Response) -> Outcome<Value> {
    let status = response.status();
    let body = response.text().await?;
    if status.is_success() {
        Ok(serde_json::from_str(&body)?)
    } else {
        Err(format!("{path}: {status} {body}").into())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What can be bought: a shop and its articles.
#[derive(Clone)]
struct Goods {
    shop: String,
    variants: Vec<String>,
}

async fn stock(api: &Api) -> Outcome<Goods> {
    let officer = std::env::var("OFFICER_LOGIN")?;
    let officer = api.sign_in(&officer, &std::env::var("OFFICER_PASSWORD")?).await?;
    let owner = api.register("pemilik").await?;
    let (officer, owner) = ([("authorization", officer.as_str())], [("authorization", owner.as_str())]);
    let body = json!({
        "name": "Toko Beban", "legal_form": "person", "phone": "081290001234",
        "address": {"line": "Jl. Raya Industri 1", "district_code": "32.16.09"},
    });
    let shop = text(&api.call(Method::POST, "/v1/vendors", &owner, &body).await?["id"]);
    api.call(Method::POST, &format!("/v1/vendors/{shop}/submit"), &owner, &json!({})).await?;
    api.call(Method::POST, &format!("/v1/admin/vendors/{shop}/verify"), &officer, &json!({})).await?;
    let mut variants = Vec::with_capacity(PRODUCTS);
    let products = format!("/v1/vendors/{shop}/products");
    for number in 0..PRODUCTS {
        let body = json!({
            "title": format!("Kain batik {number}"), "description": "Batik tulis, buatan Bekasi", "category": "batik",
            "variants": [{"price": PRICE, "stock": 90_000}],
        });
        let made = api.call(Method::POST, &products, &owner, &body).await?;
        let publish = format!("{products}/{}/publish", text(&made["id"]));
        api.call(Method::POST, &publish, &owner, &json!({})).await?;
        variants.push(text(&made["variants"][0]["id"]));
    }
    Ok(Goods { shop, variants })
}

/// Somebody with carts that are full.
struct Buyer {
    api: Api,
    shop: String,
    token: String,
    carts: Vec<(String, String)>,
}

impl Buyer {
    async fn fill(api: Api, goods: Goods, number: usize, carts: usize) -> Outcome<Self> {
        let token = api.register(&format!("pembeli-{number}")).await?;
        let mut filled = Vec::with_capacity(carts);
        for cart in 0..carts {
            // A person has one open cart; guests have as many as they like, and a checkout adopts them.
            let made = api.call(Method::POST, "/v1/carts", &[], &json!({})).await?;
            let (id, secret) = (text(&made["id"]), text(&made["secret"]));
            let article = (number * 7919 + cart * 104_729) % goods.variants.len();
            let path = format!("/v1/carts/{id}/lines/{}", goods.variants[article]);
            let guest = [("x-cart-secret", secret.as_str())];
            api.call(Method::PUT, &path, &guest, &json!({"quantity": 1})).await?;
            filled.push((id, secret));
        }
        Ok(Self { api, shop: goods.shop, token, carts: filled })
    }

    async fn buy(mut self, purchases: usize) -> Outcome<(Self, Vec<Duration>)> {
        let mut times = Vec::with_capacity(purchases);
        for _ in 0..purchases {
            let (cart, secret) = self.carts.pop().ok_or("no cart is left")?;
            let headers = [
                ("authorization", self.token.as_str()),
                ("x-cart-secret", secret.as_str()),
                ("idempotency-key", cart.as_str()),
            ];
            let body = json!({
                "cart_id": cart, "payment_method": "sandbox", "expected_total": PRICE,
                "shipping_address": {
                    "recipient": "Ani Suryani", "phone": "081234567890", "line": "Jl. Melati 5, RT 02/03",
                    "district_code": "32.16.09",
                },
                "deliveries": [{"vendor_id": self.shop, "method": "pickup"}],
            });
            let started = Instant::now();
            self.api.call(Method::POST, "/v1/checkouts", &headers, &body).await?;
            times.push(started.elapsed());
        }
        Ok((self, times))
    }
}
