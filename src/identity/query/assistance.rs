//! Reads about the office's help for shops.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::identity::entity::assistance::{Column, Entity, Model};
use crate::kernel::{Cursor, Page, VendorId};
use crate::web::query::PageOf;

/// The last word of a shop's owner.
pub async fn assistance(db: &impl ConnectionTrait, id: VendorId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// One page of the words that hold.
pub async fn assistances(
    db: &impl ConnectionTrait,
    page: &PageOf,
    now: DateTime<Utc>,
) -> Result<Page<Model>, DbErr> {
    let mut select = Entity::find()
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .order_by_desc(Column::VendorId)
        .limit(page.limit + 1);
    if let Some(after) = &page.after {
        select = select.filter(Column::VendorId.lt(VendorId(after.id)));
    }
    Ok(Page::cut(select.all(db).await?, page.limit, |row| Cursor::after(row.vendor_id)))
}
