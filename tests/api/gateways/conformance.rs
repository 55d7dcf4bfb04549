//! What every gateway has to do. A new one is added here and passes as it is.

use std::sync::Arc;

use axum::http::HeaderMap;
use lapak::kernel::{ChargeId, Rupiah};
use lapak::platform::gateways::{
    CallError, Gateway, NewCharge, NewRefund, PayBy, Sandbox, State, Way, WebhookError, sandbox,
};

use super::with_gateway;
use crate::support::gateway::FakeGateway;
use crate::support::{TestApp, both};

both![the_sandbox_conforms, midtrans_conforms];

/// The side of the gateway that only its buyers see.
enum Inside {
    Sandbox(Arc<Sandbox>),
    Midtrans(FakeGateway),
}

impl Inside {
    async fn pay(&self, reference: &str) {
        match self {
            Self::Sandbox(sandbox) => sandbox.pay(reference).await.map(|_| ()).unwrap(),
            Self::Midtrans(fake) => fake.pay(reference),
        }
    }

    /// A message that the charge is paid.
    async fn message(&self, reference: &str) -> (HeaderMap, String) {
        let mut headers = HeaderMap::new();
        match self {
            Self::Sandbox(sandbox) => {
                let (signature, body) = sandbox.pay(reference).await.unwrap();
                headers.insert(sandbox::SIGNATURE, signature.parse().unwrap());
                (headers, body)
            }
            Self::Midtrans(fake) => (headers, fake.message(reference, "settlement").to_string()),
        }
    }
}

async fn the_sandbox_conforms(app: TestApp) {
    let sandbox = app.gateways.sandbox().unwrap().clone();
    conforms(&app, &**app.gateways.named("sandbox").unwrap(), Inside::Sandbox(sandbox)).await;
}

async fn midtrans_conforms(app: TestApp) {
    let (app, fake) = with_gateway(&app).await;
    conforms(&app, &**app.gateways.named("midtrans").unwrap(), Inside::Midtrans(fake)).await;
    app.close().await;
}

async fn conforms(app: &TestApp, gateway: &dyn Gateway, inside: Inside) {
    let new = |way| NewCharge {
        reference: ChargeId::generate().to_string(),
        way,
        amount: Rupiah::new(65_000).unwrap(),
        now: app.now(),
        expires_at: app.now() + chrono::Duration::hours(24),
    };
    charges_are_made_once(gateway, &new(Way::VirtualAccount)).await;
    charges_are_called_off(gateway, &new(Way::Qris)).await;
    money_goes_back_once(gateway, &inside, &new(Way::Qris)).await;
    messages_are_signed(gateway, &inside, &new(Way::Qris)).await;
}

async fn charges_are_made_once(gateway: &dyn Gateway, new: &NewCharge) {
    assert_eq!(gateway.status(&new.reference).await.unwrap_err(), CallError::Absent);
    let made = gateway.create(new).await.unwrap();
    assert!(matches!(made.pay_by, Some(PayBy::VirtualAccount { .. })), "{made:?}");
    // Whatever the second call says, there is one charge, and it can be asked for.
    match gateway.create(new).await {
        Ok(again) => assert_eq!(again.provider_ref, made.provider_ref),
        Err(error) => assert!(matches!(error, CallError::Unknown(_)), "{error:?}"),
    }
    let seen = gateway.status(&new.reference).await.unwrap();
    assert_eq!((seen.state, seen.amount, seen.currency.as_str()), (State::Pending, Some(new.amount), "IDR"));
    assert_eq!((seen.reference, seen.provider_ref), (new.reference.clone(), made.provider_ref));
    assert!(!gateway.can_refund(Way::VirtualAccount));
}

async fn charges_are_called_off(gateway: &dyn Gateway, new: &NewCharge) {
    let made = gateway.create(new).await.unwrap();
    assert!(matches!(made.pay_by, Some(PayBy::Qris { .. })), "{made:?}");
    gateway.cancel(&new.reference).await.unwrap();
    assert_eq!(gateway.status(&new.reference).await.unwrap().state, State::Failed);
    let absent = ChargeId::generate().to_string();
    assert_eq!(gateway.cancel(&absent).await.unwrap_err(), CallError::Absent);
}

async fn money_goes_back_once(gateway: &dyn Gateway, inside: &Inside, new: &NewCharge) {
    gateway.create(new).await.unwrap();
    let back = |key: &str, amount| NewRefund {
        reference: new.reference.clone(),
        key: key.to_owned(),
        amount: Rupiah::new(amount).unwrap(),
    };
    assert!(matches!(gateway.refund(&back("k0", 1)).await, Err(CallError::Refused(_))));
    inside.pay(&new.reference).await;
    assert_eq!(gateway.status(&new.reference).await.unwrap().state, State::Paid);
    assert!(matches!(gateway.cancel(&new.reference).await, Err(CallError::Refused(_))));
    assert!(gateway.can_refund(Way::Qris));
    for _ in 0..2 {
        gateway.refund(&back("k1", 40_000)).await.unwrap();
    }
    assert!(matches!(gateway.refund(&back("k2", 25_001)).await, Err(CallError::Refused(_))));
    gateway.refund(&back("k3", 25_000)).await.unwrap();
    let seen = gateway.status(&new.reference).await.unwrap();
    let keys: Vec<_> =
        seen.refunds.iter().map(|(key, amount)| (key.as_str(), amount.unwrap().get())).collect();
    assert_eq!((seen.state, keys), (State::Paid, vec![("k1", 40_000), ("k3", 25_000)]));
}

async fn messages_are_signed(gateway: &dyn Gateway, inside: &Inside, new: &NewCharge) {
    gateway.create(new).await.unwrap();
    let (headers, body) = inside.message(&new.reference).await;
    let event = gateway.verify_webhook(&headers, body.as_bytes()).unwrap();
    assert_eq!((event.seen.reference.as_str(), event.seen.state), (new.reference.as_str(), State::Paid));
    assert_eq!(event.seen.amount, Some(new.amount));
    let again = gateway.verify_webhook(&headers, body.as_bytes()).unwrap();
    assert_eq!(again.id, event.id);
    for changed in [body.replace("65000", "65001"), body.replace(&new.reference, "x"), String::new()] {
        let refused = gateway.verify_webhook(&headers, changed.as_bytes()).unwrap_err();
        assert_eq!(refused, WebhookError::Signature, "{changed}");
    }
}
