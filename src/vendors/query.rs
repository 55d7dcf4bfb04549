//! Reads about shops.

mod papers;
mod storefront;

use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::entity::vendor::{self, Status};
use super::entity::{merge, profile, review};
use crate::identity::entity::{membership, user, work_unit};
use crate::identity::query::has_second_factor;
use crate::kernel::{Cursor, Page, RegionCode, Slug, UserId, VendorId};
use crate::web::authz::Scope;
use crate::web::query::PageOf;
use crate::web::{Caller, Role};

pub use papers::{
    PaperFilter, accounts_by_id, bank_accounts, counting_papers, paper, paper_of, papers, payment_settings,
    payout_account,
};

pub use storefront::{Terms, areas, storefront, terms};

/// Most decisions that are shown with a shop, the latest first.
const REVIEWS: u64 = 20;

/// What a list of shops is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the name.
    pub name: Option<String>,
    /// A kecamatan.
    pub district: Option<RegionCode>,
    /// Where shops stand; empty means anywhere.
    pub statuses: Vec<Status>,
    /// A branch.
    pub sector: Option<String>,
    /// With facts that changed after the office had looked.
    pub unreviewed: bool,
}

/// A shop, whoever asks; callers are let in by the policy of their route.
pub async fn find(db: &impl ConnectionTrait, id: VendorId) -> Result<Option<vendor::Model>, DbErr> {
    vendor::Entity::find_by_id(id).one(db).await
}

/// The same, held until the transaction ends.
pub async fn locked(txn: &DatabaseTransaction, id: VendorId) -> Result<Option<vendor::Model>, DbErr> {
    vendor::Entity::find_by_id(id).lock_exclusive().one(txn).await
}

/// A shop that everybody can see, by id or slug.
pub async fn find_public(
    db: &impl ConnectionTrait,
    id_or_slug: &str,
) -> Result<Option<vendor::Model>, DbErr> {
    let Some(which) = named(id_or_slug) else {
        return Ok(None);
    };
    vendor::Entity::find().filter(which).filter(vendor::Column::Status.is_in(public_statuses())).one(db).await
}

/// A shop by id or slug, or the one that it became.
pub fn named(id_or_slug: &str) -> Option<Condition> {
    let (is, was) = match Uuid::parse_str(id_or_slug) {
        Ok(id) => (vendor::Column::Id.eq(VendorId(id)), merge::Column::FromId.eq(VendorId(id))),
        Err(_) if Slug::could_be(id_or_slug) => {
            (vendor::Column::Slug.eq(id_or_slug), merge::Column::Slug.eq(id_or_slug))
        }
        Err(_) => return None,
    };
    let became = merge::Entity::find().select_only().column(merge::Column::CurrentId).filter(was);
    // One value, so that the index of shops is used.
    let became = Expr::from(became.into_query());
    Some(Condition::any().add(is).add(Expr::col((vendor::Entity, vendor::Column::Id)).eq(became)))
}

/// The ids of a shop: its own, and those of shops that became it.
pub fn ids_of(id: VendorId) -> SelectStatement {
    let merged = Query::select()
        .column(merge::Column::FromId)
        .from(merge::Entity)
        .and_where(merge::Column::CurrentId.eq(id))
        .take();
    Query::select().expr(Expr::value(id)).union(UnionType::All, merged).take()
}

/// The shop that this one became, if it is gone.
pub async fn became(db: &impl ConnectionTrait, id: VendorId) -> Result<Option<VendorId>, DbErr> {
    let row = merge::Entity::find().filter(merge::Column::FromId.eq(id)).one(db).await?;
    Ok(row.map(|row| row.current_id))
}

/// Where shops stand that everybody can see.
pub fn public_statuses() -> Vec<Status> {
    use sea_orm::Iterable as _;
    Status::iter().filter(|status| status.is_public()).collect()
}

/// One page of shops, the latest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageOf,
) -> Result<Page<vendor::Model>, DbErr> {
    let mut narrow = Condition::all();
    if let Some(name) = &filter.name {
        narrow = narrow.add(name_contains(name));
    }
    if let Some(district) = filter.district {
        narrow = narrow.add(vendor::Column::DistrictCode.eq(district.as_str()));
    }
    if !filter.statuses.is_empty() {
        narrow = narrow.add(vendor::Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if filter.sector.is_some() || filter.unreviewed {
        narrow = narrow.add(vendor::Column::Id.in_subquery(profiles(filter)));
    }
    if let Some(after) = &page.after {
        narrow = narrow.add(vendor::Column::Id.lt(VendorId(after.id)));
    }
    let rows = vendor::Entity::find()
        .filter(narrow)
        .order_by_desc(vendor::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

fn profiles(filter: &Filter) -> SelectStatement {
    let mut narrow = Condition::all();
    if let Some(sector) = &filter.sector {
        narrow = narrow.add(profile::Column::Sector.eq(sector.as_str()));
    }
    if filter.unreviewed {
        narrow = narrow.add(profile::Column::Unreviewed.ne(""));
    }
    Query::select().column(profile::Column::VendorId).from(profile::Entity).cond_where(narrow).take()
}

/// What a shop says about itself, if anything.
pub async fn profile(db: &impl ConnectionTrait, id: VendorId) -> Result<Option<profile::Model>, DbErr> {
    profile::Entity::find_by_id(id).one(db).await
}

/// The accounts of those who own a shop.
pub async fn owners(db: &impl ConnectionTrait, id: VendorId) -> Result<Vec<user::Model>, DbErr> {
    let owners = Query::select()
        .column(membership::Column::UserId)
        .from(membership::Entity)
        .and_where(membership::Column::Scope.eq(Scope::Vendor.name()))
        .and_where(membership::Column::ScopeId.eq(id.0))
        .and_where(membership::Column::Role.eq(Role::VendorOwner.name()))
        .take();
    user::Entity::find().filter(user::Column::Id.in_subquery(owners)).all(db).await
}

fn name_contains(part: &str) -> Expr {
    let escaped = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = LikeExpr::new(format!("%{escaped}%")).escape('\\');
    Expr::expr(Func::lower(Expr::col((vendor::Entity, vendor::Column::Name)))).like(pattern)
}

/// The latest decisions about a shop.
pub async fn reviews(db: &impl ConnectionTrait, id: VendorId) -> Result<Vec<review::Model>, DbErr> {
    review::Entity::find()
        .filter(review::Column::VendorId.eq(id))
        .order_by_desc(review::Column::Id)
        .limit(REVIEWS)
        .all(db)
        .await
}

/// Where a shop stood when it was last stopped.
pub async fn stopped_from(db: &impl ConnectionTrait, id: VendorId) -> Result<Option<Status>, DbErr> {
    let stop = review::Entity::find()
        .filter(review::Column::VendorId.eq(id))
        .filter(review::Column::ToStatus.eq(Status::Suspended))
        .order_by_desc(review::Column::Id);
    Ok(stop.one(db).await?.map(|row| row.from_status))
}

/// The person who is calling, with the shops and work units of the roles held.
pub struct Me {
    /// The account.
    pub user: user::Model,
    /// It has a second factor.
    pub second_factor: bool,
    /// Shops, in no order.
    pub vendors: Vec<vendor::Model>,
    /// Work units, in no order.
    pub units: Vec<work_unit::Model>,
}

/// Four statements, however many roles there are.
pub async fn me(db: &impl ConnectionTrait, caller: &Caller) -> Result<Option<Me>, DbErr> {
    let Some(user) = account(db, caller.user_id).await? else {
        return Ok(None);
    };
    let second_factor = has_second_factor(db, caller.user_id).await?;
    let vendors = vendor::Entity::find()
        .filter(vendor::Column::Id.is_in(caller.vendors().map(|(id, _)| id)))
        .all(db)
        .await?;
    let units = work_unit::Entity::find()
        .filter(work_unit::Column::Id.is_in(caller.units().map(|(id, _)| id)))
        .all(db)
        .await?;
    Ok(Some(Me { user, second_factor, vendors, units }))
}

async fn account(db: &impl ConnectionTrait, id: UserId) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).one(db).await
}
