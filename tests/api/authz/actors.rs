//! One caller of each kind.

use lapak::web::authz::{Role, Scope};
use uuid::Uuid;

use super::objects::Objects;
use crate::support::openapi::Operation;
use crate::support::{Person, Request, TestApp};

/// A caller: nobody, or somebody with roles.
pub struct Actor {
    pub name: String,
    pub person: Option<Person>,
    pub roles: Vec<(Role, Uuid)>,
}

/// What must happen to a request that the policy refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Unauthorized,
    RoleMissing,
    NotFound,
    NotPermitted,
}

impl Refusal {
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::RoleMissing | Self::NotPermitted => 403,
            Self::NotFound => 404,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::RoleMissing => "role-missing",
            Self::NotFound => "not-found",
            Self::NotPermitted => "not-permitted",
        }
    }
}

impl Actor {
    pub fn send_as(&self, request: Request) -> Request {
        match &self.person {
            Some(person) => request.by(person),
            None => request,
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
        let allowed = operation.any_of();
        let held: Vec<&(Role, Uuid)> =
            self.roles.iter().filter(|(role, _)| allowed.contains(&role.label().as_str())).collect();
        if allowed.contains(&"buyer") || held.iter().any(|(role, _)| role.scope() == Scope::Platform) {
            return None;
        }
        if held.is_empty() {
            return Some(Refusal::RoleMissing);
        }
        if !matches!(operation.object(), Some("vendor" | "work_unit"))
            || held.iter().any(|(_, at)| *at == object)
        {
            return None;
        }
        let member = self.roles.iter().any(|(_, at)| *at == object);
        Some(if member { Refusal::NotPermitted } else { Refusal::NotFound })
    }
}

/// Nobody, a buyer, the members of the shop, the owner of another one, and everybody with a role.
pub async fn all(app: &TestApp, objects: &Objects) -> Vec<Actor> {
    let mut actors = vec![
        Actor { name: "anonymous".to_owned(), person: None, roles: Vec::new() },
        actor(app, "buyer", &[]).await,
        actor(app, "stranger", &[(Role::VendorOwner, objects.other_shop())]).await,
        // A member here and an owner there: the roles must not add up.
        actor(
            app,
            "two hats",
            &[(Role::VendorStaff, objects.shop()), (Role::VendorOwner, objects.other_shop())],
        )
        .await,
    ];
    for role in Role::ALL {
        let at = match role.scope() {
            Scope::Platform if role == Role::Buyer => continue,
            Scope::Platform => Uuid::nil(),
            Scope::Vendor => objects.shop(),
            Scope::Unit => objects.unit(),
        };
        actors.push(actor(app, &role.label(), &[(role, at)]).await);
    }
    actors
}

/// Somebody who may do everything in the shop and on the platform.
pub async fn everything(objects: &Objects) -> Actor {
    let roles: Vec<(Role, Uuid)> = Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Buyer)
        .map(|role| match role.scope() {
            Scope::Platform => (role, Uuid::nil()),
            Scope::Vendor => (role, objects.shop()),
            Scope::Unit => (role, objects.unit()),
        })
        .collect();
    let person = objects.buyer().clone();
    for (role, at) in &roles {
        person.grant(*role, *at).await;
    }
    // Signed in before anybody looks at the state: a login leaves traces of its own.
    person.token().await;
    Actor { name: "everything".to_owned(), person: Some(person), roles }
}

async fn actor(app: &TestApp, name: &str, roles: &[(Role, Uuid)]) -> Actor {
    let person = app.buyer(&name.replace(':', " ")).await;
    for (role, at) in roles {
        person.grant(*role, *at).await;
    }
    person.token().await;
    Actor { name: name.to_owned(), person: Some(person), roles: roles.to_vec() }
}
