//! How a shop presents itself. The files of a picture are written before the row and removed after it by a job.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

use super::profile::next_version;
use crate::app::App;
use crate::kernel::{ImageId, RegionCode, Rupiah, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::files::{FileKey, FilesError};
use crate::platform::images::{Picture, THUMBNAILS};
use crate::platform::jobs::{NewJob, enqueue};
use crate::vendors::entity::vendor::{self, Status};
use crate::vendors::entity::{area, storefront};
use crate::vendors::error::VendorError;
use crate::vendors::jobs::DeleteShopPicture;
use crate::vendors::model::Storefront;
use crate::vendors::query;

/// Opening hours that nobody told.
pub(super) const NO_HOURS: &str = "[]";

/// Which picture of a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Its sign.
    Logo,
    /// Above its page.
    Banner,
}

/// The keys of a picture: the large one, then its thumbnails.
fn keys(id: ImageId) -> [FileKey; 3] {
    let name = |thumbnail: Option<u32>| FileKey::public("shops", &picture_name(id, thumbnail));
    [name(None), name(Some(THUMBNAILS[0])), name(Some(THUMBNAILS[1]))]
}

/// The name of a picture's file in the folder `shops`.
pub fn picture_name(id: ImageId, thumbnail: Option<u32>) -> String {
    match thumbnail {
        None => format!("{id}.jpg"),
        Some(side) => format!("{id}-{side}.jpg"),
    }
}

/// The row of a shop, locked; made if it said nothing yet.
pub(super) async fn locked(
    txn: &DatabaseTransaction,
    id: VendorId,
    now: DateTime<Utc>,
) -> Result<storefront::Model, VendorError> {
    let row = storefront::ActiveModel {
        vendor_id: Set(id),
        story: Set(String::new()),
        hours: Set(NO_HOURS.to_owned()),
        pickup: Set(None),
        reopens_on: Set(None),
        holiday_note: Set(None),
        logo_id: Set(None),
        banner_id: Set(None),
        updated_at: Set(now),
    };
    storefront::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(txn)
        .await?;
    let found = storefront::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    found.ok_or(VendorError::NotFound)
}

pub(super) async fn write(
    txn: &DatabaseTransaction,
    id: VendorId,
    mut row: storefront::ActiveModel,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row.updated_at = Set(now);
    storefront::Entity::update_many().set(row).filter(storefront::Column::VendorId.eq(id)).exec(txn).await?;
    Ok(())
}

/// A shop that still presents itself.
async fn kept(txn: &DatabaseTransaction, id: VendorId) -> Result<vendor::Model, VendorError> {
    let vendor = query::find(txn, id).await?.ok_or(VendorError::NotFound)?;
    if vendor.status == Status::Withdrawn { Err(VendorError::Locked(vendor.status)) } else { Ok(vendor) }
}

/// Says anew how the shop presents itself.
pub async fn present(
    app: &App,
    (id, seen): (VendorId, i32),
    storefront: Storefront,
) -> Result<vendor::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = kept(&txn, id).await?;
    let changed = next_version(&txn, &vendor, seen, now).await?;
    locked(&txn, id, now).await?;
    let json = |error: serde_json::Error| DbErr::Custom(error.to_string());
    let row = storefront::ActiveModel {
        story: Set(storefront.story),
        hours: Set(serde_json::to_string(&storefront.hours).map_err(json)?),
        pickup: Set(storefront
            .pickup
            .map(|place| serde_json::to_string(&place))
            .transpose()
            .map_err(json)?),
        ..Default::default()
    };
    write(&txn, id, row, now).await?;
    app.commit(txn).await?;
    Ok(changed)
}

/// Says anew where the shop delivers and what that costs. No area at all: everywhere, for the flat fee.
pub async fn deliver_to(
    app: &App,
    (id, seen): (VendorId, i32),
    areas: Vec<(RegionCode, Rupiah)>,
) -> Result<vendor::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = kept(&txn, id).await?;
    let changed = next_version(&txn, &vendor, seen, now).await?;
    locked(&txn, id, now).await?;
    area::Entity::delete_many().filter(area::Column::VendorId.eq(id)).exec(&txn).await?;
    let rows: Vec<area::ActiveModel> = areas
        .into_iter()
        .map(|(region, fee)| area::ActiveModel {
            vendor_id: Set(id),
            region_code: Set(region.as_str().to_owned()),
            fee: Set(fee),
        })
        .collect();
    if !rows.is_empty() {
        area::Entity::insert_many(rows).exec_without_returning(&txn).await?;
    }
    app.commit(txn).await?;
    Ok(changed)
}

/// Closes the shop until a day, or opens it again at once.
pub async fn holiday(
    app: &App,
    who: &Who,
    id: VendorId,
    closed: Option<(NaiveDate, Option<String>)>,
) -> Result<(), VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    kept(&txn, id).await?;
    locked(&txn, id, now).await?;
    let (reopens_on, note) = closed.map_or((None, None), |(day, note)| (Some(day.to_string()), note));
    let row = storefront::ActiveModel {
        reopens_on: Set(reopens_on.clone()),
        holiday_note: Set(note),
        ..Default::default()
    };
    write(&txn, id, row, now).await?;
    let deed = Deed {
        action: "vendor.holiday_set",
        object: ("vendor", id.into()),
        detail: json!({"reopens_on": reopens_on}),
    };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(())
}

/// Shows another picture; the one before goes with a job.
pub async fn show_picture(
    app: &App,
    vendor_id: VendorId,
    slot: Slot,
    picture: Picture,
) -> Result<ImageId, VendorError> {
    let id = ImageId::generate();
    let [small, large] = picture.thumbnails;
    for (key, content) in keys(id).iter().zip([picture.full, small, large]) {
        app.files.put(key, content).await?;
    }
    match swap(app, vendor_id, slot, Some(id)).await {
        Ok(()) => Ok(id),
        Err(error) => {
            // The row was not written; files that stay behind here are never shown.
            discard_picture(app, id).await.ok();
            Err(error)
        }
    }
}

/// Shows another picture, or none.
pub async fn swap(
    app: &App,
    vendor_id: VendorId,
    slot: Slot,
    id: Option<ImageId>,
) -> Result<(), VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    kept(&txn, vendor_id).await?;
    let before = locked(&txn, vendor_id, now).await?;
    let mut row = storefront::ActiveModel::default();
    let old = match slot {
        Slot::Logo => {
            row.logo_id = Set(id);
            before.logo_id
        }
        Slot::Banner => {
            row.banner_id = Set(id);
            before.banner_id
        }
    };
    write(&txn, vendor_id, row, now).await?;
    if let Some(image_id) = old {
        enqueue(&txn, vec![NewJob::now(now, &DeleteShopPicture { image_id })?]).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// Removes the files of a picture.
pub async fn discard_picture(app: &App, id: ImageId) -> Result<(), FilesError> {
    for key in keys(id) {
        app.files.delete(&key).await?;
    }
    Ok(())
}
