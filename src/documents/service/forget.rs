//! When a buyer is erased: the numbers stay in the books, what named the person goes.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, QuerySelect};

use crate::app::App;
use crate::documents::jobs::DeleteDocumentFile;
use crate::documents::query;
use crate::kernel::UserId;
use crate::platform::jobs::{self, NewJob};
use crate::platform::person;

/// Removes the files of a buyer's papers; what was sealed with them goes with the person's key.
pub async fn forget_buyer(txn: &DatabaseTransaction, buyer: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    // Whoever is putting a paper on the shelf at this moment is waited for, and whoever comes later finds no key.
    person::entity::Entity::find_by_id(buyer).lock_exclusive().one(txn).await?;
    let files = query::files_of(txn, buyer).await?;
    let delete = |file_key| NewJob::now::<App, _>(now, &DeleteDocumentFile { file_key });
    let removed: Result<Vec<_>, _> = files.into_iter().map(delete).collect();
    jobs::enqueue(txn, removed?).await?;
    Ok(())
}
