//! Lists of shops, what is reported about them, and rows that wait.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::kernel::{Cursor, ImportNoteId, Page, VendorDuplicateId, VendorId, VendorImportId};
use crate::office::entity::{duplicate, import, note};
use crate::vendors::entity::vendor;
use crate::web::query::PageOf;

/// A list.
pub async fn find(db: &impl ConnectionTrait, id: VendorImportId) -> Result<Option<import::Model>, DbErr> {
    import::Entity::find_by_id(id).one(db).await
}

/// One page of lists, the latest first.
pub async fn list(db: &impl ConnectionTrait, page: &PageOf) -> Result<Page<import::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| import::Column::Id.lt(VendorImportId(after.id)));
    let rows = import::Entity::find()
        .filter(Condition::all().add_option(after))
        .order_by_desc(import::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// One page of the report about a list, in the order of the file.
pub async fn notes(
    db: &impl ConnectionTrait,
    id: VendorImportId,
    outcome: Option<&str>,
    page: &PageOf,
) -> Result<Page<note::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| note::Column::Id.gt(ImportNoteId(after.id)));
    let rows = note::Entity::find()
        .filter(note::Column::ImportId.eq(id))
        .filter(Condition::all().add_option(outcome.map(|outcome| note::Column::Outcome.eq(outcome))))
        .filter(Condition::all().add_option(after))
        .order_by_asc(note::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// The whole report about a list.
pub async fn report(db: &impl ConnectionTrait, id: VendorImportId) -> Result<Vec<note::Model>, DbErr> {
    note::Entity::find().filter(note::Column::ImportId.eq(id)).order_by_asc(note::Column::Id).all(db).await
}

/// One page of rows that wait or waited, the oldest first, each with the shop it may be; two statements.
pub async fn duplicates(
    db: &impl ConnectionTrait,
    status: Option<duplicate::Status>,
    page: &PageOf,
) -> Result<Page<(duplicate::Model, Option<vendor::Model>)>, DbErr> {
    let after = page.after.as_ref().map(|after| duplicate::Column::Id.gt(VendorDuplicateId(after.id)));
    let rows = duplicate::Entity::find()
        .filter(Condition::all().add_option(status.map(|status| duplicate::Column::Status.eq(status))))
        .filter(Condition::all().add_option(after))
        .order_by_asc(duplicate::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    let page = Page::cut(rows, page.limit, |row| Cursor::after(row.id));
    let ids = page.items.iter().map(|row| row.vendor_id);
    let shops = vendor::Entity::find().filter(vendor::Column::Id.is_in(ids)).all(db).await?;
    let shops: HashMap<VendorId, vendor::Model> = shops.into_iter().map(|shop| (shop.id, shop)).collect();
    Ok(page.map(|row| {
        let shop = shops.get(&row.vendor_id).cloned();
        (row, shop)
    }))
}
