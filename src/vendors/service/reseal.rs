//! Identity numbers, sealed and indexed anew when the key of the service changes.

use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::papers::{nik, nik_index, npwp, place};
use super::profile::signer;
use crate::kernel::VendorId;
use crate::platform::db::Db;
use crate::platform::sealed::{Resealed, SealError, Sealer};
use crate::vendors::entity::profile;
use crate::vendors::entity::vendor::{ActiveModel, Column, Entity, Model};
use crate::vendors::model::{Nik, source_key};

/// Seals the numbers of the next shops anew that are not under the newest key, and tells where it got; nothing at the end.
pub async fn reseal(
    db: &Db,
    sealer: &Sealer,
    after: Option<VendorId>,
    most: u64,
) -> Result<Option<(VendorId, Resealed)>, DbErr> {
    let txn = db.begin().await?;
    let newest = format!("{}%", sealer.prefix());
    let old = Condition::any()
        .add(Column::NikSealed.not_like(newest.as_str()))
        .add(Column::NpwpSealed.not_like(newest.as_str()));
    let mut old = Entity::find().filter(old).order_by_asc(Column::Id).limit(most).lock_exclusive();
    if let Some(after) = after {
        old = old.filter(Column::Id.gt(after));
    }
    let rows = old.all(&txn).await?;
    let mut resealed = Resealed::default();
    for row in &rows {
        resealed += one(&txn, sealer, row).await?;
    }
    txn.commit().await?;
    Ok(rows.last().map(|row| (row.id, resealed)))
}

/// The same for the names of those who sign.
pub async fn reseal_signers(
    db: &Db,
    sealer: &Sealer,
    after: Option<VendorId>,
    most: u64,
) -> Result<Option<(VendorId, Resealed)>, DbErr> {
    let txn = db.begin().await?;
    let newest = format!("{}%", sealer.prefix());
    let mut old = profile::Entity::find()
        .filter(profile::Column::SignerSealed.not_like(newest.as_str()))
        .order_by_asc(profile::Column::VendorId)
        .limit(most)
        .lock_exclusive();
    if let Some(after) = after {
        old = old.filter(profile::Column::VendorId.gt(after));
    }
    let rows = old.all(&txn).await?;
    let mut resealed = Resealed::default();
    for row in &rows {
        let Some((name, _)) = signer(sealer, row) else {
            resealed.unreadable += 1;
            continue;
        };
        let sealed = sealer.seal(&place("signer", row.vendor_id), &name);
        let sealed = sealed.map_err(|error| DbErr::Custom(error.to_string()))?;
        let changes = profile::ActiveModel { signer_sealed: Set(Some(sealed)), ..Default::default() };
        profile::Entity::update_many()
            .set(changes)
            .filter(profile::Column::VendorId.eq(row.vendor_id))
            .exec(&txn)
            .await?;
        resealed.done += 1;
    }
    txn.commit().await?;
    Ok(rows.last().map(|row| (row.vendor_id, resealed)))
}

async fn one(txn: &DatabaseTransaction, sealer: &Sealer, row: &Model) -> Result<Resealed, DbErr> {
    let mut resealed = Resealed::default();
    let (nik, npwp) = (nik(sealer, row), npwp(sealer, row));
    resealed.unreadable += u64::from(row.nik_sealed.is_some() && nik.is_none());
    resealed.unreadable += u64::from(row.npwp_sealed.is_some() && npwp.is_none());
    let mut changes = ActiveModel::default();
    let faulty = |error: SealError| DbErr::Custom(error.to_string());
    if let Some(npwp) = npwp {
        changes.npwp_sealed = Set(Some(sealer.seal(&place("npwp", row.id), &npwp).map_err(faulty)?));
        resealed.done += 1;
    }
    // What was stored passed the parser once.
    if let Some(nik) = nik.and_then(|nik| Nik::parse(&nik).ok()) {
        let index = nik_index(sealer, &nik);
        if taken(txn, row.id, &index).await? {
            tracing::error!(vendor.id = %row.id, "another shop has this NIK; one of them must give it up");
            resealed.refused += 1;
        } else {
            changes.nik_sealed = Set(Some(sealer.seal(&place("nik", row.id), nik.expose()).map_err(faulty)?));
            changes.nik_index = Set(Some(index));
            set_source_key(&mut changes, sealer, row, &nik);
            resealed.done += 1;
        }
    }
    if resealed.done > 0 {
        Entity::update_many().set(changes).filter(Column::Id.eq(row.id)).exec(txn).await?;
    }
    Ok(resealed)
}

/// Two servers with different keys may have let the same NIK in twice; the constraint would stop everything here.
async fn taken(txn: &DatabaseTransaction, id: VendorId, index: &str) -> Result<bool, DbErr> {
    let others = Entity::find().filter(Column::NikIndex.eq(index)).filter(Column::Id.ne(id)).count(txn);
    Ok(others.await? > 0)
}

/// The key of an imported row may be a keyed hash of the NIK.
fn set_source_key(changes: &mut ActiveModel, sealer: &Sealer, row: &Model, nik: &Nik) {
    if row.source_key.as_ref().is_some_and(|key| source_key::is_of_nik(key)) {
        changes.source_key = Set(Some(source_key::of_nik(sealer, nik)));
    }
}
