//! What an operator may change.

use chrono::NaiveDate;
use sea_orm::EntityTrait;
use serde_json::json;

use super::error::AdminError;
use super::query;
use crate::app::App;
use crate::kernel::{HolidayId, JobId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::calendar;
use crate::platform::jobs::{self, entity};

/// Makes a dead job due again.
pub async fn retry_job(app: &App, who: &Who, id: JobId) -> Result<entity::Model, AdminError> {
    let txn = app.db.begin().await?;
    let revived = jobs::revive(&txn, id, app.now()).await?;
    let job = query::job(&txn, id).await?.ok_or(AdminError::NoSuchJob)?;
    if !revived {
        return Err(AdminError::JobNotDead);
    }
    let deed = Deed { action: "job.retried", object: ("job", id.into()), detail: json!({"kind": job.kind}) };
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    Ok(job)
}

/// Adds a day on which nobody works. Deadlines that run already stay where they are.
pub async fn add_holiday(
    app: &App,
    who: &Who,
    (day, name, kind): (NaiveDate, String, calendar::Kind),
) -> Result<calendar::Model, AdminError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let row = calendar::Model {
        id: HolidayId::generate(),
        day: day.to_string(),
        name,
        kind,
        created_by: who.actor,
        created_at: now,
    };
    let insert = calendar::Entity::insert(sea_orm::ActiveModelTrait::reset_all(calendar::ActiveModel::from(
        row.clone(),
    )));
    insert.exec_without_returning(&txn).await.map_err(|error| {
        match calendar::DAY_TAKEN.broken_by(&error) {
            true => AdminError::HolidayTaken,
            false => error.into(),
        }
    })?;
    let detail = json!({"day": row.day, "kind": row.kind});
    let deed = Deed { action: "holiday.added", object: ("holiday", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Takes a day out of the list.
pub async fn remove_holiday(app: &App, who: &Who, id: HolidayId) -> Result<(), AdminError> {
    let txn = app.db.begin().await?;
    let found = calendar::Entity::find_by_id(id).one(&txn).await?.ok_or(AdminError::NoSuchHoliday)?;
    let gone = calendar::Entity::delete_by_id(id).exec(&txn).await?;
    if gone.rows_affected != 1 {
        return Err(AdminError::NoSuchHoliday);
    }
    let detail = json!({"day": found.day, "kind": found.kind});
    let deed = Deed { action: "holiday.removed", object: ("holiday", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    Ok(())
}
