//! Trainings and the shops whose people took them.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

use crate::app::App;
use crate::kernel::{TrainingId, UserId, VendorId};
use crate::office::entity::{participant, training};
use crate::office::error::OfficeError;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::vendors::entity::vendor;

const ONCE: Unique =
    Unique { name: "trainings_once", columns: "trainings.name, trainings.year, trainings.batch" };

/// A batch of a training.
#[derive(Clone, Debug)]
pub struct NewTraining {
    /// `e-Smart IKM`.
    pub name: String,
    /// When.
    pub year: i32,
    /// Which of several in that year; empty if there is one.
    pub batch: String,
}

/// Writes a batch.
pub async fn create(app: &App, user_id: UserId, new: NewTraining) -> Result<training::Model, OfficeError> {
    let txn = app.db.begin().await?;
    let row = training::Model {
        id: TrainingId::generate(),
        name: new.name,
        year: new.year,
        batch: new.batch,
        created_by: Some(user_id),
        created_at: app.now(),
    };
    let made =
        training::Entity::insert(training::ActiveModel::from(row.clone())).exec_without_returning(&txn);
    match made.await {
        Err(error) if ONCE.broken_by(&error) => return Err(OfficeError::TrainingExists),
        made => made?,
    };
    app.commit(txn).await?;
    Ok(row)
}

/// Adds shops to a batch, all or none; tells how many were not there.
pub async fn add(app: &App, who: &Who, id: TrainingId, shops: &[VendorId]) -> Result<u64, OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    training::Entity::find_by_id(id).one(&txn).await?.ok_or(OfficeError::NotFound)?;
    let known =
        vendor::Entity::find().filter(vendor::Column::Id.is_in(shops.iter().copied())).count(&txn).await?;
    if known != shops.len() as u64 {
        return Err(OfficeError::NoSuchShop);
    }
    let there = || participant::Entity::find().filter(participant::Column::TrainingId.eq(id)).count(&txn);
    let before = there().await?;
    let rows = shops.iter().map(|shop| participant::ActiveModel {
        training_id: Set(id),
        vendor_id: Set(*shop),
        created_at: Set(now),
    });
    let once = OnConflict::columns([participant::Column::TrainingId, participant::Column::VendorId])
        .do_nothing()
        .to_owned();
    participant::Entity::insert_many(rows)
        .on_conflict(once)
        .try_insert()
        .exec_without_returning(&txn)
        .await?;
    let added = there().await? - before;
    let detail = json!({"added": added});
    let deed = Deed { action: "training.joined", object: ("training", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(added)
}
