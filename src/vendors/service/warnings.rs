//! Warnings of papers that end soon.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::app::App;
use crate::kernel::clock::business_date;
use crate::platform::jobs::{JobError, NewJob, enqueue};
use crate::vendors::entity::paper::{self, Column, Entity, PaperStatus};
use crate::vendors::error::VendorError;
use crate::vendors::jobs::PaperExpires;
use crate::vendors::model::{WARNINGS, warning};

/// Papers of one transaction.
const BATCH: u64 = 200;

/// Warns the owners of papers that end soon: at 60, 30 and 7 days, each once.
pub async fn warn(app: App) -> Result<(), JobError> {
    while warn_some(&app).await.map_err(JobError::new)? {}
    Ok(())
}

/// No other paper of the shop and kind runs longer.
fn last_of_its_kind() -> Condition {
    let other = "other";
    let of = |column: Column| Expr::col((other, column));
    let longer =
        of(Column::ExpiresOn).is_null().or(of(Column::ExpiresOn).gt(Expr::col((Entity, Column::ExpiresOn))));
    let renewed = Query::select()
        .expr(Expr::value(1))
        .from_as(Entity, other)
        .and_where(of(Column::VendorId).eq(Expr::col((Entity, Column::VendorId))))
        .and_where(of(Column::Kind).eq(Expr::col((Entity, Column::Kind))))
        .and_where(of(Column::Id).ne(Expr::col((Entity, Column::Id))))
        .and_where(of(Column::Status).eq(PaperStatus::Accepted))
        .and_where(longer)
        .take();
    Condition::all().add(Expr::exists(renewed).not())
}

async fn warn_some(app: &App) -> Result<bool, VendorError> {
    let now = app.now();
    let today = business_date(now);
    let txn = app.db.begin().await?;
    // A paper is due for a threshold if it ends by then and was warned of none as near.
    let due = WARNINGS.into_iter().fold(Condition::any(), |any, days| {
        let last = (today + chrono::Duration::days(days.into())).to_string();
        let unsaid = Condition::any().add(Column::WarnedDays.is_null()).add(Column::WarnedDays.gt(days));
        any.add(Condition::all().add(Column::ExpiresOn.lte(last)).add(unsaid))
    });
    let papers = Entity::find()
        .filter(Column::Status.eq(PaperStatus::Accepted))
        .filter(Column::ExpiresOn.gte(today.to_string()))
        .filter(due)
        .filter(last_of_its_kind())
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .lock_exclusive()
        .all(&txn)
        .await?;
    let mut jobs = Vec::new();
    for paper in &papers {
        let left = paper.expires_on.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
        let days = left.and_then(|last| warning((last - today).num_days(), paper.warned_days));
        let Some(days) = days else { continue };
        Entity::update_many()
            .set(paper::ActiveModel { warned_days: Set(Some(days)), ..Default::default() })
            .filter(Column::Id.eq(paper.id))
            .exec(&txn)
            .await?;
        jobs.push(NewJob::now(now, &PaperExpires { paper_id: paper.id, days })?);
    }
    let more = !jobs.is_empty();
    enqueue(&txn, jobs).await?;
    app.commit(txn).await?;
    Ok(more)
}
