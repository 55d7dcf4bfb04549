//! The gateway for trying out: its own table, no money. It behaves like a real one and signs its messages.
//!
//! Table: `sandbox_charges`.

use async_trait::async_trait;
use aws_lc_rs::hmac;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    CallError, Event, Gateway, GatewayError, NewCharge, NewRefund, PayBy, Seen, State, Way, WebhookError,
    same,
};
use crate::config::Config;
use crate::kernel::qris::{Merchant, Qris};
use crate::kernel::{Clock, Rupiah, hex};
use crate::platform::db::Db;
use crate::platform::keys::read_or_make;
use crate::platform::random;

/// The header with the signature of a message.
pub const SIGNATURE: &str = "x-sandbox-signature";

/// A charge as the sandbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sandbox_charges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reference: String,
    pub amount: Rupiah,
    pub state: String,
    // JSON, see `PayBy`.
    pub pay_by: String,
    // JSON: keys and amounts.
    pub refunds: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The sandbox.
pub struct Sandbox {
    db: Db,
    clock: Clock,
    key: hmac::Key,
}

#[derive(Serialize, Deserialize)]
struct Message {
    reference: String,
    state: State,
    amount: i64,
    currency: String,
}

fn unknown(error: &impl std::fmt::Display) -> CallError {
    CallError::Unknown(error.to_string())
}

impl Sandbox {
    /// Its key is made once under the data folder.
    pub fn new(config: &Config, db: Db, clock: Clock) -> Result<Self, GatewayError> {
        let make = || Ok(STANDARD.encode(random::bytes::<32>()));
        let secret = read_or_make(&config.data_path("keys/sandbox.key"), make)?;
        Ok(Self { db, clock, key: hmac::Key::new(hmac::HMAC_SHA256, secret.trim().as_bytes()) })
    }

    /// Pays a charge, as a buyer would, and hands back the message that the gateway sends: its signature and body.
    pub async fn pay(&self, reference: &str) -> Result<(String, String), CallError> {
        let paid = self.change(reference, |row| {
            if row.state != "failed" {
                row.state = "paid".to_owned();
            }
            Ok(())
        });
        let row = paid.await?;
        let message = Message {
            state: state(&row),
            amount: row.amount.get(),
            currency: "IDR".to_owned(),
            reference: row.reference,
        };
        let body = serde_json::to_string(&message).map_err(|error| unknown(&error))?;
        Ok((self.sign(body.as_bytes()), body))
    }

    /// The signature of a message.
    pub fn sign(&self, body: &[u8]) -> String {
        hex(hmac::sign(&self.key, body).as_ref())
    }

    /// Changes a charge while nobody else does.
    async fn change(
        &self,
        reference: &str,
        change: impl FnOnce(&mut Model) -> Result<(), CallError>,
    ) -> Result<Model, CallError> {
        let txn = self.db.begin().await.map_err(|error| unknown(&error))?;
        let found = Entity::find_by_id(reference).lock_exclusive().one(&txn).await;
        let mut row = found.map_err(|error| unknown(&error))?.ok_or(CallError::Absent)?;
        change(&mut row)?;
        save(&txn, &row).await.map_err(|error| unknown(&error))?;
        txn.commit().await.map_err(|error| unknown(&error))?;
        Ok(row)
    }
}

async fn save(txn: &DatabaseTransaction, row: &Model) -> Result<(), DbErr> {
    let changes = ActiveModel {
        state: Set(row.state.clone()),
        refunds: Set(row.refunds.clone()),
        ..Default::default()
    };
    Entity::update_many().set(changes).filter(Column::Reference.eq(&row.reference)).exec(txn).await?;
    Ok(())
}

fn state(row: &Model) -> State {
    match row.state.as_str() {
        "paid" => State::Paid,
        "failed" => State::Failed,
        _ => State::Pending,
    }
}

fn refunds(row: &Model) -> Vec<(String, i64)> {
    serde_json::from_str(&row.refunds).unwrap_or_default()
}

fn seen(row: Model) -> Seen {
    let refunds = refunds(&row).into_iter().map(|(key, amount)| (key, Rupiah::new(amount).ok()));
    Seen {
        state: state(&row),
        refunds: refunds.collect(),
        provider_ref: format!("sandbox-{}", row.reference),
        amount: Some(row.amount),
        currency: "IDR".to_owned(),
        pay_by: serde_json::from_str(&row.pay_by).ok(),
        reference: row.reference,
    }
}

fn pay_by(charge: &NewCharge) -> Result<PayBy, CallError> {
    if charge.way == Way::VirtualAccount {
        let digest = Sha256::digest(charge.reference.as_bytes());
        let digits: String = digest.iter().take(12).map(|byte| char::from(b'0' + byte % 10)).collect();
        return Ok(PayBy::VirtualAccount { bank: "sandbox".to_owned(), number: format!("8808{digits}") });
    }
    let merchant = Merchant {
        acquirer: "ID.CO.SANDBOX.WWW",
        pan: "936000000000000001",
        merchant_id: "000000000000001",
        criteria: "UMI",
        nmid: "ID0000000000001",
        category: "5999",
        name: "LAPAK SANDBOX",
        city: "KAB. BEKASI",
        post_code: "17530",
    };
    let code = Qris::build(&merchant).and_then(|code| code.with_amount(charge.amount));
    Ok(PayBy::Qris { payload: code.map_err(|error| CallError::Refused(error.to_string()))?.to_string() })
}

#[async_trait]
impl Gateway for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn can_refund(&self, way: Way) -> bool {
        way == Way::Qris
    }

    async fn create(&self, charge: &NewCharge) -> Result<Seen, CallError> {
        let pay_by = serde_json::to_string(&pay_by(charge)?).map_err(|error| unknown(&error))?;
        let row = ActiveModel {
            reference: Set(charge.reference.clone()),
            amount: Set(charge.amount),
            state: Set("pending".to_owned()),
            pay_by: Set(pay_by),
            refunds: Set("[]".to_owned()),
            created_at: Set(self.clock.now()),
        };
        let once = OnConflict::column(Column::Reference).do_nothing().to_owned();
        let txn = self.db.begin().await.map_err(|error| unknown(&error))?;
        let made = Entity::insert(row).on_conflict(once).exec_without_returning(&txn).await;
        if let Err(error) = made
            && !matches!(error, DbErr::RecordNotInserted)
        {
            return Err(unknown(&error));
        }
        txn.commit().await.map_err(|error| unknown(&error))?;
        self.status(&charge.reference).await
    }

    async fn status(&self, reference: &str) -> Result<Seen, CallError> {
        let found = Entity::find_by_id(reference).one(self.db.read()).await;
        Ok(seen(found.map_err(|error| unknown(&error))?.ok_or(CallError::Absent)?))
    }

    async fn cancel(&self, reference: &str) -> Result<(), CallError> {
        let called_off = self.change(reference, |row| match state(row) {
            State::Paid => Err(CallError::Refused("it is paid".to_owned())),
            _ => {
                row.state = "failed".to_owned();
                Ok(())
            }
        });
        called_off.await.map(|_| ())
    }

    async fn refund(&self, refund: &NewRefund) -> Result<(), CallError> {
        let refunded = self.change(&refund.reference, |row| {
            let mut all = refunds(row);
            let (key, amount) = (refund.key.clone(), refund.amount.get());
            if let Some((_, before)) = all.iter().find(|(before, _)| *before == key) {
                let same = *before == amount;
                return if same { Ok(()) } else { Err(CallError::Refused("the key was used".to_owned())) };
            }
            let back: i64 = all.iter().map(|(_, amount)| amount).sum();
            if state(row) != State::Paid || back + amount > row.amount.get() {
                return Err(CallError::Refused("there is not so much to give back".to_owned()));
            }
            all.push((key, amount));
            row.refunds = serde_json::to_string(&all).map_err(|error| unknown(&error))?;
            Ok(())
        });
        refunded.await.map(|_| ())
    }

    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, WebhookError> {
        let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !same(&self.sign(body), signature) {
            return Err(WebhookError::Signature);
        }
        let message: Message = serde_json::from_slice(body).map_err(|_| WebhookError::Shape)?;
        let facts =
            format!("{}:{:?}:{}:{}", message.reference, message.state, message.amount, message.currency);
        let seen = Seen {
            provider_ref: format!("sandbox-{}", message.reference),
            state: message.state,
            amount: Rupiah::new(message.amount).ok(),
            currency: message.currency,
            pay_by: None,
            refunds: Vec::new(),
            reference: message.reference,
        };
        Ok(Event { id: hex(&Sha256::digest(facts.as_bytes())), seen })
    }
}
