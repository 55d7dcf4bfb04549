//! One caller of each kind.

use lapak::identity::entity::{api_key, session};
use lapak::web::authz::{Role, Scope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::objects::Objects;
use crate::support::openapi::Operation;
use crate::support::shop::text;
use crate::support::{Person, Request, TestApp};

/// A caller: nobody, or somebody with roles.
pub struct Actor {
    pub name: String,
    pub person: Option<Person>,
    pub roles: Vec<(Role, Uuid)>,
    /// Roles that wait for a second factor.
    held_back: Vec<(Role, Uuid)>,
    /// The key of a program that calls instead of the person.
    key: Option<Key>,
    /// Showed the password too long ago.
    stale: bool,
    /// The shop whose owner lets the office help.
    agreed: Option<Uuid>,
}

struct Key {
    token: String,
    scopes: Vec<&'static str>,
}

/// What must happen to a request that the policy refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    Unauthorized,
    RoleMissing,
    SecondFactorRequired,
    ScopeMissing,
    NotFound,
    NotPermitted,
    StepUpRequired,
}

impl Refusal {
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::NotFound => 404,
            _ => 403,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::RoleMissing => "role-missing",
            Self::SecondFactorRequired => "second-factor-required",
            Self::ScopeMissing => "scope-missing",
            Self::NotFound => "not-found",
            Self::NotPermitted => "not-permitted",
            Self::StepUpRequired => "step-up-required",
        }
    }
}

impl Actor {
    fn new(name: &str, person: Option<Person>, roles: &[(Role, Uuid)]) -> Self {
        let (held_back, key) = (Vec::new(), None);
        let (name, roles) = (name.to_owned(), roles.to_vec());
        Self { name, person, roles, held_back, key, stale: false, agreed: None }
    }

    pub fn send_as(&self, request: Request) -> Request {
        match (&self.key, &self.person) {
            (Some(key), _) => request.bearer(&key.token),
            (None, Some(person)) => request.by(person),
            (None, None) => request,
        }
    }

    /// What the policy says to this caller about an object, or `None` if it lets the caller pass.
    pub fn refusal(&self, operation: &Operation, object: Uuid) -> Option<Refusal> {
        if operation.is_public() {
            return None;
        }
        if self.person.is_none() {
            return Some(Refusal::Unauthorized);
        }
        let helps = self.helps(operation, object);
        self.role_refusal(operation, helps)
            .or_else(|| self.key_refusal(operation))
            .or_else(|| self.object_refusal(operation, object, helps))
            .or_else(|| (self.stale && operation.needs_step_up()).then_some(Refusal::StepUpRequired))
    }

    /// An officer, by session, in the paths of the shop whose owner agreed; a member stays what the member is.
    fn helps(&self, operation: &Operation, object: Uuid) -> bool {
        let officer = self.roles.iter().any(|(role, _)| *role == Role::Officer);
        let member = self.roles.iter().any(|(_, at)| *at == object);
        let in_shop = operation.path.starts_with("/v1/vendors/{vendor_id}/");
        officer && !member && in_shop && self.key.is_none() && self.agreed == Some(object)
    }

    fn role_refusal(&self, operation: &Operation, helps: bool) -> Option<Refusal> {
        let allowed = operation.any_of();
        let any =
            |roles: &[(Role, Uuid)]| roles.iter().any(|(role, _)| allowed.contains(&role.label().as_str()));
        match () {
            () if allowed.contains(&"buyer") || any(&self.roles) => None,
            () if helps && allowed.contains(&"vendor:staff") => None,
            () if any(&self.held_back) => Some(Refusal::SecondFactorRequired),
            () => Some(Refusal::RoleMissing),
        }
    }

    /// An operation that names no scope is for people only; writing includes reading.
    fn key_refusal(&self, operation: &Operation) -> Option<Refusal> {
        let key = self.key.as_ref()?;
        let covered = operation.key_scope().is_some_and(|wanted| {
            let write = wanted.replace(":read", ":write");
            key.scopes.iter().any(|scope| *scope == wanted || *scope == write)
        });
        (!covered).then_some(Refusal::ScopeMissing)
    }

    fn object_refusal(&self, operation: &Operation, object: Uuid, helps: bool) -> Option<Refusal> {
        let allowed = operation.any_of();
        if helps && allowed.contains(&"vendor:staff") {
            let area = operation.value["x-authz"]["area"].as_str();
            return (!matches!(area, Some("catalog" | "stock"))).then_some(Refusal::NotPermitted);
        }
        let held: Vec<&(Role, Uuid)> =
            self.roles.iter().filter(|(role, _)| allowed.contains(&role.label().as_str())).collect();
        let everywhere =
            allowed.contains(&"buyer") || held.iter().any(|(role, _)| role.scope() == Scope::Platform);
        if everywhere
            || !matches!(operation.object(), Some("vendor" | "work_unit"))
            || held.iter().any(|(_, at)| *at == object)
        {
            return None;
        }
        let member = self.roles.iter().any(|(_, at)| *at == object);
        Some(if member { Refusal::NotPermitted } else { Refusal::NotFound })
    }
}

/// Nobody, a buyer, the members of the shop, the owner of another one, everybody with a role, programs with their keys, and
/// people who have shown too little of who they are.
pub async fn all(app: &TestApp, objects: &Objects) -> Vec<Actor> {
    let shop = objects.shop();
    let mut actors = vec![
        Actor::new("anonymous", None, &[]),
        actor(app, "buyer", &[]).await,
        actor(app, "stranger", &[(Role::VendorOwner, objects.other_shop())]).await,
        // A stopped shop opens no other one, and takes no role away: what it may not do is a matter of its state.
        suspended_owner(app).await,
        // A member here and an owner there: the roles must not add up.
        actor(app, "two hats", &[(Role::VendorStaff, shop), (Role::VendorOwner, objects.other_shop())]).await,
    ];
    for role in Role::ALL {
        let at = match role.scope() {
            Scope::Platform if role == Role::Buyer => continue,
            Scope::Platform => Uuid::nil(),
            Scope::Vendor => shop,
            Scope::Unit => objects.unit(),
        };
        actors.push(actor(app, &role.label(), &[(role, at)]).await);
    }
    actors.extend(programs(app, objects).await);
    actors.push(held_back(app).await);
    actors.push(stale(app, objects).await);
    actors.push(helper(app, objects).await);
    // The word of an owner is for the whole office.
    for actor in &mut actors {
        actor.agreed = Some(shop);
    }
    actors
}

/// The owner of a third shop, which the office has stopped.
async fn suspended_owner(app: &TestApp) -> Actor {
    let shop = app.vendor("Toko Tiga").await;
    let suspend = format!("/v1/admin/vendors/{}/suspend", shop.id);
    let body = serde_json::json!({"note": "Laporan pembeli."});
    app.officer().await.post(&suspend).json(body).send().await.expect(200);
    let at = shop.id.parse().unwrap();
    Actor::new("suspended owner", Some(shop.owner), &[(Role::VendorOwner, at)])
}

/// Keys with every scope, with reading only, and with a scope that fits nothing but the account.
async fn programs(app: &TestApp, objects: &Objects) -> Vec<Actor> {
    let read = ["catalog:read", "stock:read", "orders:read", "payments:read", "shop:read", "office:read"];
    let write =
        ["catalog:write", "stock:write", "orders:write", "payments:write", "shop:write", "account:write"];
    let owner = (Role::VendorOwner, objects.shop());
    let operator = (Role::Operator, Uuid::nil());
    let mut actors = vec![
        program(app, "key: owner with scope", &[owner], &write).await,
        program(app, "key: owner that reads", &[owner], &read).await,
        program(app, "key: owner without scope", &[owner], &["account:read"]).await,
        program(app, "key: stranger", &[(Role::VendorOwner, objects.other_shop())], &write).await,
        program(app, "key: buyer that wants more", &[], &["office:write", "operation:write"]).await,
    ];
    actors.push(program(app, "key: operator with scope", &[operator], &["operation:write"]).await);
    // A key whose maker showed no second factor has the role no more than the maker had.
    let mut waiting = program(app, "key: operator held back", &[operator], &["operation:write"]).await;
    let txn = app.db.begin().await.unwrap();
    api_key::Entity::update_many()
        .col_expr(api_key::Column::SecondFactor, Expr::value(false))
        .filter(api_key::Column::UserId.eq(waiting.person.as_ref().unwrap().id()))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    waiting.held_back = std::mem::take(&mut waiting.roles);
    actors.push(waiting);
    actors
}

async fn program(app: &TestApp, name: &str, roles: &[(Role, Uuid)], scopes: &[&'static str]) -> Actor {
    let mut actor = actor(app, name, roles).await;
    let person = actor.person.as_ref().unwrap();
    let token = text(&person.api_key(scopes).await["key"]);
    // The first use is noted, and the clock stands still: none of the requests below changes that.
    app.get("/v1/categories").bearer(&token).send().await.expect(200);
    actor.key = Some(Key { token, scopes: scopes.to_vec() });
    actor
}

/// An operator who signed in with the password alone.
async fn held_back(app: &TestApp) -> Actor {
    let mut actor = actor(app, "held back operator", &[(Role::Operator, Uuid::nil())]).await;
    app.change_sessions(actor.person.as_ref().unwrap(), session::Column::SecondFactor, false).await;
    actor.held_back = std::mem::take(&mut actor.roles);
    actor
}

/// An officer whom the owner of the shop lets help; the owner of the other shop did not.
async fn helper(app: &TestApp, objects: &Objects) -> Actor {
    let body = serde_json::json!({"expires_at": app.now() + chrono::Duration::days(7)});
    let path = format!("/v1/vendors/{}/assistance", objects.shop());
    objects.owner().put(&path).json(body).send().await.expect(200);
    actor(app, "helping officer", &[(Role::Officer, Uuid::nil())]).await
}

/// Somebody with every role here and on the platform, who showed the password an hour ago.
async fn stale(app: &TestApp, objects: &Objects) -> Actor {
    let mut actor = actor(app, "not recent", &every_role(objects)).await;
    let long_ago = app.now() - chrono::Duration::hours(1);
    app.change_sessions(actor.person.as_ref().unwrap(), session::Column::AuthenticatedAt, long_ago).await;
    actor.stale = true;
    actor
}

/// Somebody who may do everything in the shop and on the platform.
pub async fn everything(objects: &Objects) -> Actor {
    let (person, roles) = (objects.buyer().clone(), every_role(objects));
    for (role, at) in &roles {
        person.grant(*role, *at).await;
    }
    // A login leaves a row in the audit trail; it comes before the test looks.
    person.token().await;
    Actor::new("everything", Some(person), &roles)
}

fn every_role(objects: &Objects) -> Vec<(Role, Uuid)> {
    Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Buyer)
        .map(|role| match role.scope() {
            Scope::Platform => (role, Uuid::nil()),
            Scope::Vendor => (role, objects.shop()),
            Scope::Unit => (role, objects.unit()),
        })
        .collect()
}

/// Somebody who signed in with everything that the roles ask for.
async fn actor(app: &TestApp, name: &str, roles: &[(Role, Uuid)]) -> Actor {
    let person = app.buyer(&name.replace([':', ' '], "")).await;
    for (role, at) in roles {
        person.grant(*role, *at).await;
    }
    person.token().await;
    app.change_sessions(&person, session::Column::SecondFactor, true).await;
    Actor::new(name, Some(person), roles)
}
