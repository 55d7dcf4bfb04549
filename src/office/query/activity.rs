//! What shops do, derived and not declared: when they last signed in, counted stock, sold, answered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::catalog::entity::{movement, variant};
use crate::identity::entity::{membership, session};
use crate::kernel::{Cursor, Page, RegionCode, VendorId};
use crate::office::entity::survey;
use crate::orders::entity::order;
use crate::platform::db::all;
use crate::vendors::entity::{merge, profile, vendor};
use crate::web::authz::Scope;
use crate::web::query::PageOf;

/// What a shop does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A member signed in or worked.
    Login,
    /// Stock was counted or moved.
    Stock,
    /// Somebody ordered.
    Order,
    /// The survey was answered.
    Survey,
}

/// Which shops are looked for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Shops that showed none of some signs since then.
    pub quiet_since: Option<(DateTime<Utc>, Vec<Sign>)>,
    /// In a district.
    pub district: Option<RegionCode>,
    /// Of a sector.
    pub sector: Option<String>,
}

/// When a shop last did what.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    pub login: Option<DateTime<Utc>>,
    pub stock: Option<DateTime<Utc>>,
    pub order: Option<DateTime<Utc>>,
    pub survey: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Last {
    vendor_id: VendorId,
    at: Option<DateTime<Utc>>,
}

impl Sign {
    /// Every sign.
    pub const ALL: [Self; 4] = [Self::Login, Self::Stock, Self::Order, Self::Survey];

    /// Rows that are this sign of a shop: the shop, and when.
    fn rows(self) -> (SelectStatement, Expr, Expr) {
        let mut rows = Query::select();
        match self {
            Self::Login => {
                let same = Expr::col((session::Entity, session::Column::UserId))
                    .equals((membership::Entity, membership::Column::UserId));
                rows.from(membership::Entity)
                    .inner_join(session::Entity, same)
                    .and_where(membership::Column::Scope.eq(Scope::Vendor.name()));
                let used = Expr::col((session::Entity, session::Column::LastUsedAt));
                let made = Expr::col((session::Entity, session::Column::CreatedAt));
                let shop = Expr::col((membership::Entity, membership::Column::ScopeId));
                (rows, shop, Func::coalesce([used, made]).into())
            }
            Self::Stock => {
                let same = Expr::col((variant::Entity, variant::Column::Id))
                    .equals((movement::Entity, movement::Column::VariantId));
                rows.from(movement::Entity).inner_join(variant::Entity, same);
                let shop = Expr::col((variant::Entity, variant::Column::VendorId));
                (rows, shop, Expr::col((movement::Entity, movement::Column::CreatedAt)))
            }
            Self::Order => {
                rows.from(order::Entity);
                let shop = Expr::col((order::Entity, order::Column::VendorId));
                (rows, shop, Expr::col((order::Entity, order::Column::PlacedAt)))
            }
            Self::Survey => {
                rows.from(survey::Entity).and_where(survey::Column::Method.eq(survey::Method::Declared));
                let shop = Expr::col((survey::Entity, survey::Column::VendorId));
                (rows, shop, Expr::col((survey::Entity, survey::Column::CreatedAt)))
            }
        }
    }

    /// True for shops that did not show it since a moment.
    fn missing(self, since: DateTime<Utc>) -> Expr {
        let (mut rows, shop, at) = self.rows();
        rows.expr(Expr::value(1)).and_where(shop.in_subquery(ids_of_row())).and_where(at.gte(since));
        Expr::not_exists(rows)
    }

    async fn last(self, db: &impl ConnectionTrait, ids: &[VendorId]) -> Result<Vec<Last>, DbErr> {
        let (mut rows, shop, at) = self.rows();
        rows.expr_as(shop.clone(), Alias::new("vendor_id"))
            .expr_as(Func::max(at), Alias::new("at"))
            .and_where(shop.clone().is_in(ids.iter().copied()))
            .add_group_by([shop]);
        all(db, &rows).await
    }
}

/// The ids of the shop of the row around: its own, and those of shops that became it.
fn ids_of_row() -> SelectStatement {
    let shop = || Expr::col((vendor::Entity, vendor::Column::Id));
    let merged = Query::select()
        .column(merge::Column::FromId)
        .from(merge::Entity)
        .and_where(merge::Column::CurrentId.into_expr().eq(shop()))
        .take();
    Query::select().expr(shop()).union(UnionType::All, merged).take()
}

/// One page of shops that sell with what they last did; six statements.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageOf,
) -> Result<Page<(vendor::Model, Activity)>, DbErr> {
    let mut narrow = Condition::all().add(vendor::Column::Status.eq(vendor::Status::Active));
    if let Some(district) = filter.district {
        narrow = narrow.add(vendor::Column::DistrictCode.eq(district.as_str()));
    }
    if let Some(sector) = &filter.sector {
        let of_sector = Query::select()
            .column(profile::Column::VendorId)
            .from(profile::Entity)
            .and_where(profile::Column::Sector.eq(sector.as_str()))
            .take();
        narrow = narrow.add(vendor::Column::Id.in_subquery(of_sector));
    }
    if let Some((since, signs)) = &filter.quiet_since {
        let quiet = signs.iter().fold(Condition::any(), |any, sign| any.add(sign.missing(*since)));
        narrow = narrow.add(quiet);
    }
    narrow = narrow.add_option(page.after.as_ref().map(|after| vendor::Column::Id.gt(VendorId(after.id))));
    let rows = vendor::Entity::find()
        .filter(narrow)
        .order_by_asc(vendor::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    let page = Page::cut(rows, page.limit, |row| Cursor::after(row.id));
    let mut found = activities(db, &page.items).await?;
    Ok(page.map(|shop| {
        let activity = found.remove(&shop.id).unwrap_or_default();
        (shop, activity)
    }))
}

async fn merged_into(db: &impl ConnectionTrait, ids: &[VendorId]) -> Result<Vec<merge::Model>, DbErr> {
    merge::Entity::find().filter(merge::Column::CurrentId.is_in(ids.iter().copied())).all(db).await
}

async fn activities(
    db: &impl ConnectionTrait,
    shops: &[vendor::Model],
) -> Result<HashMap<VendorId, Activity>, DbErr> {
    let mut ids: Vec<VendorId> = shops.iter().map(|shop| shop.id).collect();
    let became: HashMap<VendorId, VendorId> =
        merged_into(db, &ids).await?.into_iter().map(|row| (row.from_id, row.current_id)).collect();
    ids.extend(became.keys());
    let mut found: HashMap<VendorId, Activity> = HashMap::new();
    for sign in Sign::ALL {
        for Last { vendor_id, at } in sign.last(db, &ids).await? {
            let kept = became.get(&vendor_id).copied().unwrap_or(vendor_id);
            let activity = found.entry(kept).or_default();
            let known = match sign {
                Sign::Login => &mut activity.login,
                Sign::Stock => &mut activity.stock,
                Sign::Order => &mut activity.order,
                Sign::Survey => &mut activity.survey,
            };
            *known = Ord::max(*known, at);
        }
    }
    Ok(found)
}
