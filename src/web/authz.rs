//! Who may call what: one constant per route that feeds the layer, the OpenAPI document and the tests.
//!
//! Order of refusals: 401 (no or bad token) -> 403 (role missing, before anything is loaded) -> 404 (foreign = absent)
//! -> 403 (own object, not permitted to this member). What needs a look into the database comes after, in the feature.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kernel::{Problem, SessionId, UserId, VendorId, WorkUnitId};

/// What a person may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Any signed-in person.
    Buyer,
    /// Owns a shop.
    VendorOwner,
    /// Runs a shop.
    VendorManager,
    /// Works in a shop.
    VendorStaff,
    /// Industry office: verifies, moderates, surveys.
    Officer,
    /// Payments and payouts.
    Finance,
    /// Everything technical, roles, settings.
    Operator,
    /// Reads all, writes nothing.
    Auditor,
    /// Pejabat Pengadaan of a work unit.
    ProcurementOfficer,
    /// PPK of a work unit.
    CommitmentOfficer,
    /// PPTK of a work unit.
    ActivityOfficer,
    /// Receives goods for a work unit.
    Receiver,
    /// Pays for a work unit.
    Treasurer,
    /// Reads all of a work unit.
    UnitAuditor,
}

/// Where a role holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everywhere.
    Platform,
    /// In one shop.
    Vendor,
    /// In one work unit.
    Unit,
}

impl Role {
    /// Every role, for the tests and the command line.
    pub const ALL: [Self; 14] = [
        Self::Buyer,
        Self::VendorOwner,
        Self::VendorManager,
        Self::VendorStaff,
        Self::Officer,
        Self::Finance,
        Self::Operator,
        Self::Auditor,
        Self::ProcurementOfficer,
        Self::CommitmentOfficer,
        Self::ActivityOfficer,
        Self::Receiver,
        Self::Treasurer,
        Self::UnitAuditor,
    ];

    /// Where the role holds.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Buyer | Self::Officer | Self::Finance | Self::Operator | Self::Auditor => Scope::Platform,
            Self::VendorOwner | Self::VendorManager | Self::VendorStaff => Scope::Vendor,
            _ => Scope::Unit,
        }
    }

    /// The name inside its scope, as stored: `owner`, `officer`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::VendorOwner => "owner",
            Self::VendorManager => "manager",
            Self::VendorStaff => "staff",
            Self::Officer => "officer",
            Self::Finance => "finance",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::ProcurementOfficer => "procurement_officer",
            Self::CommitmentOfficer => "commitment_officer",
            Self::ActivityOfficer => "activity_officer",
            Self::Receiver => "receiver",
            Self::Treasurer => "treasurer",
            Self::UnitAuditor => "unit_auditor",
        }
    }

    /// The name as OpenAPI's `x-authz` has it: `vendor:owner`, `officer`, `unit:receiver`.
    pub fn label(self) -> String {
        match self.scope() {
            Scope::Platform => self.name().to_owned(),
            Scope::Vendor => format!("vendor:{}", self.name()),
            Scope::Unit => format!("unit:{}", self.name()),
        }
    }

    /// The role of a scope by its stored name.
    pub fn parse(scope: Scope, name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.scope() == scope && role.name() == name)
    }
}

impl Scope {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Vendor => "vendor",
            Self::Unit => "unit",
        }
    }

    /// By its stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Platform, Self::Vendor, Self::Unit].into_iter().find(|scope| scope.name() == name)
    }
}

/// Every member of a shop.
pub const VENDOR_MEMBERS: &[Role] = &[Role::VendorOwner, Role::VendorManager, Role::VendorStaff];
/// Those who decide in a shop.
pub const VENDOR_LEADS: &[Role] = &[Role::VendorOwner, Role::VendorManager];

/// Who may call an operation, on what, and which headers it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    public: bool,
    any_of: &'static [Role],
    object: Option<(&'static str, &'static str)>,
    idempotency: bool,
    if_match: bool,
}

impl Policy {
    /// Anybody, signed in or not.
    pub const PUBLIC: Self =
        Self { public: true, any_of: &[], object: None, idempotency: false, if_match: false };
    /// Any signed-in person.
    pub const BUYER: Self = Self::any_of(&[Role::Buyer]);

    /// Whoever holds one of these roles. An empty list does not compile when used in a constant.
    pub const fn any_of(roles: &'static [Role]) -> Self {
        assert!(!roles.is_empty(), "a policy without roles would let nobody or everybody in");
        Self { public: false, any_of: roles, object: None, idempotency: false, if_match: false }
    }

    /// The kind of object, and the path parameter that names it.
    #[must_use]
    pub const fn on(mut self, object: &'static str, param: &'static str) -> Self {
        self.object = Some((object, param));
        self
    }

    /// `Idempotency-Key` is required.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotency = true;
        self
    }

    /// `If-Match` is required.
    #[must_use]
    pub const fn if_match(mut self) -> Self {
        self.if_match = true;
        self
    }

    /// The `x-authz` member of the operation.
    pub fn x_authz(&self) -> Value {
        if self.public {
            return json!({"public": true});
        }
        let mut value = json!({"any_of": self.any_of.iter().map(|role| role.label()).collect::<Vec<_>>()});
        if let Some((object, param)) = self.object {
            value["object"] = object.into();
            value["param"] = param.into();
        }
        value
    }

    /// The further `x-` members of the operation.
    pub fn x_flags(&self) -> impl Iterator<Item = &'static str> {
        [(self.idempotency, "x-idempotency"), (self.if_match, "x-if-match")]
            .into_iter()
            .filter_map(|(on, name)| on.then_some(name))
    }

    /// What the policy alone can refuse: status and code, for the description of the operation.
    pub fn refusals(&self) -> Vec<(u16, &'static str)> {
        let mut refusals = vec![(401, "unauthorized")];
        let signed_in_is_enough = self.public || self.any_of.contains(&Role::Buyer);
        let kinds: [(bool, &[(u16, &'static str)]); 4] = [
            (!signed_in_is_enough, &[(403, "role-missing")]),
            (self.object.is_some(), &[(404, "not-found")]),
            (self.if_match, &[(412, "stale"), (428, "if-match-required")]),
            (self.idempotency, &[(400, "key-required"), (409, "in-progress"), (422, "key-reused")]),
        ];
        for (_, codes) in kinds.into_iter().filter(|(applies, _)| *applies) {
            refusals.extend_from_slice(codes);
        }
        refusals
    }

    /// Lets the caller pass or says why not. `object_id` is the value of the policy's path parameter.
    pub fn check(&self, caller: Option<&Caller>, object_id: Option<&str>) -> Result<(), Problem> {
        if self.public {
            return Ok(());
        }
        let caller = caller.ok_or_else(Problem::unauthorized)?;
        if !self.any_of.iter().any(|role| caller.holds(*role)) {
            return Err(role_missing());
        }
        if self.any_of.iter().any(|role| role.scope() == Scope::Platform && caller.holds(*role)) {
            return Ok(());
        }
        let scoped = match self.object {
            Some(("vendor", _)) => Scope::Vendor,
            Some(("work_unit", _)) => Scope::Unit,
            _ => return Ok(()),
        };
        let id = object_id.and_then(|id| Uuid::parse_str(id).ok()).ok_or_else(Problem::not_found)?;
        let mut mine = caller.roles_in(scoped, id).peekable();
        if mine.peek().is_none() {
            return Err(Problem::not_found());
        }
        if mine.any(|role| self.any_of.contains(&role)) { Ok(()) } else { Err(not_permitted()) }
    }

    /// The path parameter that names the object.
    pub fn param(&self) -> Option<&'static str> {
        self.object.map(|(_, param)| param)
    }
}

fn role_missing() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "role-missing",
        "Peran Anda tidak mengizinkan tindakan ini.",
        "Your role does not allow this.",
    )
}

/// 403: a member, but not one who may do this.
pub fn not_permitted() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "not-permitted",
        "Anda tidak diizinkan melakukan ini di sini.",
        "You are not permitted to do this here.",
    )
}

/// The person behind a request, with all roles.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub user_id: UserId,
    /// Which login.
    pub session_id: SessionId,
    /// Roles and where they hold; the nil id for platform roles.
    pub roles: Vec<(Role, Uuid)>,
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

/// The layer on every route: asks the policy before anything is loaded or read.
pub async fn enforce(policy: Policy, params: RawPathParams, request: Request, next: Next) -> Response {
    let object_id =
        policy.param().and_then(|param| params.iter().find(|(name, _)| *name == param).map(|(_, id)| id));
    match policy.check(request.extensions().get::<Caller>(), object_id) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEADS: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id");
    const STAFF_OR_OPERATOR: Policy =
        Policy::any_of(&[Role::VendorStaff, Role::Operator]).on("vendor", "vendor_id");

    fn caller(roles: &[(Role, u128)]) -> Caller {
        Caller {
            user_id: UserId::generate(),
            session_id: SessionId::generate(),
            roles: roles.iter().map(|(role, id)| (*role, Uuid::from_u128(*id))).collect(),
        }
    }

    fn status(policy: &Policy, caller: Option<&Caller>, id: u128) -> u16 {
        let id = Uuid::from_u128(id).to_string();
        policy.check(caller, Some(&id)).map_or_else(|problem| problem.status.as_u16(), |()| 200)
    }

    #[test]
    fn refuses_in_the_fixed_order() {
        assert_eq!(status(&LEADS, None, 1), 401);
        assert_eq!(status(&LEADS, Some(&caller(&[])), 1), 403);
        assert_eq!(status(&LEADS, Some(&caller(&[(Role::VendorStaff, 1)])), 1), 403);
        assert_eq!(status(&LEADS, Some(&caller(&[(Role::VendorOwner, 2)])), 1), 404);
        let owner_of_2_staff_of_1 = caller(&[(Role::VendorOwner, 2), (Role::VendorStaff, 1)]);
        assert_eq!(status(&LEADS, Some(&owner_of_2_staff_of_1), 1), 403);
        assert_eq!(status(&LEADS, Some(&owner_of_2_staff_of_1), 2), 200);
        assert_eq!(LEADS.check(Some(&caller(&[(Role::VendorOwner, 2)])), Some("x")).unwrap_err().status, 404);
    }

    #[test]
    fn a_platform_role_reaches_every_shop() {
        assert_eq!(status(&STAFF_OR_OPERATOR, Some(&caller(&[(Role::Operator, 0)])), 1), 200);
        assert_eq!(status(&STAFF_OR_OPERATOR, Some(&caller(&[(Role::Officer, 0)])), 1), 403);
        assert_eq!(status(&Policy::PUBLIC, None, 1), 200);
        assert_eq!(status(&Policy::BUYER, Some(&caller(&[])), 1), 200);
    }

    #[test]
    fn names_come_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.scope(), role.name()), Some(role));
            assert_eq!(Scope::parse(role.scope().name()), Some(role.scope()));
        }
        assert_eq!(Role::parse(Scope::Vendor, "operator"), None);
    }
}
