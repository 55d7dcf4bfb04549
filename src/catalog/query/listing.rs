//! Edits that wait, banned words and reports, for those who decide about them.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::content::contents;
use crate::catalog::entity::{banned_word, product, report, revision, waiting_image};
use crate::catalog::model::content::texts;
use crate::catalog::model::words::{Banned, find};
use crate::kernel::{BannedWordId, ContentReportId, Cursor, Page, ProductId, ProductRevisionId};
use crate::web::query::PageOf;

/// Listings that are looked through at once.
const LOOKED_THROUGH: u64 = 300;

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

/// The pictures that an edit adds while it waits, in the order in which they came.
pub async fn waiting_images(
    conn: &impl ConnectionTrait,
    product_id: ProductId,
) -> Result<Vec<waiting_image::Model>, DbErr> {
    waiting_image::Entity::find()
        .filter(waiting_image::Column::ProductId.eq(product_id))
        .order_by_asc(waiting_image::Column::Id)
        .all(conn)
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

/// One banned word.
pub async fn banned_word(
    conn: &impl ConnectionTrait,
    id: BannedWordId,
) -> Result<Option<banned_word::Model>, DbErr> {
    banned_word::Entity::find_by_id(id).one(conn).await
}

/// A listing that carries a banned word.
#[derive(Clone, Debug)]
pub struct Carrier {
    pub product: product::Model,
    /// Where the word stands.
    pub fields: Vec<String>,
}

/// Listings that carry a word, the oldest first. Words are found however they are written, which no database does: some
/// listings are read in five statements and looked through, and the next page goes on after them.
pub async fn products_with(
    conn: &impl ConnectionTrait,
    word: banned_word::Model,
    page: &PageOf,
) -> Result<Page<Carrier>, DbErr> {
    use product::{Column, Entity, Status};
    let after = page.after.as_ref().map(|after| Column::Id.gt(ProductId(after.id)));
    let read = Entity::find()
        .filter(Column::Status.is_in([Status::Published, Status::OnHold]))
        .filter(Condition::all().add_option(after))
        .order_by_asc(Column::Id)
        .limit(LOOKED_THROUGH)
        .all(conn)
        .await?;
    let contents = contents(conn, &read).await?;
    let mut more = (read.len() as u64 == LOOKED_THROUGH).then(|| read.last().map(|last| last.id)).flatten();
    let list = [Banned { word: word.word, folded: word.folded }];
    let mut items: Vec<Carrier> = Vec::new();
    for (product, content) in read.into_iter().zip(contents) {
        let hits = texts(&content).into_iter().filter(|(field, text)| !find(field, text, &list).is_empty());
        let mut fields: Vec<String> = hits.map(|(field, _)| field).collect();
        fields.dedup();
        if fields.is_empty() {
            continue;
        }
        if items.len() as u64 == page.limit {
            more = items.last().map(|last| last.product.id);
            break;
        }
        items.push(Carrier { product, fields });
    }
    Ok(Page { items, next_cursor: more.map(|id| Cursor::after(id).encode()) })
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
