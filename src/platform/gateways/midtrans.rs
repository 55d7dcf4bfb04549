//! Midtrans (Core API v2): virtual accounts and QRIS.

use async_trait::async_trait;
use axum::http::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use url::Url;

use super::{
    CallError, Event, Gateway, GatewayError, NewCharge, NewRefund, PayBy, Seen, State, Way, WebhookError,
    same,
};
use crate::config;
use crate::kernel::{Rupiah, hex};

/// More than any answer has; whoever sends more is not who we think.
const MAX_ANSWER: usize = 64 * 1024;

/// The client of one merchant.
pub struct Midtrans {
    client: Client,
    base: Url,
    server_key: SecretString,
    bank: String,
}

/// What answers and webhooks have in common.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Transaction {
    status_code: String,
    status_message: String,
    transaction_id: String,
    order_id: String,
    /// Text with two decimals, signed as it is.
    gross_amount: String,
    currency: Option<String>,
    transaction_status: String,
    fraud_status: Option<String>,
    signature_key: String,
    payment_type: String,
    va_numbers: Vec<VaNumber>,
    permata_va_number: Option<String>,
    qr_string: Option<String>,
    refunds: Vec<Refunded>,
    refund_key: Option<String>,
    refund_amount: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VaNumber {
    bank: String,
    va_number: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refunded {
    refund_key: String,
    refund_amount: String,
}

impl Midtrans {
    /// A client with the timeout of the settings.
    pub fn new(settings: &config::Payments) -> Result<Self, GatewayError> {
        let client = Client::builder()
            .timeout(settings.gateway_timeout)
            // The key is for this address only.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| GatewayError::Client(error.to_string()))?;
        let base =
            Url::parse(&settings.midtrans_url).map_err(|error| GatewayError::Client(error.to_string()))?;
        let server_key = settings.midtrans_server_key.clone();
        Ok(Self { client, base, server_key, bank: settings.virtual_account_bank.clone() })
    }

    fn request(&self, method: Method, segments: &[&str]) -> Result<RequestBuilder, CallError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| CallError::Refused("the address takes no path".to_owned()))?
            .pop_if_empty()
            .extend(segments);
        let request = self.client.request(method, url).header("accept", "application/json");
        Ok(request.basic_auth(self.server_key.expose_secret(), Some("")))
    }

    async fn call(&self, request: RequestBuilder) -> Result<Transaction, CallError> {
        let unknown = |error: reqwest::Error| CallError::Unknown(error.without_url().to_string());
        let mut response = request.send().await.map_err(unknown)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unknown)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                return Err(CallError::Unknown(format!("HTTP {status} with an endless answer")));
            }
        }
        let Ok(answer) = serde_json::from_slice::<Transaction>(&body) else {
            return Err(CallError::Unknown(format!("HTTP {status} without a readable answer")));
        };
        judge(answer, status.as_u16())
    }
}

/// What the code in an answer means. Only what is surely a no is a refusal.
fn judge(answer: Transaction, http: u16) -> Result<Transaction, CallError> {
    let code = answer.status_code.parse().unwrap_or(http);
    let said = || format!("{code} {}", answer.status_message.chars().take(200).collect::<String>());
    match code {
        200..=202 | 407 => Ok(answer),
        404 => Err(CallError::Absent),
        // The reference or the key was used before: what became of it is to be asked.
        406 | 408 | 409 | 429 => Err(CallError::Unknown(said())),
        400..=499 => Err(CallError::Refused(said())),
        _ => Err(CallError::Unknown(said())),
    }
}

impl Transaction {
    fn state(&self) -> State {
        match (self.transaction_status.as_str(), self.fraud_status.as_deref()) {
            ("settlement" | "refund" | "partial_refund", _) | ("capture", None | Some("accept")) => {
                State::Paid
            }
            ("chargeback" | "partial_chargeback", _) => State::ChargedBack,
            ("deny" | "cancel" | "expire" | "failure", _) => State::Failed,
            _ => State::Pending,
        }
    }

    fn pay_by(&self) -> Option<PayBy> {
        if let Some(payload) = &self.qr_string {
            return Some(PayBy::Qris { payload: payload.clone() });
        }
        if let Some(number) = &self.permata_va_number {
            return Some(PayBy::VirtualAccount { bank: "permata".to_owned(), number: number.clone() });
        }
        let first = self.va_numbers.first()?;
        Some(PayBy::VirtualAccount { bank: first.bank.clone(), number: first.va_number.clone() })
    }

    fn seen(self) -> Seen {
        let mut refunds: Vec<_> = self
            .refunds
            .iter()
            .map(|refund| (refund.refund_key.clone(), rupiah(&refund.refund_amount)))
            .collect();
        if let Some(key) = &self.refund_key {
            refunds.push((key.clone(), self.refund_amount.as_deref().and_then(rupiah)));
        }
        // Money went back and nobody says under which name: surely not one of ours.
        if refunds.is_empty() && matches!(self.transaction_status.as_str(), "refund" | "partial_refund") {
            refunds.push((String::new(), None));
        }
        Seen {
            state: self.state(),
            pay_by: self.pay_by(),
            amount: rupiah(&self.gross_amount),
            // Older messages name none; the service takes rupiah only.
            currency: self.currency.unwrap_or_else(|| "IDR".to_owned()),
            reference: self.order_id,
            provider_ref: self.transaction_id,
            refunds,
        }
    }

    fn signature(&self, key: &str) -> String {
        let text = format!("{}{}{}{key}", self.order_id, self.status_code, self.gross_amount);
        hex(&Sha512::digest(text.as_bytes()))
    }
}

/// `153000.00` is Rp 153.000; anything else after the point is no amount of ours.
fn rupiah(text: &str) -> Option<Rupiah> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let plain = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    let even = rest.bytes().all(|byte| byte == b'0');
    if plain && even { Rupiah::new(whole.parse().ok()?).ok() } else { None }
}

#[async_trait]
impl Gateway for Midtrans {
    fn name(&self) -> &'static str {
        "midtrans"
    }

    fn can_refund(&self, way: Way) -> bool {
        // A transfer to a virtual account cannot be sent back by the gateway.
        way == Way::Qris
    }

    async fn create(&self, charge: &NewCharge) -> Result<Seen, CallError> {
        let minutes = (charge.expires_at - charge.now).num_minutes().max(1);
        let mut body = json!({
            "transaction_details": {"order_id": charge.reference, "gross_amount": charge.amount.get()},
            "custom_expiry": {"expiry_duration": minutes, "unit": "minute"},
        });
        let (kind, name, value) = match charge.way {
            Way::Qris => ("qris", "qris", json!({"acquirer": "gopay"})),
            Way::VirtualAccount => ("bank_transfer", "bank_transfer", json!({"bank": self.bank})),
        };
        body["payment_type"] = kind.into();
        body[name] = value;
        let request = self.request(Method::POST, &["v2", "charge"])?;
        let request = request.header("idempotency-key", &charge.reference).json(&body);
        Ok(self.call(request).await?.seen())
    }

    async fn status(&self, reference: &str) -> Result<Seen, CallError> {
        let request = self.request(Method::GET, &["v2", reference, "status"])?;
        Ok(self.call(request).await?.seen())
    }

    async fn cancel(&self, reference: &str) -> Result<(), CallError> {
        let request = self.request(Method::POST, &["v2", reference, "cancel"])?;
        self.call(request).await.map(|_| ())
    }

    async fn refund(&self, refund: &NewRefund) -> Result<(), CallError> {
        let body = json!({"refund_key": refund.key, "amount": refund.amount.get(), "reason": "Lapak"});
        let request = self.request(Method::POST, &["v2", &refund.reference, "refund", "online", "direct"])?;
        let answer = self.call(request.header("idempotency-key", &refund.key).json(&body)).await?;
        let seen = answer.seen();
        let done =
            seen.refunds.iter().any(|(key, amount)| *key == refund.key && *amount == Some(refund.amount));
        if done { Ok(()) } else { Err(CallError::Unknown("the answer names another refund".to_owned())) }
    }

    fn verify_webhook(&self, _: &HeaderMap, body: &[u8]) -> Result<Event, WebhookError> {
        // The signature is a member of the body, so the members are read; nothing is done with them before it fits.
        let said: Transaction = serde_json::from_slice(body).map_err(|_| WebhookError::Signature)?;
        let key = self.server_key.expose_secret();
        if key.is_empty() || !same(&said.signature(key), &said.signature_key.to_ascii_lowercase()) {
            return Err(WebhookError::Signature);
        }
        if said.order_id.is_empty() || said.transaction_status.is_empty() {
            return Err(WebhookError::Shape);
        }
        Ok(Event { id: event_id(&said), seen: said.seen() })
    }
}

/// Midtrans names no event, so what it says is its name; the spelling of the body does not count.
fn event_id(said: &Transaction) -> String {
    let facts: Value = json!([
        said.transaction_id,
        said.order_id,
        said.status_code,
        said.transaction_status,
        said.fraud_status,
        said.gross_amount,
        said.currency,
        said.payment_type,
        said.refund_key,
        said.refund_amount,
        said.refunds.iter().map(|refund| [&refund.refund_key, &refund.refund_amount]).collect::<Vec<_>>(),
    ]);
    let digest = hex(&Sha512::digest(facts.to_string().as_bytes()));
    let status: String = said.transaction_status.chars().take(30).collect();
    format!("{status}:{}", &digest[..40])
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "SB-Mid-server-TESTKEY";
    const SIGNATURE: &str = "9a895459979e763f7e46ae4b907e16d0a066efa4dab251cf1f57f1f319f2f3f05cf01c96c2829732417dd1c9ae063578b26910c1936549d798ab42fc183eb6d4";

    fn midtrans(key: &str) -> Midtrans {
        let changes = format!("payments.midtrans_server_key = '{key}'");
        let config = config::Config::with(config::Environment::Test, &changes).unwrap();
        Midtrans::new(&config.payments).unwrap()
    }

    fn body(signature: &str) -> String {
        json!({
            "order_id": "ORD-2026-000123", "status_code": "200", "gross_amount": "153000.00",
            "transaction_status": "settlement", "transaction_id": "t-1", "currency": "IDR",
            "signature_key": signature,
        })
        .to_string()
    }

    fn verify(gateway: &Midtrans, body: &str) -> Result<Event, WebhookError> {
        gateway.verify_webhook(&HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn the_known_signature_fits_and_no_other() {
        let gateway = midtrans(KEY);
        let event = verify(&gateway, &body(SIGNATURE)).unwrap();
        assert_eq!((event.seen.state, event.seen.amount), (State::Paid, Rupiah::new(153_000).ok()));
        assert!(verify(&midtrans("SB-Mid-server-OTHERKEY"), &body(SIGNATURE)).is_err());
        let flipped = SIGNATURE.replacen('9', "8", 1);
        for wrong in ["", &SIGNATURE[1..], &flipped, &format!("{SIGNATURE}0")] {
            assert_eq!(verify(&gateway, &body(wrong)).unwrap_err(), WebhookError::Signature, "{wrong}");
        }
        for changed in ["153000.01", "153000", "15300000.00"] {
            let body = body(SIGNATURE).replace("153000.00", changed);
            assert!(verify(&gateway, &body).is_err(), "{changed}");
        }
    }

    #[test]
    fn the_spelling_of_a_body_makes_no_new_event() {
        let gateway = midtrans(KEY);
        let plain = verify(&gateway, &body(SIGNATURE)).unwrap();
        let spaced = verify(&gateway, &body(SIGNATURE).replace(",\"", " , \"")).unwrap();
        assert_eq!(plain.id, spaced.id);
        let other = verify(&gateway, &body(SIGNATURE).replace("settlement", "pending")).unwrap();
        assert_ne!(plain.id, other.id);
    }

    #[test]
    fn every_status_has_a_state() {
        let of = |status: &str, fraud: Option<&str>| {
            let fraud_status = fraud.map(str::to_owned);
            Transaction { transaction_status: status.to_owned(), fraud_status, ..Transaction::default() }
        };
        for (status, fraud, state) in [
            ("settlement", None, State::Paid),
            ("settlement", Some("accept"), State::Paid),
            ("capture", None, State::Paid),
            ("capture", Some("accept"), State::Paid),
            ("capture", Some("challenge"), State::Pending),
            ("capture", Some("deny"), State::Pending),
            ("refund", None, State::Paid),
            ("partial_refund", None, State::Paid),
            ("chargeback", Some("accept"), State::ChargedBack),
            ("partial_chargeback", None, State::ChargedBack),
            ("pending", None, State::Pending),
            ("authorize", None, State::Pending),
            ("", None, State::Pending),
            ("deny", None, State::Failed),
            ("cancel", None, State::Failed),
            ("expire", None, State::Failed),
            ("failure", None, State::Failed),
        ] {
            assert_eq!(of(status, fraud).state(), state, "{status} {fraud:?}");
        }
        assert_eq!(of("refund", None).seen().refunds, [(String::new(), None)]);
        assert!(of("settlement", None).seen().refunds.is_empty());
    }

    #[test]
    fn amounts_are_whole_rupiah() {
        assert_eq!(rupiah("153000.00"), Rupiah::new(153_000).ok());
        assert_eq!(rupiah("1"), Rupiah::new(1).ok());
        for bad in ["", "-1", "1.50", "1,000.00", "1e3", "99999999999999999999", ".00"] {
            assert_eq!(rupiah(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_a_sure_no_is_a_refusal() {
        let of = |code: &str, http| {
            judge(Transaction { status_code: code.to_owned(), ..Transaction::default() }, http).map(|_| ())
        };
        assert_eq!(of("201", 200), Ok(()));
        assert_eq!(of("404", 200), Err(CallError::Absent));
        assert!(matches!(of("400", 200), Err(CallError::Refused(_))));
        for unsure in ["406", "429", "500", "503"] {
            assert!(matches!(of(unsure, 200), Err(CallError::Unknown(_))), "{unsure}");
        }
        assert!(matches!(of("", 502), Err(CallError::Unknown(_))));
    }
}
