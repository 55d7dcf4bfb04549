//! The constant that every route has: who may call it, on what, and which headers it wants.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::{Caller, Via};
use super::role::{Area, KeyScope, Role, Scope};
use crate::kernel::Problem;

/// Who may call an operation, on what, and which headers it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    public: bool,
    any_of: &'static [Role],
    object: Option<(&'static str, &'static str)>,
    area: Option<Area>,
    step_up: bool,
    idempotency: bool,
    if_match: bool,
}

impl Policy {
    const NOBODY: Self = Self {
        public: false,
        any_of: &[],
        object: None,
        area: None,
        step_up: false,
        idempotency: false,
        if_match: false,
    };
    /// Anybody, signed in or not.
    pub const PUBLIC: Self = Self { public: true, ..Self::NOBODY };
    /// Any signed-in person.
    pub const BUYER: Self = Self::any_of(&[Role::Buyer]);

    /// Whoever holds one of these roles. An empty list does not compile when used in a constant.
    pub const fn any_of(roles: &'static [Role]) -> Self {
        assert!(!roles.is_empty(), "a policy without roles would let nobody or everybody in");
        Self { any_of: roles, ..Self::NOBODY }
    }

    /// The kind of object, and the path parameter that names it.
    #[must_use]
    pub const fn on(mut self, object: &'static str, param: &'static str) -> Self {
        self.object = Some((object, param));
        self
    }

    /// The part of the work it belongs to: staff of a shop may be limited to others, and a key of a program needs its scope.
    /// Without an area no key may call it.
    #[must_use]
    pub const fn area(mut self, area: Area) -> Self {
        self.area = Some(area);
        self
    }

    /// The person must have shown the password or a code a short while ago.
    #[must_use]
    pub const fn step_up(mut self) -> Self {
        self.step_up = true;
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

    /// The `x-authz` member of an operation that writes or only reads.
    pub fn x_authz(&self, write: bool) -> Value {
        if self.public {
            return json!({"public": true});
        }
        let mut value = json!({"any_of": self.any_of.iter().map(|role| role.label()).collect::<Vec<_>>()});
        if let Some((object, param)) = self.object {
            value["object"] = object.into();
            value["param"] = param.into();
        }
        if let Some(area) = self.area {
            value["area"] = area.name().into();
            value["key_scope"] = KeyScope { area, write }.label().into();
        }
        if self.step_up {
            value["step_up"] = true.into();
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
        let kinds: [(bool, &[(u16, &'static str)]); 6] = [
            (!signed_in_is_enough, &[(403, "role-missing"), (403, "second-factor-required")]),
            (!self.public, &[(403, "scope-missing")]),
            (self.step_up, &[(403, "step-up-required")]),
            (self.object.is_some(), &[(404, "not-found")]),
            (self.if_match, &[(412, "stale"), (428, "if-match-required")]),
            (self.idempotency, &[(400, "key-required"), (409, "in-progress"), (422, "key-reused")]),
        ];
        for (_, codes) in kinds.into_iter().filter(|(applies, _)| *applies) {
            refusals.extend_from_slice(codes);
        }
        refusals
    }

    /// Lets the caller pass by one of the roles, or says why not. `object_id` is the value of the policy's path parameter.
    pub fn check(
        &self,
        caller: Option<&Caller>,
        object_id: Option<&str>,
        write: bool,
    ) -> Result<Option<Role>, Problem> {
        if self.public {
            return Ok(None);
        }
        let caller = caller.ok_or_else(Problem::unauthorized)?;
        self.check_role(caller)?;
        self.check_key(caller, write)?;
        let role = self.check_object(caller, object_id)?;
        if self.step_up && !caller.recent { Err(step_up_required()) } else { Ok(role) }
    }

    fn check_role(&self, caller: &Caller) -> Result<(), Problem> {
        if self.any_of.iter().any(|role| caller.holds(*role)) {
            Ok(())
        } else if caller.held_back.iter().any(|(role, _)| self.any_of.contains(role)) {
            Err(second_factor_required())
        } else {
            Err(role_missing())
        }
    }

    fn check_key(&self, caller: &Caller, write: bool) -> Result<(), Problem> {
        let covered = match (&caller.via, self.area) {
            (Via::Session(_), _) => true,
            (Via::Key(..), Some(area)) => caller.reaches(area, write),
            (Via::Key(..), None) => false,
        };
        if covered { Ok(()) } else { Err(scope_missing()) }
    }

    fn check_object(&self, caller: &Caller, object_id: Option<&str>) -> Result<Option<Role>, Problem> {
        let on_platform = |role: &&Role| role.scope() == Scope::Platform && caller.holds(**role);
        if let Some(role) = self.any_of.iter().find(on_platform) {
            return Ok(Some(*role));
        }
        let scoped = match self.object {
            Some(("vendor", _)) => Scope::Vendor,
            Some(("work_unit", _)) => Scope::Unit,
            _ => return Ok(self.any_of.iter().copied().find(|role| caller.holds(*role))),
        };
        let id = object_id.and_then(|id| Uuid::parse_str(id).ok()).ok_or_else(Problem::not_found)?;
        let mut mine = caller.roles_in(scoped, id).peekable();
        if mine.peek().is_none() {
            return Err(Problem::not_found());
        }
        let role = mine.find(|role| self.any_of.contains(role) && caller.may_work(*role, id, self.area));
        role.map(Some).ok_or_else(not_permitted)
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

/// 403: a program with a key that was not made for this.
fn scope_missing() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "scope-missing",
        "Kunci API ini tidak dibuat untuk tindakan ini.",
        "This API key was not made for this.",
    )
}

/// 403: the role is there, but such roles need a second factor.
fn second_factor_required() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "second-factor-required",
        "Peran Anda memerlukan verifikasi dua langkah; aktifkan, lalu masuk lagi.",
        "Your role needs a second factor; set it up, then sign in again.",
    )
}

/// 403: the password must be shown again.
fn step_up_required() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "step-up-required",
        "Masukkan kata sandi atau kode Anda sekali lagi untuk tindakan ini.",
        "Show your password or code once more for this.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::{VENDOR_LEADS, VENDOR_MEMBERS};
    use super::*;
    use crate::kernel::{SessionId, UserId};

    const LEADS: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id");
    const STAFF_OR_OPERATOR: Policy =
        Policy::any_of(&[Role::VendorStaff, Role::Operator]).on("vendor", "vendor_id");

    fn caller(roles: &[(Role, u128)]) -> Caller {
        Caller {
            user_id: UserId::generate(),
            via: Via::Session(SessionId::generate()),
            roles: roles.iter().map(|(role, id)| (*role, Uuid::from_u128(*id))).collect(),
            held_back: Vec::new(),
            limited: Vec::new(),
            assisting: None,
            recent: true,
            second_factor: false,
        }
    }

    fn status(policy: &Policy, caller: Option<&Caller>, id: u128) -> u16 {
        let id = Uuid::from_u128(id).to_string();
        policy.check(caller, Some(&id), true).map_or_else(|problem| problem.status.as_u16(), |_| 200)
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
        let nonsense = LEADS.check(Some(&caller(&[(Role::VendorOwner, 2)])), Some("x"), true);
        assert_eq!(nonsense.unwrap_err().status, 404);
    }

    #[test]
    fn a_platform_role_reaches_every_shop() {
        assert_eq!(status(&STAFF_OR_OPERATOR, Some(&caller(&[(Role::Operator, 0)])), 1), 200);
        assert_eq!(status(&STAFF_OR_OPERATOR, Some(&caller(&[(Role::Officer, 0)])), 1), 403);
        assert_eq!(status(&Policy::PUBLIC, None, 1), 200);
        assert_eq!(status(&Policy::BUYER, Some(&caller(&[])), 1), 200);
    }

    fn code(policy: &Policy, caller: &Caller, write: bool) -> String {
        let id = Uuid::from_u128(1).to_string();
        policy
            .check(Some(caller), Some(&id), write)
            .map_or_else(|problem| problem.code.to_owned(), |_| String::new())
    }

    #[test]
    fn staff_may_be_limited_to_some_areas() {
        const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id");
        let mut staff = caller(&[(Role::VendorStaff, 1)]);
        staff.limited.push((Uuid::from_u128(1), vec![Area::Orders]));
        assert_eq!(code(&MEMBERS.area(Area::Orders), &staff, true), "");
        assert_eq!(code(&MEMBERS.area(Area::Catalog), &staff, true), "not-permitted");
        assert_eq!(code(&MEMBERS, &staff, true), "");
        staff.roles.push((Role::VendorOwner, Uuid::from_u128(1)));
        assert_eq!(code(&MEMBERS.area(Area::Catalog), &staff, true), "");
    }

    #[test]
    fn a_key_does_what_its_scopes_say() {
        let mut program = caller(&[(Role::VendorOwner, 1)]);
        let scope = |label| KeyScope::parse(label).unwrap();
        program.via =
            Via::Key(crate::kernel::ApiKeyId::generate(), vec![scope("orders:read"), scope("stock:write")]);
        assert_eq!(code(&LEADS.area(Area::Orders), &program, false), "");
        assert_eq!(code(&LEADS.area(Area::Orders), &program, true), "scope-missing");
        assert_eq!(code(&LEADS.area(Area::Stock), &program, true), "");
        assert_eq!(code(&LEADS.area(Area::Stock), &program, false), "");
        assert_eq!(code(&LEADS, &program, false), "scope-missing");
        assert_eq!(code(&Policy::PUBLIC, &program, false), "");
    }

    #[test]
    fn some_things_need_more_than_a_role() {
        const OPERATOR: Policy = Policy::any_of(&[Role::Operator]).step_up();
        let mut person = caller(&[(Role::Operator, 0)]);
        assert_eq!(code(&OPERATOR, &person, true), "");
        person.recent = false;
        assert_eq!(code(&OPERATOR, &person, true), "step-up-required");
        person.held_back = std::mem::take(&mut person.roles);
        assert_eq!(code(&OPERATOR, &person, true), "second-factor-required");
        assert_eq!(code(&Policy::any_of(&[Role::Finance]), &person, true), "role-missing");
    }

    #[test]
    fn names_come_back() {
        for area in Area::ALL {
            assert_eq!(Area::parse(area.name()), Some(area));
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.scope(), role.name()), Some(role));
            assert_eq!(Scope::parse(role.scope().name()), Some(role.scope()));
        }
        assert_eq!(Role::parse(Scope::Vendor, "operator"), None);
    }
}
