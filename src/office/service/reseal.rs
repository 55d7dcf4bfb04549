//! What is sealed at the office's desk, sealed anew when the key of the service changes.

use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::imports::row_place;
use crate::kernel::{VendorDuplicateId, VendorId};
use crate::office::entity::{duplicate, register};
use crate::platform::db::Db;
use crate::platform::sealed::{Resealed, Sealer};

/// Seals a value anew. One that no key opens stays as it is.
fn anew(
    sealer: &Sealer,
    place: &str,
    sealed: Option<&str>,
    count: &mut Resealed,
) -> Result<Option<String>, DbErr> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let Ok(value) = sealer.open(place, sealed) else {
        count.unreadable += 1;
        return Ok(None);
    };
    count.done += 1;
    sealer.seal(place, &value).map(Some).map_err(|error| DbErr::Custom(error.to_string()))
}

/// Seals what the list says of the owners of the next shops anew, and tells where it got; nothing at the end.
pub async fn owners(
    db: &Db,
    sealer: &Sealer,
    after: Option<VendorId>,
    most: u64,
) -> Result<Option<(VendorId, Resealed)>, DbErr> {
    use register::Column;
    let txn = db.begin().await?;
    let newest = format!("{}%", sealer.prefix());
    let old = Condition::any()
        .add(Column::OwnerSealed.not_like(newest.as_str()))
        .add(Column::EmailSealed.not_like(newest.as_str()));
    let rows = register::Entity::find()
        .filter(old)
        .filter(Condition::all().add_option(after.map(|after| Column::VendorId.gt(after))))
        .order_by_asc(Column::VendorId)
        .limit(most)
        .lock_exclusive()
        .all(&txn)
        .await?;
    let mut count = Resealed::default();
    for row in &rows {
        let place = |column: &str| format!("vendor_register.{column}:{}", row.vendor_id);
        let mut changes = register::ActiveModel::default();
        if let Some(owner) = anew(sealer, &place("owner"), row.owner_sealed.as_deref(), &mut count)? {
            changes.owner_sealed = Set(Some(owner));
        }
        if let Some(email) = anew(sealer, &place("email"), row.email_sealed.as_deref(), &mut count)? {
            changes.email_sealed = Set(Some(email));
        }
        if changes.owner_sealed.is_set() || changes.email_sealed.is_set() {
            let this = Column::VendorId.eq(row.vendor_id);
            register::Entity::update_many().set(changes).filter(this).exec(&txn).await?;
        }
    }
    txn.commit().await?;
    Ok(rows.last().map(|row| (row.vendor_id, count)))
}

/// Seals the next rows anew that wait for a decision, and tells where it got; nothing at the end.
pub async fn waiting_rows(
    db: &Db,
    sealer: &Sealer,
    after: Option<VendorDuplicateId>,
    most: u64,
) -> Result<Option<(VendorDuplicateId, Resealed)>, DbErr> {
    use duplicate::Column;
    let txn = db.begin().await?;
    let rows = duplicate::Entity::find()
        .filter(Column::RowSealed.ne(""))
        .filter(Column::RowSealed.not_like(format!("{}%", sealer.prefix())))
        .filter(Condition::all().add_option(after.map(|after| Column::Id.gt(after))))
        .order_by_asc(Column::Id)
        .limit(most)
        .lock_exclusive()
        .all(&txn)
        .await?;
    let mut count = Resealed::default();
    for row in &rows {
        if let Some(sealed) = anew(sealer, &row_place(row.id), Some(&row.row_sealed), &mut count)? {
            let changes = duplicate::ActiveModel { row_sealed: Set(sealed), ..Default::default() };
            duplicate::Entity::update_many().set(changes).filter(Column::Id.eq(row.id)).exec(&txn).await?;
        }
    }
    txn.commit().await?;
    Ok(rows.last().map(|row| (row.id, count)))
}
