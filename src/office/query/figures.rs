//! What is known about every shop, for figures and reports: five statements, whatever is asked.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::kernel::{Rupiah, TrainingId, VendorId};
use crate::office::entity::{participant, survey, training};
use crate::office::model::Period;
use crate::office::service::surveys::became;
use crate::vendors::entity::{profile, vendor};

/// One shop.
#[derive(Clone, Debug)]
pub struct Fact {
    pub name: String,
    pub nib: Option<String>,
    pub district_code: String,
    pub village_code: Option<String>,
    pub active: bool,
    pub sector: Option<String>,
    /// What it says of its capital and its sales of a year.
    pub capital: Option<Rupiah>,
    pub yearly_sales: Option<Rupiah>,
    /// What it says of the period.
    pub survey: Option<survey::Model>,
    /// The year of its first training.
    pub trained: Option<i32>,
    /// Sales of a month before the year of its training, and the latest ones from that year on.
    pub before: Option<i64>,
    pub after: Option<i64>,
}

impl Fact {
    /// Sales of a month.
    pub fn monthly(&self) -> Option<i64> {
        self.survey.as_ref().and_then(monthly)
    }

    /// Sales of a year: twelve months like those of the period, or what the shop says of a year.
    pub fn yearly(&self) -> Option<Rupiah> {
        let said = self.survey.as_ref().and_then(|row| sales_of(row, 12));
        said.and_then(|sales| Rupiah::new(sales).ok()).or(self.yearly_sales)
    }
}

/// Sales of a month as a survey has them.
fn monthly(row: &survey::Model) -> Option<i64> {
    sales_of(row, 1)
}

/// Sales of some months like those of a survey, rounded once, half up.
fn sales_of(row: &survey::Model, months: i128) -> Option<i64> {
    let of = i128::from(row.months.max(1));
    i64::try_from((i128::from(row.turnover?.get()) * months * 2 + of) / (of * 2)).ok()
}

/// What a shop says of a period: field by field the latest answer, since an answer may be about one thing only.
fn of_period(all: &[survey::Model], period: &str) -> Option<survey::Model> {
    let mut answers = all.iter().rev().filter(|row| row.period == period).cloned();
    let latest = answers.next()?;
    Some(answers.fold(latest, |mut said, before| {
        if said.turnover.is_none() {
            (said.turnover, said.months) = (before.turnover, before.months);
        }
        said.turnover_export = said.turnover_export.or(before.turnover_export);
        said.sells_online = said.sells_online.or(before.sells_online);
        said.export_countries = said.export_countries.or(before.export_countries);
        said.workers_male = said.workers_male.or(before.workers_male);
        said.workers_female = said.workers_female.or(before.workers_female);
        said
    }))
}

/// Shops that are or were at work, and those of the office's list whose owners fill them in; nobody's drafts.
fn counted() -> Condition {
    use vendor::Column::{SourceKey, Status, VerifiedAt};
    use vendor::Status::{Active, Inactive, Suspended, Unclaimed, Withdrawn};
    let stopped = Condition::all().add(Status.eq(Suspended)).add(VerifiedAt.is_not_null());
    let listed = Condition::all().add(Status.ne(Withdrawn)).add(SourceKey.is_not_null());
    Condition::any().add(Status.is_in([Active, Inactive, Unclaimed])).add(stopped).add(listed)
}

type Shop = (VendorId, String, Option<String>, String, Option<String>, vendor::Status);
type Business = (VendorId, Option<String>, Option<Rupiah>, Option<Rupiah>);

/// Every shop that counts and did not become another one, by its district and name.
pub async fn facts(db: &impl ConnectionTrait, period: Period) -> Result<Vec<Fact>, DbErr> {
    use vendor::Column;
    let became = became(db).await?;
    let shops: Vec<Shop> = vendor::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name, Column::Nib, Column::DistrictCode, Column::VillageCode])
        .column(Column::Status)
        .filter(counted())
        .order_by_asc(Column::DistrictCode)
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let said: Vec<Business> = profile::Entity::find()
        .select_only()
        .columns([profile::Column::VendorId, profile::Column::Sector])
        .columns([profile::Column::Capital, profile::Column::Turnover])
        .into_tuple()
        .all(db)
        .await?;
    let mut said: HashMap<VendorId, Business> = said.into_iter().map(|row| (row.0, row)).collect();
    let mut surveys = surveys(db, &became).await?;
    let trained = trained(db).await?;
    let gone: HashSet<VendorId> = became.keys().copied().collect();
    let kept = shops.into_iter().filter(|shop| !gone.contains(&shop.0));
    Ok(kept
        .map(|(id, name, nib, district_code, village_code, status)| {
            let all = surveys.remove(&id).unwrap_or_default();
            let trained = trained.get(&id).copied();
            let (_, sector, capital, yearly_sales) = said.remove(&id).unwrap_or((id, None, None, None));
            let (before, after) = trained.map_or((None, None), |year| around(&all, year));
            Fact {
                name,
                nib,
                district_code,
                village_code,
                active: status == vendor::Status::Active,
                sector,
                capital,
                yearly_sales,
                survey: of_period(&all, &period.to_string()),
                trained,
                before,
                after,
            }
        })
        .collect())
}

/// What each shop, with those that became it, said; the latest last.
async fn surveys(
    db: &impl ConnectionTrait,
    became: &HashMap<VendorId, VendorId>,
) -> Result<HashMap<VendorId, Vec<survey::Model>>, DbErr> {
    let rows = survey::Entity::find()
        .filter(survey::Column::Method.eq(survey::Method::Declared))
        .order_by_asc(survey::Column::Id)
        .all(db)
        .await?;
    let mut all: HashMap<VendorId, Vec<survey::Model>> = HashMap::new();
    for row in rows {
        let id = became.get(&row.vendor_id).copied().unwrap_or(row.vendor_id);
        all.entry(id).or_default().push(row);
    }
    Ok(all)
}

/// The year in which each shop took its first training.
async fn trained(db: &impl ConnectionTrait) -> Result<HashMap<VendorId, i32>, DbErr> {
    let years: Vec<(TrainingId, i32)> = training::Entity::find()
        .select_only()
        .columns([training::Column::Id, training::Column::Year])
        .into_tuple()
        .all(db)
        .await?;
    let years: HashMap<TrainingId, i32> = years.into_iter().collect();
    let mut first: HashMap<VendorId, i32> = HashMap::new();
    for row in participant::Entity::find().all(db).await? {
        if let Some(year) = years.get(&row.training_id) {
            first.entry(row.vendor_id).and_modify(|known| *known = (*known).min(*year)).or_insert(*year);
        }
    }
    Ok(first)
}

/// Sales of a month before a year, and the latest ones from that year on. Periods sort as they are written, by year first.
fn around(all: &[survey::Model], year: i32) -> (Option<i64>, Option<i64>) {
    let year_of =
        |row: &&survey::Model| row.period.get(..4).and_then(|year| year.parse::<i32>().ok()).unwrap_or(0);
    let latest = |rows: Vec<&survey::Model>| {
        let mut rows = rows;
        rows.sort_by(|one, other| one.period.cmp(&other.period).then(one.id.cmp(&other.id)));
        rows.last().and_then(|row| monthly(row))
    };
    (
        latest(all.iter().filter(|row| year_of(row) < year).collect()),
        latest(all.iter().filter(|row| year_of(row) >= year).collect()),
    )
}
