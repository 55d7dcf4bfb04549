//! The rows beside the shop: register, survey, trainings; and rows that wait, kept encrypted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use csv::ByteRecord;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, Set,
};

use crate::catalog::import::{Entry, Extra, Read, Report, Sheet, VendorList};
use crate::kernel::{Rupiah, TrainingId, VendorDuplicateId, VendorId, VendorImportId, VendorSurveyId};
use crate::office::entity::{duplicate, participant, register, survey, training};
use crate::office::error::OfficeError;
use crate::office::model::Period;
use crate::platform::sealed::{SealError, Sealer};
use crate::vendors::service::profile::{Listed, fill_businesses};

/// The training that lists have a column for.
const E_SMART: &str = "e-Smart IKM";

/// What rows say beside their shops, to be written at once.
pub struct Extras<'a> {
    /// Seals what is personal.
    pub sealer: &'a Sealer,
    /// What the turnover is about.
    pub period: Period,
    /// The list they are from.
    pub import_id: VendorImportId,
    /// When.
    pub now: DateTime<Utc>,
}

impl Extras<'_> {
    /// Writes what is new and tells whose survey or training that was. At most seven statements, however many rows.
    pub async fn write(
        &self,
        txn: &DatabaseTransaction,
        rows: &[(VendorId, &Extra)],
    ) -> Result<BTreeSet<VendorId>, OfficeError> {
        if rows.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.register(txn, rows).await?;
        let mut changed = self.surveys(txn, rows).await?;
        changed.extend(self.trainings(txn, rows).await?);
        Ok(changed)
    }

    async fn register(
        &self,
        txn: &DatabaseTransaction,
        rows: &[(VendorId, &Extra)],
    ) -> Result<(), OfficeError> {
        let mut new = Vec::with_capacity(rows.len());
        for (vendor_id, extra) in rows {
            new.push(self.register_row(*vendor_id, extra)?);
        }
        let once = OnConflict::column(register::Column::VendorId).do_nothing().to_owned();
        register::Entity::insert_many(new).on_conflict(once).try_insert().exec_without_returning(txn).await?;
        let listed = rows.iter().map(|(vendor_id, extra)| Listed {
            vendor_id: *vendor_id,
            sector: extra.sector.clone(),
            kbli: extra.kbli.clone(),
        });
        Ok(fill_businesses(txn, listed, self.now).await?)
    }

    fn register_row(&self, vendor_id: VendorId, extra: &Extra) -> Result<register::ActiveModel, SealError> {
        let seal = |column: &str, value: &Option<String>| {
            let place = format!("vendor_register.{column}:{vendor_id}");
            value.as_ref().map(|value| self.sealer.seal(&place, value)).transpose()
        };
        Ok(register::ActiveModel {
            vendor_id: Set(vendor_id),
            founded_year: Set(extra.founded_year),
            owner_sealed: Set(seal("owner", &extra.owner)?),
            email_sealed: Set(seal("email", &extra.email)?),
            pirt: Set(extra.pirt.clone()),
            halal: Set(extra.halal.clone()),
            created_at: Set(self.now),
        })
    }

    /// A survey that says the same as the list before it is none.
    async fn surveys(
        &self,
        txn: &DatabaseTransaction,
        rows: &[(VendorId, &Extra)],
    ) -> Result<BTreeSet<VendorId>, OfficeError> {
        let latest = self.latest(txn, rows).await?;
        let mut changed = BTreeSet::new();
        let mut new = Vec::new();
        for (vendor_id, extra) in rows {
            let Some(row) = self.survey_of(*vendor_id, extra) else {
                continue;
            };
            if latest.get(vendor_id).is_some_and(|before| says_the_same(before, &row)) {
                continue;
            }
            changed.insert(*vendor_id);
            new.push(survey::ActiveModel::from(row));
        }
        if !new.is_empty() {
            survey::Entity::insert_many(new).exec_without_returning(txn).await?;
        }
        Ok(changed)
    }

    async fn latest(
        &self,
        db: &impl ConnectionTrait,
        rows: &[(VendorId, &Extra)],
    ) -> Result<HashMap<VendorId, survey::Model>, DbErr> {
        let found = survey::Entity::find()
            .filter(survey::Column::VendorId.is_in(rows.iter().map(|(id, _)| *id)))
            .filter(survey::Column::Period.eq(self.period.to_string()))
            .filter(survey::Column::Method.eq(survey::Method::Declared))
            // What the owner corrected since then is not told anew by an old list.
            .filter(survey::Column::ImportId.is_not_null())
            .order_by_asc(survey::Column::Id)
            .all(db)
            .await?;
        Ok(found.into_iter().map(|row| (row.vendor_id, row)).collect())
    }

    fn survey_of(&self, vendor_id: VendorId, extra: &Extra) -> Option<survey::Model> {
        let turnover = extra.turnover.and_then(|amount| Rupiah::new(amount).ok());
        let countries = Some(extra.export_countries.join(";")).filter(|text| !text.is_empty());
        let silent = turnover.is_none()
            && extra.sells_online.is_none()
            && countries.is_none()
            && extra.workers_male.is_none()
            && extra.workers_female.is_none();
        (!silent).then(|| survey::Model {
            id: VendorSurveyId::generate(),
            vendor_id,
            period: self.period.to_string(),
            method: survey::Method::Declared,
            // The list asks for the turnover of a month.
            months: 1,
            currency: "IDR".to_owned(),
            turnover,
            turnover_local: None,
            turnover_domestic: None,
            turnover_export: None,
            online_percent: None,
            sells_online: extra.sells_online,
            export_countries: countries,
            workers_male: extra.workers_male,
            workers_female: extra.workers_female,
            actor_id: None,
            import_id: Some(self.import_id),
            created_at: self.now,
        })
    }

    async fn trainings(
        &self,
        txn: &DatabaseTransaction,
        rows: &[(VendorId, &Extra)],
    ) -> Result<BTreeSet<VendorId>, OfficeError> {
        let years = rows.iter().filter_map(|(id, extra)| Some((*id, extra.training_year?)));
        let wanted: BTreeMap<VendorId, i32> = years.collect();
        if wanted.is_empty() {
            return Ok(BTreeSet::new());
        }
        let batches = self.batches(txn, wanted.values().copied().collect()).await?;
        let ids: Vec<TrainingId> = batches.values().copied().collect();
        let before = participant::Entity::find()
            .filter(participant::Column::VendorId.is_in(wanted.keys().copied()))
            .filter(participant::Column::TrainingId.is_in(ids))
            .all(txn)
            .await?;
        let before: BTreeSet<_> = before.into_iter().map(|row| (row.vendor_id, row.training_id)).collect();
        let mut new = Vec::new();
        for (vendor_id, year) in wanted {
            if let Some(training_id) = batches.get(&year)
                && !before.contains(&(vendor_id, *training_id))
            {
                new.push((vendor_id, *training_id));
            }
        }
        self.take_part(txn, &new).await?;
        Ok(new.into_iter().map(|(vendor_id, _)| vendor_id).collect())
    }

    async fn take_part(
        &self,
        txn: &DatabaseTransaction,
        new: &[(VendorId, TrainingId)],
    ) -> Result<(), DbErr> {
        if new.is_empty() {
            return Ok(());
        }
        let rows = new.iter().map(|(vendor_id, training_id)| participant::ActiveModel {
            training_id: Set(*training_id),
            vendor_id: Set(*vendor_id),
            created_at: Set(self.now),
        });
        participant::Entity::insert_many(rows).exec_without_returning(txn).await?;
        Ok(())
    }

    /// The batch of each year; made if need be.
    async fn batches(
        &self,
        txn: &DatabaseTransaction,
        years: BTreeSet<i32>,
    ) -> Result<BTreeMap<i32, TrainingId>, DbErr> {
        use training::Column;
        let rows = years.iter().map(|year| training::ActiveModel {
            id: Set(TrainingId::generate()),
            name: Set(E_SMART.to_owned()),
            year: Set(*year),
            batch: Set(String::new()),
            created_by: Set(None),
            created_at: Set(self.now),
        });
        let once = OnConflict::columns([Column::Name, Column::Year, Column::Batch]).do_nothing().to_owned();
        training::Entity::insert_many(rows)
            .on_conflict(once)
            .try_insert()
            .exec_without_returning(txn)
            .await?;
        let found = training::Entity::find()
            .filter(Column::Name.eq(E_SMART))
            .filter(Column::Batch.eq(""))
            .filter(Column::Year.is_in(years))
            .all(txn)
            .await?;
        Ok(found.into_iter().map(|row| (row.year, row.id)).collect())
    }
}

fn says_the_same(before: &survey::Model, row: &survey::Model) -> bool {
    let new = survey::Model {
        id: before.id,
        actor_id: before.actor_id,
        import_id: before.import_id,
        created_at: before.created_at,
        ..row.clone()
    };
    new == *before
}

/// What makes a row that has the number of an earlier one another row than that.
pub fn of_entry(entry: &Entry, number_repeated: bool) -> String {
    if number_repeated {
        format!("{}#{}", entry.source_key, entry.facts.name.to_lowercase())
    } else {
        entry.source_key.clone()
    }
}

/// Where the cells of a row that waits are sealed.
pub(in crate::office) fn row_place(id: VendorDuplicateId) -> String {
    format!("vendor_duplicates.row:{id}")
}

/// The cells of a row that waits.
pub fn cells_of(sealer: &Sealer, row: &duplicate::Model) -> Result<BTreeMap<String, String>, OfficeError> {
    let text = sealer.open(&row_place(row.id), &row.row_sealed)?;
    serde_json::from_str(&text).map_err(|error| OfficeError::Unreadable(error.to_string()))
}

/// Reads a row again from its cells.
pub fn reread(sealer: &Sealer, cells: BTreeMap<String, String>, line: u64) -> Option<Entry> {
    let (headers, cells): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
    let sheet = Sheet::from_rows(headers, vec![(line, ByteRecord::from(cells))]);
    let (_, row) = sheet.rows().next()?;
    match VendorList::default().read(sealer, line, row.as_ref().map_err(|bad| *bad), &mut Report::default()) {
        Read::Entry(entry) => Some(*entry),
        _ => None,
    }
}
