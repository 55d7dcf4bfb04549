//! People who use the service: registered, signed in, and with the roles they need.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use lapak::identity::entity::membership;
use lapak::kernel::{MembershipId, UserId};
use lapak::web::authz::{Role, Scope};
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Request, TestApp};

/// The password of everybody.
pub const PASSWORD: &str = "kerupuk-udang-42";

/// Somebody with an account; clones are the same person with the same session.
#[derive(Clone)]
pub struct Person(Arc<Inner>);

struct Inner {
    app: TestApp,
    id: UserId,
    login: String,
    session: Mutex<Option<Session>>,
}

struct Session {
    access_token: String,
    expires_at: DateTime<Utc>,
}

impl TestApp {
    /// Registers somebody; the first word of the e-mail address is the name.
    pub async fn buyer(&self, name: &str) -> Person {
        let login = format!("{}-{}@contoh.id", name.to_lowercase().replace(' ', "."), self.next());
        let body = json!({"name": name, "email": login, "password": PASSWORD});
        let reply = self.post("/v1/auth/register").json(body).send().await.expect(201);
        let id = reply.json()["id"].as_str().unwrap().parse().unwrap();
        self.person(id, login)
    }

    /// Somebody who has an account already.
    pub fn person(&self, id: UserId, login: String) -> Person {
        Person(Arc::new(Inner { app: self.clone(), id, login, session: Mutex::new(None) }))
    }

    /// Somebody with a role on the platform: `officer`, `finance`, `operator` or `auditor`.
    pub async fn platform(&self, role: &str) -> Person {
        let role = Role::parse(Scope::Platform, role).unwrap();
        let person = self.buyer(role.name()).await;
        person.grant(role, Uuid::nil()).await;
        person
    }

    pub async fn finance(&self) -> Person {
        self.platform("finance").await
    }

    pub async fn operator(&self) -> Person {
        self.platform("operator").await
    }
}

impl Person {
    pub fn id(&self) -> UserId {
        self.0.id
    }

    /// E-mail address or phone number.
    pub fn login(&self) -> &str {
        &self.0.login
    }

    pub fn app(&self) -> &TestApp {
        &self.0.app
    }

    /// Gives a role by the back door, as the command line does for the first officer.
    pub async fn grant(&self, role: Role, scope_id: Uuid) {
        let app = &self.0.app;
        let row = membership::ActiveModel {
            id: Set(MembershipId::generate()),
            user_id: Set(self.0.id),
            scope: Set(role.scope().name().to_owned()),
            scope_id: Set(scope_id),
            role: Set(role.name().to_owned()),
            permissions: Set(None),
            decree: Set(None),
            valid_from: Set(None),
            valid_to: Set(None),
            created_at: Set(app.now()),
            version: Set(1),
        };
        let txn = app.db.begin().await.unwrap();
        membership::Entity::insert(row).exec_without_returning(&txn).await.unwrap();
        txn.commit().await.unwrap();
        // A token may carry the roles of when it was made.
        *self.0.session.lock().await = None;
    }

    /// An access token that is valid now.
    pub async fn token(&self) -> String {
        let app = &self.0.app;
        let mut session = self.0.session.lock().await;
        if let Some(session) = session.as_ref().filter(|session| session.expires_at > app.now()) {
            return session.access_token.clone();
        }
        let answer = self.sign_in().await;
        let access_token = answer["access_token"].as_str().unwrap().to_owned();
        let seconds = answer["expires_in"].as_i64().unwrap();
        *session = Some(Session {
            access_token: access_token.clone(),
            expires_at: app.now() + Duration::seconds(seconds - 30),
        });
        access_token
    }

    /// Signs in anew and returns the whole answer.
    pub async fn sign_in(&self) -> Value {
        let body = json!({"login": self.0.login, "password": PASSWORD});
        let reply = self.0.app.post("/v1/auth/login").json(body).send().await;
        reply.expect(200).json()
    }

    pub fn get(&self, path: &str) -> Request {
        self.0.app.get(path).by(self)
    }

    pub fn post(&self, path: &str) -> Request {
        self.0.app.post(path).by(self)
    }

    pub fn put(&self, path: &str) -> Request {
        self.0.app.put(path).by(self)
    }

    pub fn patch(&self, path: &str) -> Request {
        self.0.app.patch(path).by(self)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.0.app.delete(path).by(self)
    }
}
