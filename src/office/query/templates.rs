//! Templates of reports.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::kernel::{Cursor, Page, ReportTemplateId};
use crate::office::entity::template::{Column, Entity, Model};
use crate::web::query::PageOf;

/// One page of templates, the latest first.
pub async fn list(db: &impl ConnectionTrait, page: &PageOf) -> Result<Page<Model>, DbErr> {
    let after = page.after.as_ref().map(|after| Column::Id.lt(ReportTemplateId(after.id)));
    let rows = Entity::find()
        .filter(Condition::all().add_option(after))
        .order_by_desc(Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}
