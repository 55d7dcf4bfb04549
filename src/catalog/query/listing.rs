//! Edits that wait, banned words and reports, for those who decide about them.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::catalog::entity::{banned_word, report, revision};
use crate::kernel::{BannedWordId, ContentReportId, Cursor, Page, ProductId, ProductRevisionId};
use crate::web::query::PageOf;

/// The last edit of a product that had to wait, whatever became of it.
pub async fn last_revision(
    conn: &impl ConnectionTrait,
    product_id: ProductId,
) -> Result<Option<revision::Model>, DbErr> {
    revision::Entity::find()
        .filter(revision::Column::ProductId.eq(product_id))
        .order_by_desc(revision::Column::Id)
        .one(conn)
        .await
}

/// Edits of all shops, the oldest first.
pub async fn revisions(
    conn: &impl ConnectionTrait,
    status: revision::Status,
    page: &PageOf,
) -> Result<Page<revision::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| revision::Column::Id.gt(ProductRevisionId(after.id)));
    let rows = revision::Entity::find()
        .filter(revision::Column::Status.eq(status))
        .filter(Condition::all().add_option(after))
        .order_by_asc(revision::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// The list of banned words, as they were added.
pub async fn banned_words(
    conn: &impl ConnectionTrait,
    page: &PageOf,
) -> Result<Page<banned_word::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| banned_word::Column::Id.gt(BannedWordId(after.id)));
    let rows = banned_word::Entity::find()
        .filter(Condition::all().add_option(after))
        .order_by_asc(banned_word::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// Reports, the oldest first.
pub async fn reports(
    conn: &impl ConnectionTrait,
    (status, kind): (report::Status, Option<report::Kind>),
    page: &PageOf,
) -> Result<Page<report::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| report::Column::Id.gt(ContentReportId(after.id)));
    let rows = report::Entity::find()
        .filter(report::Column::Status.eq(status))
        .filter(Condition::all().add_option(kind.map(|kind| report::Column::Kind.eq(kind))).add_option(after))
        .order_by_asc(report::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}
