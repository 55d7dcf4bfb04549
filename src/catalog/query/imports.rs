//! Lists of products that a shop sent, and their reports.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::catalog::entity::{import, import_note};
use crate::catalog::error::CatalogError;
use crate::kernel::{Cursor, Page, ProductImportId, VendorId};
use crate::web::query::PageOf;

/// The lists of a shop, the newest first.
pub async fn list(
    conn: &impl ConnectionTrait,
    vendor_id: VendorId,
    page: &PageOf,
) -> Result<Page<import::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| import::Column::Id.lt(ProductImportId(after.id)));
    let rows = import::Entity::find()
        .filter(import::Column::VendorId.eq(vendor_id))
        .filter(Condition::all().add_option(after))
        .order_by_desc(import::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// One list of a shop.
pub async fn find(
    conn: &impl ConnectionTrait,
    vendor_id: VendorId,
    id: ProductImportId,
) -> Result<import::Model, CatalogError> {
    let found = import::Entity::find_by_id(id).filter(import::Column::VendorId.eq(vendor_id)).one(conn);
    found.await?.ok_or(CatalogError::NotFound)
}

/// What was not taken as it stands, in the order of the file.
pub async fn notes(
    conn: &impl ConnectionTrait,
    id: ProductImportId,
) -> Result<Vec<import_note::Model>, DbErr> {
    import_note::Entity::find()
        .filter(import_note::Column::ImportId.eq(id))
        .order_by_asc(import_note::Column::Line)
        .order_by_asc(import_note::Column::Id)
        .all(conn)
        .await
}
