//! A payment gateway that can be trusted with nothing: it speaks as Midtrans does, and lies, stalls and repeats when told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::{get, post};
use lapak::config::{Config, Provider};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::{Reply, TestApp};

/// The secret between the gateway and the service.
pub const KEY: &str = "SB-Mid-server-TESTKEY";

/// How the next call that changes something is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Does it and never answers.
    Silent,
    /// Does it and answers with a page.
    Page,
    /// Does nothing and never answers.
    Deaf,
    /// Does it and names another amount.
    Lying,
    /// Says no.
    Refusing,
}

#[derive(Clone, Debug)]
struct Charge {
    kind: String,
    amount: i64,
    status: String,
    refunds: Vec<(String, i64)>,
}

#[derive(Default)]
struct World {
    charges: BTreeMap<String, Charge>,
    moods: VecDeque<Mood>,
    /// Silent about how charges stand.
    mute: bool,
    calls: Vec<String>,
}

type Shared = Arc<Mutex<World>>;

/// The gateway; it stops with the test.
#[derive(Clone)]
pub struct FakeGateway {
    pub url: String,
    world: Shared,
}

impl FakeGateway {
    pub async fn start() -> Self {
        let world = Shared::default();
        let routes = Router::new()
            .route("/v2/charge", post(charge))
            .route("/v2/{reference}/status", get(status))
            .route("/v2/{reference}/cancel", post(cancel))
            .route("/v2/{reference}/refund/online/direct", post(refund))
            .with_state(world.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, world }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// What the settings have to say so that this gateway serves everything.
    pub fn serve(&self, config: &mut Config) {
        let payments = &mut config.payments;
        payments.midtrans_url.clone_from(&self.url);
        payments.midtrans_server_key = KEY.to_owned().into();
        payments.gateway_timeout = Duration::from_millis(400);
        (payments.qris, payments.virtual_account) = (Provider::Midtrans, Provider::Midtrans);
    }

    /// Forgets charges and calls.
    pub fn forget(&self) {
        let mut world = self.world();
        world.charges.clear();
        world.calls.clear();
    }

    /// Takes the next calls so.
    pub fn moods(&self, moods: &[Mood]) {
        self.world().moods.extend(moods);
    }

    /// Takes every call honestly again.
    pub fn calm(&self) {
        self.world().moods.clear();
    }

    /// Answers no question about charges, or does again.
    pub fn mute(&self, mute: bool) {
        self.world().mute = mute;
    }

    /// The buyer pays, whatever became of the charge.
    pub fn pay(&self, reference: &str) {
        self.stand(reference, "settlement");
    }

    pub fn stand(&self, reference: &str, status: &str) {
        status.clone_into(&mut self.world().charges.get_mut(reference).unwrap().status);
    }

    /// Every charge that was made, in order.
    pub fn references(&self) -> Vec<String> {
        self.world().charges.keys().cloned().collect()
    }

    pub fn status_of(&self, reference: &str) -> String {
        self.world().charges[reference].status.clone()
    }

    /// What went back of a charge.
    pub fn refunds(&self, reference: &str) -> Vec<(String, i64)> {
        self.world().charges[reference].refunds.clone()
    }

    /// How often something was asked.
    pub fn calls(&self, what: &str) -> usize {
        self.world().calls.iter().filter(|call| *call == what).count()
    }

    /// A signed message as the gateway sends it.
    pub fn message(&self, reference: &str, status: &str) -> Value {
        let amount = self.world().charges.get(reference).map_or(65_000, |charge| charge.amount);
        signed(json!({
            "order_id": reference, "transaction_id": format!("t-{reference}"), "transaction_status": status,
            "status_code": if status == "pending" { "201" } else { "200" }, "gross_amount": format!("{amount}.00"),
            "currency": "IDR", "payment_type": "qris", "fraud_status": "accept",
        }))
    }
}

/// Signs a message anew, so that a lie is a signed lie.
pub fn signed(mut message: Value) -> Value {
    let of = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    let text = format!("{}{}{}{KEY}", of("order_id"), of("status_code"), of("gross_amount"));
    let digest: String = Sha512::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    message["signature_key"] = digest.into();
    message
}

impl TestApp {
    /// Sends a message of the gateway.
    pub async fn webhook(&self, message: &Value) -> Reply {
        let request = self.post("/v1/webhooks/midtrans").body("application/json", message.to_string());
        request.send().await
    }
}

fn answer(code: &str, charge: Option<(&str, &Charge)>) -> Json<Value> {
    let Some((reference, charge)) = charge else {
        return Json(json!({"status_code": code, "status_message": "said so"}));
    };
    let amount = |value: i64| format!("{value}.00");
    let mut body = json!({
        "status_code": code, "order_id": reference, "transaction_id": format!("t-{reference}"),
        "gross_amount": amount(charge.amount), "currency": "IDR", "payment_type": charge.kind,
        "transaction_status": charge.status, "fraud_status": "accept",
        "refunds": charge.refunds.iter().map(|(key, value)| json!({"refund_key": key, "refund_amount": amount(*value)})).collect::<Vec<_>>(),
    });
    if charge.kind == "qris" {
        body["qr_string"] = format!("00020101021226QR{reference}").into();
    } else {
        body["va_numbers"] = json!([{"bank": "bca", "va_number": "8808123456789012"}]);
    }
    Json(body)
}

/// Plays the mood: nothing if the honest answer may go out.
async fn play(mood: Option<Mood>) -> Option<Response> {
    match mood {
        Some(Mood::Silent | Mood::Deaf) => std::future::pending().await,
        Some(Mood::Page) => Some((StatusCode::BAD_GATEWAY, Html("<h1>Bad gateway</h1>")).into_response()),
        Some(Mood::Refusing) => Some(answer("400", None).into_response()),
        Some(Mood::Lying) | None => None,
    }
}

async fn charge(State(world): State<Shared>, Json(body): Json<Value>) -> Response {
    let details = &body["transaction_details"];
    let reference = details["order_id"].as_str().unwrap().to_owned();
    let (mood, made) = {
        let mut world = world.lock().unwrap();
        world.calls.push("charge".to_owned());
        let mood = world.moods.pop_front();
        if world.charges.contains_key(&reference) {
            return answer("406", None).into_response();
        }
        let mut made = Charge {
            kind: body["payment_type"].as_str().unwrap().to_owned(),
            amount: details["gross_amount"].as_i64().unwrap(),
            status: "pending".to_owned(),
            refunds: Vec::new(),
        };
        if !matches!(mood, Some(Mood::Deaf | Mood::Refusing)) {
            world.charges.insert(reference.clone(), made.clone());
        }
        made.amount += i64::from(mood == Some(Mood::Lying));
        (mood, made)
    };
    match play(mood).await {
        Some(answer) => answer,
        None => answer("201", Some((&reference, &made))).into_response(),
    }
}

async fn status(State(world): State<Shared>, Path(reference): Path<String>) -> Response {
    let (mute, found) = {
        let mut world = world.lock().unwrap();
        world.calls.push("status".to_owned());
        (world.mute, world.charges.get(&reference).cloned())
    };
    if mute {
        return (StatusCode::SERVICE_UNAVAILABLE, Html("<h1>Down</h1>")).into_response();
    }
    match &found {
        Some(charge) => answer("200", Some((&reference, charge))).into_response(),
        None => answer("404", None).into_response(),
    }
}

async fn cancel(State(world): State<Shared>, Path(reference): Path<String>) -> Response {
    let mut world = world.lock().unwrap();
    world.calls.push("cancel".to_owned());
    match world.charges.get_mut(&reference) {
        Some(charge) if charge.status == "pending" => {
            "cancel".clone_into(&mut charge.status);
            answer("200", Some((&reference, charge))).into_response()
        }
        Some(_) => answer("412", None).into_response(),
        None => answer("404", None).into_response(),
    }
}

async fn refund(State(world): State<Shared>, Path(reference): Path<String>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let (key, amount) = (body["refund_key"].as_str().unwrap().to_owned(), body["amount"].as_i64().unwrap());
    let (mood, charge) = {
        let mut world = world.lock().unwrap();
        world.calls.push("refund".to_owned());
        let mood = world.moods.pop_front();
        let charge = world.charges.get_mut(&reference).unwrap();
        let back: i64 = charge.refunds.iter().map(|(_, amount)| amount).sum();
        let known = charge.refunds.iter().any(|(before, _)| *before == key);
        let quiet = matches!(mood, Some(Mood::Deaf | Mood::Refusing));
        if !known && !quiet {
            if charge.status == "pending" || back + amount > charge.amount {
                return answer("412", None).into_response();
            }
            charge.refunds.push((key, amount));
            "partial_refund".clone_into(&mut charge.status);
        }
        (mood, charge.clone())
    };
    match play(mood).await {
        Some(answer) => answer,
        None => answer("200", Some((&reference, &charge))).into_response(),
    }
}
