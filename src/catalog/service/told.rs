//! Telling the owners of shops: a job for each of them, so that a second try tells nobody twice.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use crate::app::App;
use crate::catalog::error::CatalogError;
use crate::identity::entity::membership;
use crate::kernel::{UserId, VendorId};
use crate::platform::jobs::{Job, NewJob, enqueue};
use crate::web::authz::{Role, Scope};

/// Writes a job for each owner of a shop.
pub(super) async fn owners<J: Job<App>>(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    now: DateTime<Utc>,
    job: impl Fn(UserId) -> J,
) -> Result<(), CatalogError> {
    let owners = owners_of(txn, std::iter::once(vendor_id)).await?;
    let jobs = owners.iter().map(|(_, owner_id)| NewJob::now::<App, _>(now, &job(*owner_id)));
    Ok(enqueue(txn, jobs.collect::<Result<_, _>>()?).await?)
}

/// The owners of some shops, in one statement.
pub(super) async fn owners_of(
    txn: &DatabaseTransaction,
    shops: impl Iterator<Item = VendorId>,
) -> Result<Vec<(VendorId, UserId)>, DbErr> {
    let rows = membership::Entity::find()
        .filter(membership::Column::Scope.eq(Scope::Vendor.name()))
        .filter(membership::Column::ScopeId.is_in(shops.map(|shop| shop.0)))
        .filter(membership::Column::Role.eq(Role::VendorOwner.name()))
        .all(txn)
        .await?;
    Ok(rows.into_iter().map(|row| (VendorId(row.scope_id), row.user_id)).collect())
}
