//! Who is calling, in the words of the caller's own pages.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::identity::model::needs_second_factor;
use crate::kernel::{Problem, UserId, VendorId, WorkUnitId};
use crate::vendors::query::{self, Me};
use crate::web::authz::Scope;
use crate::web::{Area, Caller, Policy, Role};

pub const ME: Policy = Policy::BUYER.area(Area::Account);

#[derive(Serialize, ToSchema)]
pub(super) struct MeOut {
    id: UserId,
    email: Option<String>,
    phone: Option<String>,
    name: String,
    /// The address was shown to be theirs.
    email_verified: bool,
    phone_verified: bool,
    second_factor: MySecondFactor,
    /// `buyer`, and the roles held on the platform.
    roles: Vec<&'static str>,
    vendors: Vec<MyVendor>,
    work_units: Vec<MyUnit>,
}

#[derive(Serialize, ToSchema)]
struct MySecondFactor {
    /// The account has one.
    enabled: bool,
    /// A role of the person holds only with one.
    required: bool,
    /// This session, or the one that made the key, has shown one.
    shown: bool,
}

#[derive(Serialize, ToSchema)]
struct MyVendor {
    id: VendorId,
    slug: String,
    name: String,
    /// `owner`, `manager` or `staff`.
    role: &'static str,
}

#[derive(Serialize, ToSchema)]
struct MyUnit {
    id: WorkUnitId,
    code: String,
    name: String,
    role: &'static str,
}

impl MeOut {
    fn of(me: Me, caller: &Caller, second_factor_roles: &[String]) -> Self {
        let mut all_roles = caller.roles.iter().chain(&caller.held_back);
        let second_factor = MySecondFactor {
            enabled: me.second_factor,
            required: all_roles.any(|(role, _)| needs_second_factor(*role, second_factor_roles)),
            shown: caller.second_factor,
        };
        let on_platform = caller.roles.iter().filter(|(role, _)| role.scope() == Scope::Platform);
        let roles = std::iter::once(Role::Buyer).chain(on_platform.map(|(role, _)| *role));
        let vendors = caller.vendors().filter_map(|(id, role)| {
            let vendor = me.vendors.iter().find(|vendor| vendor.id == id)?;
            Some(MyVendor { id, slug: vendor.slug.clone(), name: vendor.name.clone(), role: role.name() })
        });
        let units = caller.units().filter_map(|(id, role)| {
            let unit = me.units.iter().find(|unit| unit.id == id)?;
            Some(MyUnit { id, code: unit.code.clone(), name: unit.name.clone(), role: role.name() })
        });
        Self {
            roles: roles.map(Role::name).collect(),
            vendors: vendors.collect(),
            work_units: units.collect(),
            id: me.user.id,
            email_verified: me.user.email_verified_at.is_some(),
            phone_verified: me.user.phone_verified_at.is_some(),
            second_factor,
            email: me.user.email,
            phone: me.user.phone,
            name: me.user.name,
        }
    }
}

/// Show who is signed in, with all roles.
#[utoipa::path(
    get,
    path = "/v1/me",
    tag = "identity",
    responses((status = 200, body = MeOut))
)]
pub async fn get_me(State(app): State<App>, caller: Caller) -> Result<Json<MeOut>, Problem> {
    let me = query::me(app.db.read(), &caller).await?;
    let me = me.ok_or_else(Problem::unauthorized)?;
    Ok(Json(MeOut::of(me, &caller, &app.config.auth.second_factor_roles)))
}
