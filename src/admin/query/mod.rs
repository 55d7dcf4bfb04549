//! Reading the job queue, the audit trail and its seals.

pub mod audit;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::model::SEALED;
use crate::app::App;
use crate::kernel::{Cursor, JobId, Page};
use crate::platform::audit::seals;
use crate::platform::jobs::entity::{Column, Entity, Model, State};
use crate::web::query::PageOf;

/// Walks the whole chain of seals with all rows under it.
pub async fn verify_seals(app: &App) -> Result<seals::Verdict, DbErr> {
    seals::verify(app.db.read(), SEALED, 1).await
}

/// Which jobs an operator wants to see.
#[derive(Debug, Default)]
pub struct JobFilter {
    /// In this state.
    pub state: Option<State>,
    /// Of this kind.
    pub kind: Option<String>,
}

/// The jobs that fit, the newest first.
pub async fn jobs(db: &impl ConnectionTrait, filter: JobFilter, page: PageOf) -> Result<Page<Model>, DbErr> {
    let mut select = Entity::find().order_by_desc(Column::Id).limit(page.limit + 1);
    if let Some(state) = filter.state {
        select = select.filter(Column::State.eq(state));
    }
    if let Some(kind) = filter.kind {
        select = select.filter(Column::Kind.eq(kind));
    }
    if let Some(after) = page.after {
        select = select.filter(Column::Id.lt(JobId(after.id)));
    }
    let rows = select.all(db).await?;
    Ok(Page::cut(rows, page.limit, |job| Cursor::after(job.id)))
}

/// One job.
pub async fn job(db: &impl ConnectionTrait, id: JobId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}
