//! Payment gateways: one interface to whoever takes a buyer's money, and sends it back.
//!
//! Nothing here is called inside a transaction. Whoever calls has written down before that it will, under a reference or key
//! that never changes, so that an outcome that stays unknown is asked back and never simply tried again.

mod midtrans;
pub mod sandbox;

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::db::Db;
use super::keys::KeyError;
use crate::config::{Config, Provider};
use crate::kernel::{Clock, Rupiah};

pub use midtrans::Midtrans;
pub use sandbox::Sandbox;

/// What a buyer pays with at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// A code that is scanned.
    Qris,
    /// A number that one transfers to.
    VirtualAccount,
}

/// A charge that is about to be made.
#[derive(Clone, Debug)]
pub struct NewCharge {
    /// Ours; making it again with the same reference makes no second charge.
    pub reference: String,
    pub way: Way,
    pub amount: Rupiah,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// How a buyer pays a charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PayBy {
    /// Show this text as a QR code.
    Qris { payload: String },
    /// Transfer to this number at this bank.
    VirtualAccount { bank: String, number: String },
}

/// Where a charge stands at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the buyer.
    Pending,
    /// The money came, whatever became of it later.
    Paid,
    /// Refused, called off or run out.
    Failed,
    /// The money came, and the buyer's bank took all or some of it away again.
    ChargedBack,
}

/// What a gateway says about a charge.
#[derive(Clone, Debug)]
pub struct Seen {
    pub reference: String,
    /// Its own name of the charge.
    pub provider_ref: String,
    pub state: State,
    /// `None` if it named no whole number of rupiah.
    pub amount: Option<Rupiah>,
    pub currency: String,
    pub pay_by: Option<PayBy>,
    /// What went back, by our keys.
    pub refunds: Vec<(String, Option<Rupiah>)>,
}

/// Money that is to go back the way it came.
#[derive(Clone, Debug)]
pub struct NewRefund {
    /// The charge it came with.
    pub reference: String,
    /// Ours; asking again with the same key sends nothing twice.
    pub key: String,
    pub amount: Rupiah,
}

/// Why a call brought no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The gateway understood and said no.
    #[error("the gateway refused: {0}")]
    Refused(String),
    /// The gateway knows no such charge.
    #[error("the gateway knows no such charge")]
    Absent,
    /// Nobody knows whether it happened.
    #[error("the outcome is unknown: {0}")]
    Unknown(String),
}

/// What a gateway told us of its own accord, with its signature checked.
#[derive(Clone, Debug)]
pub struct Event {
    /// The same for the same event, however often and in whatever spelling it comes.
    pub id: String,
    pub seen: Seen,
}

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The signature is missing or wrong.
    #[error("the signature is wrong")]
    Signature,
    /// Signed, but no message that we know.
    #[error("the message cannot be read")]
    Shape,
}

/// One gateway.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// As stored and as in the path of its webhook.
    fn name(&self) -> &'static str;

    /// True if what was paid this way can go back through the gateway.
    fn can_refund(&self, way: Way) -> bool;

    /// Makes a charge.
    async fn create(&self, charge: &NewCharge) -> Result<Seen, CallError>;

    /// Asks where a charge stands.
    async fn status(&self, reference: &str) -> Result<Seen, CallError>;

    /// Calls off a charge that nobody has paid.
    async fn cancel(&self, reference: &str) -> Result<(), CallError>;

    /// Sends money back; whether a refund happened before is in [`Seen::refunds`].
    async fn refund(&self, refund: &NewRefund) -> Result<(), CallError>;

    /// Checks a message on its raw body and reads it.
    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, WebhookError>;
}

/// The gateways of an installation.
#[derive(Clone)]
pub struct Gateways {
    all: Vec<Arc<dyn Gateway>>,
    sandbox: Option<Arc<Sandbox>>,
    qris: Provider,
    virtual_account: Provider,
}

/// A gateway that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Its settings make no client.
    #[error("payments.midtrans_url: {0}")]
    Client(String),
    /// The key of the sandbox cannot be read or made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Gateways {
    /// Those that the settings name. One that serves no method any more is kept for its old charges as long as its key is there.
    pub fn new(config: &Config, db: &Db, clock: &Clock) -> Result<Self, GatewayError> {
        let settings = &config.payments;
        let mut all: Vec<Arc<dyn Gateway>> = Vec::new();
        let sandbox = if settings.sandbox {
            Some(Arc::new(Sandbox::new(config, db.clone(), clock.clone())?))
        } else {
            None
        };
        if let Some(sandbox) = &sandbox {
            all.push(sandbox.clone());
        }
        if settings.has_midtrans() {
            all.push(Arc::new(Midtrans::new(settings)?));
        }
        Ok(Self { all, sandbox, qris: settings.qris, virtual_account: settings.virtual_account })
    }

    /// The one that serves a way of paying.
    pub fn serving(&self, way: Way) -> Option<&Arc<dyn Gateway>> {
        let provider = match way {
            Way::Qris => self.qris,
            Way::VirtualAccount => self.virtual_account,
        };
        self.named(provider.name())
    }

    /// One by its name.
    pub fn named(&self, name: &str) -> Option<&Arc<dyn Gateway>> {
        self.all.iter().find(|gateway| gateway.name() == name)
    }

    /// One that is to be called; a charge may be older than the settings.
    pub fn at(&self, name: &str) -> Result<&Arc<dyn Gateway>, CallError> {
        self.named(name).ok_or_else(|| CallError::Refused("the gateway is not there any more".to_owned()))
    }

    /// The sandbox, where there is one.
    pub fn sandbox(&self) -> Option<&Arc<Sandbox>> {
        self.sandbox.as_ref()
    }
}

/// Compares two texts in the same time whatever they are.
fn same(one: &str, other: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
