//! What accounts have besides a password: second factors, keys of programs, and what the audit trail says about them.

use lapak::identity::entity::session;
use lapak::kernel::SessionId;
use lapak::platform::audit::entity::{Column, Entity as AuditEvents, Model as AuditEvent};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use totp_rs::Totp;

use super::shop::{list, text};
use super::{Person, TestApp};

/// The authenticator app of somebody.
pub struct SecondFactor {
    app: TestApp,
    totp: Totp,
    pub recovery_codes: Vec<String>,
}

impl SecondFactor {
    /// The app as it is after reading the picture.
    pub fn read(app: &TestApp, url: &Value) -> Self {
        let totp = Totp::from_url(url.as_str().unwrap()).unwrap();
        Self { app: app.clone(), totp, recovery_codes: Vec::new() }
    }

    /// The six digits of this moment.
    pub fn code(&self) -> String {
        self.code_in(0)
    }

    /// The six digits some seconds from now.
    pub fn code_in(&self, seconds: i64) -> String {
        let time = self.app.now().timestamp() + seconds;
        self.totp.generate(time.try_into().unwrap()).to_string()
    }
}

impl Person {
    /// Sets up a second factor; the codes of this time step are used up by it.
    pub async fn second_factor(&self) -> SecondFactor {
        let begun = self.post("/v1/me/second-factor").send().await.expect(201).json();
        let mut factor = SecondFactor::read(self.app(), &begun["otpauth_url"]);
        let body = json!({"code": factor.code()});
        let confirmed = self.post("/v1/me/second-factor/confirm").json(body).send().await.expect(200).json();
        factor.recovery_codes = list(&confirmed["recovery_codes"]).iter().map(text).collect();
        factor
    }

    /// Makes a key for a program and returns the whole answer.
    pub async fn api_key(&self, scopes: &[&str]) -> Value {
        let body = json!({"name": "kasir", "scopes": scopes, "expires_in_days": 30, "per_minute": 6000});
        self.post("/v1/me/api-keys").json(body).send().await.expect(201).json()
    }
}

impl TestApp {
    /// What the audit trail says about acts of one kind, the oldest first.
    pub async fn audited(&self, action: &str) -> Vec<AuditEvent> {
        let events = AuditEvents::find().filter(Column::Action.eq(action)).all(self.db.read()).await.unwrap();
        let mut events: Vec<AuditEvent> = events;
        events.sort_by_key(|event| event.id);
        events
    }

    /// Changes what a session says about its person.
    pub async fn change_sessions(
        &self,
        of: &Person,
        column: session::Column,
        value: impl Into<sea_orm::Value>,
    ) {
        let txn = self.db.begin().await.unwrap();
        session::Entity::update_many()
            .col_expr(column, Expr::value(value))
            .filter(session::Column::UserId.eq(of.id()))
            .exec(&txn)
            .await
            .unwrap();
        txn.commit().await.unwrap();
    }

    /// A session as it is stored.
    pub async fn session(&self, id: &Value) -> session::Model {
        let id: SessionId = text(id).parse().unwrap();
        session::Entity::find_by_id(id).one(self.db.read()).await.unwrap().unwrap()
    }
}
