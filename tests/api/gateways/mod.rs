//! Payment gateways: one suite for all of them, and the ways in which they fail.

mod bank;
mod charges;
mod conformance;
mod direct;
mod killed;
mod races;
mod refunds;
mod webhooks;

use lapak::checkout::jobs::reconcile;
use serde_json::Value;

use crate::support::gateway::FakeGateway;
use crate::support::{Person, Purchase, TestApp};

/// Two pieces for Rp 65.000, ordered from a service with the fake gateway, and not paid.
pub struct Deal {
    pub app: TestApp,
    pub gateway: FakeGateway,
    pub buyer: Person,
    pub purchase: Purchase,
}

/// A service whose payments go through the fake gateway.
pub async fn with_gateway(app: &TestApp) -> (TestApp, FakeGateway) {
    let gateway = FakeGateway::start().await;
    (app.another_instance_with(|config| gateway.serve(config)).await, gateway)
}

pub async fn deal(app: &TestApp, method: &str) -> Deal {
    let (app, gateway) = with_gateway(app).await;
    deal_at(&app, &gateway, method).await
}

/// The same at a service that is there; the gateway forgets what came before.
pub async fn deal_at(app: &TestApp, gateway: &FakeGateway, method: &str) -> Deal {
    let (app, gateway) = (app.clone(), gateway.clone());
    gateway.forget();
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(32_500).stock(2).create().await;
    let purchase: Purchase = buyer.checkout().pay_by(method).item(&cloth, 2).send().await.into();
    Deal { app, gateway, buyer, purchase }
}

impl Deal {
    pub async fn payment(&self) -> Value {
        let path = format!("/v1/payments/{}", self.purchase.payment_id);
        self.buyer.get(&path).send().await.expect(200).json()
    }

    pub async fn status(&self) -> String {
        self.payment().await["status"].as_str().unwrap().to_owned()
    }

    /// The only charge that was made.
    pub fn reference(&self) -> String {
        let mut all = self.gateway.references();
        assert_eq!(all.len(), 1, "{all:?}");
        all.pop().unwrap()
    }

    /// Makes the charge, lets the buyer pay, and lets the gateway say so.
    pub async fn pay(&self) -> String {
        self.app.run_jobs().await;
        let reference = self.reference();
        self.gateway.pay(&reference);
        self.app.webhook(&self.gateway.message(&reference, "settlement")).await.expect(200);
        self.app.run_jobs().await;
        assert_eq!(self.status().await, "paid");
        reference
    }

    /// The round of everything that nobody knows, after some time.
    pub async fn later(&self, minutes: i64) {
        self.app.advance(chrono::Duration::minutes(minutes));
        self.app.run_jobs().await;
        reconcile(self.app.clone_app()).await.unwrap();
        self.app.run_jobs().await;
    }
}

impl TestApp {
    /// The service itself, for periodic work.
    pub fn clone_app(&self) -> lapak::app::App {
        (**self).clone()
    }
}
