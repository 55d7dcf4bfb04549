//! Shops that wait for the office, and how long decisions take.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::kernel::{Cursor, Page, UserId, VendorId};
use crate::office::entity::assignment;
use crate::platform::db::all;
use crate::vendors::entity::{review, vendor};
use crate::web::query::PageOf;

/// Most decisions of one look.
const MOST: u64 = 20_000;

/// Whose shops are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// Anybody's.
    All,
    /// Of an officer.
    Officer(UserId),
    /// Of nobody.
    Nobody,
}

/// One page of shops that wait, the longest first, each with its officer; two statements.
pub async fn waiting(
    db: &impl ConnectionTrait,
    whose: Whose,
    page: &PageOf,
) -> Result<Page<(vendor::Model, Option<assignment::Model>)>, DbErr> {
    use vendor::Column;
    let mut assigned = Query::select().column(assignment::Column::VendorId).from(assignment::Entity).take();
    let mut narrow =
        Condition::all().add(Column::Status.is_in([vendor::Status::Submitted, vendor::Status::InReview]));
    match whose {
        Whose::All => {}
        Whose::Nobody => narrow = narrow.add(Column::Id.not_in_subquery(assigned)),
        Whose::Officer(id) => {
            assigned.and_where(assignment::Column::OfficerId.eq(id));
            narrow = narrow.add(Column::Id.in_subquery(assigned));
        }
    }
    if let Some(after) = &page.after {
        let at = DateTime::from_timestamp_micros(after.by.unwrap_or(0)).unwrap_or_default();
        let same = Condition::all().add(Column::SubmittedAt.eq(at)).add(Column::Id.gt(VendorId(after.id)));
        narrow = narrow.add(Condition::any().add(Column::SubmittedAt.gt(at)).add(same));
    }
    let rows = vendor::Entity::find()
        .filter(narrow)
        .order_by_asc(Column::SubmittedAt)
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    let page = Page::cut(rows, page.limit, |row| Cursor {
        id: row.id.into(),
        by: row.submitted_at.map(|at| at.timestamp_micros()),
    });
    let ids = page.items.iter().map(|row| row.id);
    let found = assignment::Entity::find().filter(assignment::Column::VendorId.is_in(ids)).all(db).await?;
    let mut found: HashMap<VendorId, assignment::Model> =
        found.into_iter().map(|row| (row.vendor_id, row)).collect();
    Ok(page.map(|row| {
        let assigned = found.remove(&row.id);
        (row, assigned)
    }))
}

/// One decision about a shop that waited.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Decided {
    pub actor_id: UserId,
    pub to_status: vendor::Status,
    pub at: DateTime<Utc>,
    pub since: Option<DateTime<Utc>>,
}

/// Decisions between two moments, each with when the shop was submitted; one statement.
pub async fn decisions(
    db: &impl ConnectionTrait,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Decided>, DbErr> {
    use review::Column;
    let earlier = Alias::new("earlier");
    let submitted = Query::select()
        .expr(Func::max(Expr::col((earlier.clone(), Column::CreatedAt))))
        .from_as(review::Entity, earlier.clone())
        .and_where(Expr::col((earlier.clone(), Column::VendorId)).equals((review::Entity, Column::VendorId)))
        .and_where(Expr::col((earlier.clone(), Column::ToStatus)).eq(vendor::Status::Submitted))
        .and_where(Expr::col((earlier, Column::Id)).lt(Expr::col((review::Entity, Column::Id))))
        .take();
    let mut select = Query::select();
    select
        .column((review::Entity, Column::ActorId))
        .column((review::Entity, Column::ToStatus))
        .expr_as(Expr::col((review::Entity, Column::CreatedAt)), Alias::new("at"))
        .expr_as(Expr::from(submitted), Alias::new("since"))
        .from(review::Entity)
        .and_where(Column::FromStatus.is_in([vendor::Status::Submitted, vendor::Status::InReview]))
        // Beginning to look, or what the owner does, decides nothing.
        .and_where(Column::ToStatus.is_not_in([vendor::Status::InReview, vendor::Status::Withdrawn]))
        .and_where(Column::CreatedAt.gte(from))
        .and_where(Column::CreatedAt.lt(to))
        .limit(MOST);
    all(db, &select).await
}
