//! What shops say of a period, and what the platform adds up for them. Nothing is replaced: a correction is another row.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;

use crate::app::App;
use crate::kernel::clock::start_of_business_day;
use crate::kernel::{Rupiah, UserId, VendorId, VendorSurveyId};
use crate::office::entity::survey::{ActiveModel, Column, Entity, Method, Model};
use crate::office::error::OfficeError;
use crate::office::model::{Answer, Period};
use crate::orders::entity::order;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{NewJob, enqueue};
use crate::vendors::entity::merge;
use crate::vendors::query::find;

/// Rows of one statement.
const CHUNK: usize = 500;

/// Writes what a shop says.
pub async fn record(
    app: &App,
    (user_id, who): (UserId, &Who),
    vendor_id: VendorId,
    answer: Answer,
) -> Result<Model, OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    find(&txn, vendor_id).await?.ok_or(OfficeError::NotFound)?;
    let row = row_of(vendor_id, answer, user_id, now);
    Entity::insert(ActiveModel::from(row.clone())).exec_without_returning(&txn).await?;
    let detail = json!({"survey_id": row.id, "period": row.period});
    let deed = Deed { action: "vendor_survey.recorded", object: ("vendor", vendor_id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

fn row_of(vendor_id: VendorId, answer: Answer, user_id: UserId, now: DateTime<Utc>) -> Model {
    Model {
        id: VendorSurveyId::generate(),
        vendor_id,
        period: answer.period.to_string(),
        method: Method::Declared,
        months: answer.months,
        currency: "IDR".to_owned(),
        turnover: Some(answer.turnover),
        turnover_local: answer.local,
        turnover_domestic: answer.domestic,
        turnover_export: answer.export,
        online_percent: answer.online_percent,
        sells_online: answer.online_percent.map(|percent| percent > 0),
        export_countries: answer.export_countries,
        workers_male: answer.workers_male,
        workers_female: answer.workers_female,
        actor_id: Some(user_id),
        import_id: None,
        created_at: now,
    }
}

/// Lets a job add up.
pub async fn queue(app: &App, job: NewJob) -> Result<(), OfficeError> {
    let txn = app.db.begin().await?;
    enqueue(&txn, vec![job]).await?;
    Ok(app.commit(txn).await?)
}

/// Adds up the completed orders of a period for every shop, and writes what is new; tells how many rows that was.
pub async fn compute(app: &App, period: Period) -> Result<usize, OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let totals = totals(&txn, period).await?;
    let before = latest(&txn, period).await?;
    let mut new = Vec::new();
    for (vendor_id, total) in totals {
        let turnover = Rupiah::new(total).map_err(|error| OfficeError::Unreadable(error.to_string()))?;
        if before.get(&vendor_id) != Some(&Some(turnover)) {
            new.push(ActiveModel::from(computed(vendor_id, period, turnover, now)));
        }
    }
    let written = new.len();
    while !new.is_empty() {
        let rest = new.split_off(new.len().min(CHUNK));
        Entity::insert_many(std::mem::replace(&mut new, rest)).exec_without_returning(&txn).await?;
    }
    app.commit(txn).await?;
    Ok(written)
}

fn computed(vendor_id: VendorId, period: Period, turnover: Rupiah, now: DateTime<Utc>) -> Model {
    Model {
        id: VendorSurveyId::generate(),
        vendor_id,
        period: period.to_string(),
        method: Method::PlatformComputed,
        months: period.months(),
        currency: "IDR".to_owned(),
        turnover: Some(turnover),
        turnover_local: None,
        turnover_domestic: None,
        turnover_export: None,
        online_percent: None,
        sells_online: None,
        export_countries: None,
        workers_male: None,
        workers_female: None,
        actor_id: None,
        import_id: None,
        created_at: now,
    }
}

/// Goods of completed orders by the shop that stays.
async fn totals(txn: &DatabaseTransaction, period: Period) -> Result<BTreeMap<VendorId, i64>, DbErr> {
    let [from, to] = period.bounds().map(|(year, month)| {
        NaiveDate::from_ymd_opt(year, month, 1).map(start_of_business_day).unwrap_or_default()
    });
    let rows: Vec<(VendorId, Rupiah)> = order::Entity::find()
        .select_only()
        .columns([order::Column::VendorId, order::Column::GoodsTotal])
        .filter(order::Column::Status.eq(order::Status::Completed))
        .filter(order::Column::PlacedAt.gte(from))
        .filter(order::Column::PlacedAt.lt(to))
        .into_tuple()
        .all(txn)
        .await?;
    let became = became(txn).await?;
    let mut totals = BTreeMap::new();
    for (vendor_id, goods) in rows {
        let vendor_id = became.get(&vendor_id).copied().unwrap_or(vendor_id);
        *totals.entry(vendor_id).or_insert(0) += goods.get();
    }
    Ok(totals)
}

/// Which shop a shop that is gone became.
pub async fn became(db: &impl ConnectionTrait) -> Result<HashMap<VendorId, VendorId>, DbErr> {
    let rows: Vec<(VendorId, VendorId)> = merge::Entity::find()
        .select_only()
        .columns([merge::Column::FromId, merge::Column::CurrentId])
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn latest(
    txn: &DatabaseTransaction,
    period: Period,
) -> Result<HashMap<VendorId, Option<Rupiah>>, DbErr> {
    let rows: Vec<(VendorId, Option<Rupiah>)> = Entity::find()
        .select_only()
        .columns([Column::VendorId, Column::Turnover])
        .filter(Column::Period.eq(period.to_string()))
        .filter(Column::Method.eq(Method::PlatformComputed))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(txn)
        .await?;
    Ok(rows.into_iter().collect())
}
