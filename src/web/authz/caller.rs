//! Who is calling.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use uuid::Uuid;

use super::role::{Area, KeyScope, Role, Scope};
use crate::kernel::{ApiKeyId, Problem, SessionId, UserId, VendorId, WorkUnitId};

/// What a caller proved the account with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A person who signed in.
    Session(SessionId),
    /// A program, within its scopes.
    Key(ApiKeyId, Vec<KeyScope>),
}

/// The person behind a request, with all roles.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub user_id: UserId,
    /// By what.
    pub via: Via,
    /// Roles and where they hold; the nil id for platform roles.
    pub roles: Vec<(Role, Uuid)>,
    /// Roles that wait until the person signs in with a second factor.
    pub held_back: Vec<(Role, Uuid)>,
    /// Shops where the person may work in some areas only.
    pub limited: Vec<(Uuid, Vec<Area>)>,
    /// The shop of this request, whose owner lets the office help; in its catalogue only.
    pub assisting: Option<Uuid>,
    /// The person has shown the password or a code a short while ago.
    pub recent: bool,
    /// The session, or the one that made the key, has shown a second factor.
    pub second_factor: bool,
}

impl Caller {
    /// True if the role is held anywhere. Everybody who is signed in is a buyer.
    pub fn holds(&self, role: Role) -> bool {
        role == Role::Buyer || self.roles.iter().any(|(held, _)| *held == role)
    }

    /// The roles held in one shop or work unit.
    pub fn roles_in(&self, scope: Scope, id: Uuid) -> impl Iterator<Item = Role> {
        self.roles.iter().filter(move |(role, at)| role.scope() == scope && *at == id).map(|(role, _)| *role)
    }

    /// The shops the caller works in.
    pub fn vendors(&self) -> impl Iterator<Item = (VendorId, Role)> {
        self.roles
            .iter()
            .filter(|(role, _)| role.scope() == Scope::Vendor)
            .map(|(role, id)| (VendorId(*id), *role))
    }

    /// The work units the caller serves.
    pub fn units(&self) -> impl Iterator<Item = (WorkUnitId, Role)> {
        self.roles
            .iter()
            .filter(|(role, _)| role.scope() == Scope::Unit)
            .map(|(role, id)| (WorkUnitId(*id), *role))
    }

    /// True if a person is calling, or a program whose key covers this area.
    pub fn reaches(&self, area: Area, write: bool) -> bool {
        match &self.via {
            Via::Session(_) => true,
            Via::Key(_, scopes) => scopes.iter().any(|scope| scope.covers(KeyScope { area, write })),
        }
    }

    /// The login, if a person is calling.
    pub fn session_id(&self) -> Option<SessionId> {
        match self.via {
            Via::Session(id) => Some(id),
            Via::Key(..) => None,
        }
    }

    /// True if the role lets the caller work in this area of the shop; only staff can be limited.
    pub(super) fn may_work(&self, role: Role, shop: Uuid, area: Option<Area>) -> bool {
        if self.assisting == Some(shop) {
            return matches!(area, Some(Area::Catalog | Area::Stock));
        }
        let limit = self.limited.iter().find(|(at, _)| *at == shop).map(|(_, areas)| areas);
        match (role, area, limit) {
            (Role::VendorStaff, Some(area), Some(areas)) => areas.contains(&area),
            _ => true,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}
