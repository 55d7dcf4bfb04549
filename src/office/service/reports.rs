//! Reports: a workbook of the office is kept, checked, and filled with what is known.

use std::collections::BTreeSet;

use bytes::Bytes;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::app::App;
use crate::catalog::import::workbook_is_small_enough;
use crate::kernel::clock::business_date;
use crate::kernel::region::name_of;
use crate::kernel::{ReportTemplateId, UserId};
use crate::office::entity::template::{ActiveModel, Entity, Model};
use crate::office::error::OfficeError;
use crate::office::model::Period;
use crate::office::model::summary::{Summary, export, online, size, total};
use crate::office::model::template::{self, TemplateError, Value, Values};
use crate::office::query::figures::{Fact, facts};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::files::FileKey;

/// Places for the whole.
pub const TOTALS: [&str; 12] = [
    "period",
    "date",
    "shops",
    "active",
    "surveyed",
    "turnover_month",
    "workers_male",
    "workers_female",
    "online",
    "export",
    "trained",
    "regency",
];

/// Places of the repeated row, behind `row.`.
pub const ROW: [&str; 13] = [
    "no",
    "name",
    "nib",
    "sector",
    "district",
    "village",
    "size",
    "turnover_month",
    "workers_male",
    "workers_female",
    "online",
    "export",
    "training_year",
];

/// Keeps a template. The file is written before the row.
pub async fn keep(
    app: &App,
    (user_id, who): (UserId, &Who),
    name: String,
    bytes: Bytes,
) -> Result<Model, OfficeError> {
    let now = app.now();
    check(bytes.clone()).await?;
    let id = ReportTemplateId::generate();
    let key = FileKey::private("report-templates", &format!("{id}.xlsx"));
    app.files.put(&key, bytes).await?;
    let file_key = key.as_str().to_owned();
    let row = Model { id, name, file_key, created_by: user_id, created_at: now };
    let txn = app.db.begin().await?;
    Entity::insert(ActiveModel::from(row.clone())).exec_without_returning(&txn).await?;
    let deed =
        Deed { action: "report_template.kept", object: ("report_template", id.into()), detail: json!({}) };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// A template asks for something, and for nothing that is not there.
async fn check(bytes: Bytes) -> Result<(), OfficeError> {
    let keys = apart(move || {
        workbook_is_small_enough(&bytes)?;
        Ok((template::keys(&bytes)?, template::formulas(&bytes)?))
    });
    let (keys, formulas): (BTreeSet<String>, Vec<String>) = keys.await?;
    if !formulas.is_empty() {
        return Err(OfficeError::Formulas(formulas));
    }
    let known = |key: &String| match key.strip_prefix("row.") {
        Some(key) => ROW.contains(&key),
        None => TOTALS.contains(&key.as_str()),
    };
    let unknown: Vec<String> = keys.iter().filter(|key| !known(key)).cloned().collect();
    if keys.is_empty() || !unknown.is_empty() {
        return Err(OfficeError::Template(unknown));
    }
    Ok(())
}

/// Works where it holds nobody up.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OfficeError> + Send + 'static,
) -> Result<T, OfficeError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| OfficeError::Unwritable(error.to_string()))?
}

/// The repeated rows of a report by themselves, in the order of [`ROW`].
pub async fn rows(app: &App, id: ReportTemplateId, period: Period) -> Result<Vec<Values>, OfficeError> {
    Entity::find_by_id(id).one(app.db.read()).await?.ok_or(OfficeError::NotFound)?;
    let today = business_date(app.now());
    let facts = facts(app.db.read(), period).await?;
    Ok((1..).zip(&facts).map(|(no, fact)| values(no, fact, today)).collect())
}

/// Fills a template with what is known of a period; tells its name, too.
pub async fn fill(app: &App, id: ReportTemplateId, period: Period) -> Result<(String, Vec<u8>), OfficeError> {
    let row = Entity::find_by_id(id).one(app.db.read()).await?.ok_or(OfficeError::NotFound)?;
    let key = FileKey::parse(&row.file_key).ok_or(OfficeError::NotFound)?;
    let bytes = app.files.get(&key).await?.ok_or(OfficeError::NotFound)?;
    let facts = facts(app.db.read(), period).await?;
    let today = business_date(app.now());
    let totals = totals(&total(&facts), period, today);
    let filled = apart(move || {
        let rows: Vec<Values> = (1..).zip(&facts).map(|(no, fact)| values(no, fact, today)).collect();
        Ok(template::fill(&bytes, &totals, &rows)?)
    });
    Ok((row.name, filled.await?))
}

fn totals(sum: &Summary, period: Period, today: chrono::NaiveDate) -> Values {
    Values::from([
        ("period", period.to_string().into()),
        ("date", today.to_string().into()),
        ("regency", "Kabupaten Bekasi".to_owned().into()),
        ("shops", sum.shops.into()),
        ("active", sum.active.into()),
        ("surveyed", sum.surveyed.into()),
        ("turnover_month", sum.turnover_month.into()),
        ("workers_male", sum.workers_male.into()),
        ("workers_female", sum.workers_female.into()),
        ("online", sum.online.into()),
        ("export", sum.export.into()),
        ("trained", sum.trained.into()),
    ])
}

fn values(no: i64, fact: &Fact, today: chrono::NaiveDate) -> Values {
    let text = |value: Option<&str>| Value::Text(value.unwrap_or_default().to_owned());
    let number = |value: Option<i64>| value.map_or_else(|| Value::Text(String::new()), Value::Number);
    let survey = fact.survey.as_ref();
    Values::from([
        ("no", no.into()),
        ("name", fact.name.clone().into()),
        ("nib", text(fact.nib.as_deref())),
        ("sector", text(fact.sector.as_deref())),
        ("district", text(name_of(&fact.district_code))),
        ("village", text(fact.village_code.as_deref().and_then(name_of))),
        ("size", text(Some(size(fact, today)))),
        ("turnover_month", number(fact.monthly())),
        ("workers_male", number(survey.and_then(|row| row.workers_male).map(i64::from))),
        ("workers_female", number(survey.and_then(|row| row.workers_female).map(i64::from))),
        ("online", text(Some(online(fact)))),
        ("export", text(Some(export(fact)))),
        ("training_year", number(fact.trained.map(i64::from))),
    ])
}

impl From<TemplateError> for OfficeError {
    fn from(error: TemplateError) -> Self {
        Self::Unreadable(error.to_string())
    }
}
