//! Reads about papers and bank accounts.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::kernel::{BankAccountId, Cursor, Page, PaperId, VendorId};
use crate::vendors::entity::paper::{Column, Entity, Model, PaperKind, PaperStatus};
use crate::vendors::entity::{bank_account, payment_settings};
use crate::web::query::PageOf;

/// What a list of papers is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct PaperFilter {
    /// Of one shop.
    pub vendor_id: Option<VendorId>,
    /// Where they stand.
    pub status: Option<PaperStatus>,
    /// What they are.
    pub kind: Option<PaperKind>,
}

/// A paper of this shop.
pub async fn paper_of(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    id: PaperId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::VendorId.eq(vendor_id)).one(db).await
}

/// A paper of any shop, for the office.
pub async fn paper(db: &impl ConnectionTrait, id: PaperId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// One page of papers, the newest first.
pub async fn papers(
    db: &impl ConnectionTrait,
    filter: &PaperFilter,
    page: &PageOf,
) -> Result<Page<Model>, DbErr> {
    let narrow = Condition::all()
        .add_option(filter.vendor_id.map(|id| Column::VendorId.eq(id)))
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind)))
        .add_option(page.after.as_ref().map(|after| Column::Id.lt(PaperId(after.id))));
    let rows = Entity::find().filter(narrow).order_by_desc(Column::Id).limit(page.limit + 1).all(db).await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// The papers and exemptions of shops that count on a day.
pub async fn counting_papers(
    db: &impl ConnectionTrait,
    vendors: impl IntoIterator<Item = VendorId>,
    today: NaiveDate,
) -> Result<Vec<Model>, DbErr> {
    let lasting =
        Condition::any().add(Column::ExpiresOn.is_null()).add(Column::ExpiresOn.gte(today.to_string()));
    Entity::find()
        .filter(Column::VendorId.is_in(vendors))
        .filter(Column::Status.eq(PaperStatus::Accepted))
        .filter(lasting)
        .all(db)
        .await
}

/// Accounts that payouts go to.
pub async fn accounts_by_id(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = BankAccountId>,
) -> Result<Vec<bank_account::Model>, DbErr> {
    bank_account::Entity::find().filter(bank_account::Column::Id.is_in(ids)).all(db).await
}

/// The bank accounts of a shop that were not replaced before they counted, the newest first.
pub async fn bank_accounts(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
) -> Result<Vec<bank_account::Model>, DbErr> {
    bank_account::Entity::find()
        .filter(bank_account::Column::VendorId.eq(vendor_id))
        .filter(bank_account::Column::ReplacedAt.is_null())
        .order_by_desc(bank_account::Column::Id)
        // One that counts, and one that may wait.
        .limit(2)
        .all(db)
        .await
}

/// How buyers pay a shop itself, if it said.
pub async fn payment_settings(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
) -> Result<Option<payment_settings::Model>, DbErr> {
    payment_settings::Entity::find_by_id(vendor_id).one(db).await
}

/// Where a shop is paid now; a newer account that still waits does not count.
pub async fn payout_account(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    now: DateTime<Utc>,
) -> Result<Option<bank_account::Model>, DbErr> {
    let rows = bank_accounts(db, vendor_id).await?;
    Ok(rows.into_iter().find(|row| row.counts_from <= now))
}
