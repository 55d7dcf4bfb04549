//! Writes a list in steps. Each step is a transaction of at most [`BATCH`] rows that moves the cursor with it, so that a list
//! whose worker was killed goes on where it was, and two workers cannot write the same rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};

use super::known::{Known, Verdict};
use super::rows::{Extras, of_entry, row_place};
use super::upload::{mapping_of, queue, read};
use crate::app::App;
use crate::catalog::import::{
    BATCH, Entry, Extra, Note, Outcome as What, Read, Report, Row, Sheet, VENDOR_FIELDS, VendorList,
};
use crate::kernel::fields::Fault;
use crate::kernel::{ImportNoteId, VendorDuplicateId, VendorId, VendorImportId};
use crate::office::entity::import::{Column, Entity, Model, Status};
use crate::office::entity::{duplicate, note};
use crate::office::error::OfficeError;
use crate::office::jobs::DeleteList;
use crate::office::model::{Period, masked};
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};
use crate::vendors::VendorError;
use crate::vendors::entity::vendor::Status as VendorStatus;
use crate::vendors::service::{Imported, Outcome, create_imported};

/// Writes up to `steps` steps of a list. If there are more, another job does them, so that none runs for too long.
pub async fn run(app: &App, id: VendorImportId, steps: usize) -> Result<(), OfficeError> {
    let import = Entity::find_by_id(id).one(app.db.read()).await?.ok_or(OfficeError::NotFound)?;
    if !matches!(import.status, Status::Queued | Status::Running) {
        return Ok(());
    }
    let Some(sheet) = open(app, &import).await? else {
        return fail(app, id, "the file is gone").await;
    };
    let mapping = mapping_of(&import)?;
    let sheet = sheet.mapped(mapping.pairs());
    let mut writer = Writer::new(app, &import, &sheet)?;
    for _ in 0..steps {
        if !writer.step().await? {
            return Ok(());
        }
    }
    let txn = app.db.begin().await?;
    queue(&txn, id, app.now()).await?;
    Ok(app.commit(txn).await?)
}

async fn open(app: &App, import: &Model) -> Result<Option<Sheet>, OfficeError> {
    let key = FileKey::parse(&import.file_key).ok_or(OfficeError::NotFound)?;
    match app.files.get(&key).await? {
        Some(bytes) => Ok(Some(read(bytes).await?)),
        None => Ok(None),
    }
}

async fn fail(app: &App, id: VendorImportId, why: &str) -> Result<(), OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Failed))
        .col_expr(Column::Error, Expr::value(why))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.is_in([Status::Queued, Status::Running]))
        .exec(&txn)
        .await?;
    Ok(app.commit(txn).await?)
}

/// What became of a row that could be read.
struct Candidate<'a> {
    entry: Entry,
    row_key: String,
    row: Row<'a>,
}

/// Writes one list.
struct Writer<'a> {
    app: &'a App,
    import: &'a Model,
    period: Period,
    sheet: &'a Sheet,
    list: VendorList,
    cursor: usize,
    /// What a rehearsal would have written.
    rehearsed: Known,
}

/// What a step did.
#[derive(Default)]
struct Done {
    report: Report,
    updated: usize,
    doubts: Vec<duplicate::ActiveModel>,
}

impl<'a> Writer<'a> {
    /// Stands where the list stood. What was read before is read again, to know what repeats it.
    fn new(app: &'a App, import: &'a Model, sheet: &'a Sheet) -> Result<Self, OfficeError> {
        let period = Period::parse(&import.survey_period)
            .map_err(|fault| OfficeError::Unreadable(fault.detail.en.into_owned()))?;
        let (list, rehearsed) = (VendorList::default(), Known::default());
        let mut writer = Self { app, import, period, sheet, list, cursor: 0, rehearsed };
        let stood = usize::try_from(import.row_cursor).unwrap_or(0);
        for candidate in writer.candidates(stood, &mut Report::default()) {
            if import.dry_run {
                writer.rehearsed.add(&app.sealer, &candidate.entry, VendorId::generate());
            }
        }
        Ok(writer)
    }

    /// Reads the next rows.
    fn candidates(&mut self, rows: usize, report: &mut Report) -> Vec<Candidate<'a>> {
        let mut candidates = Vec::new();
        let sheet = self.sheet;
        for (line, row) in sheet.rows().skip(self.cursor).take(rows) {
            let read = self.list.read(&self.app.sealer, line, row.as_ref().map_err(|bad| *bad), report);
            let (entry, repeated) = match read {
                Read::Entry(entry) => (*entry, false),
                Read::NumberRepeated(entry, _) => (*entry, true),
                Read::Nothing => continue,
            };
            let row_key = of_entry(&entry, repeated);
            candidates.extend(row.ok().map(|row| Candidate { entry, row_key, row }));
        }
        self.cursor = (self.cursor + rows).min(sheet.len());
        candidates
    }

    /// Writes the next rows; false at the end.
    async fn step(&mut self) -> Result<bool, OfficeError> {
        let (from, now) = (self.cursor, self.app.now());
        let mut done = Done::default();
        let candidates = self.candidates(BATCH, &mut done.report);
        let txn = self.app.db.begin().await?;
        if !stands_at(&txn, self.import.id, from).await? {
            // Another worker is writing this list.
            return Ok(false);
        }
        let taken = self.take(&txn, &candidates, &mut done, now).await?;
        self.write_extras(&txn, &taken, &mut done, now).await?;
        self.write_report(&txn, &mut done).await?;
        let more = self.advance(&txn, from, &done, now).await?;
        self.app.commit(txn).await?;
        Ok(more)
    }

    /// Judges and writes the shops; answers those that are now there, each with what its row says beside it.
    async fn take<'c>(
        &mut self,
        txn: &DatabaseTransaction,
        candidates: &'c [Candidate<'_>],
        done: &mut Done,
        now: DateTime<Utc>,
    ) -> Result<Vec<(VendorId, bool, &'c Extra)>, OfficeError> {
        let sealer = &self.app.sealer;
        let wanted: Vec<_> = candidates.iter().map(|one| (&one.entry, one.row_key.clone())).collect();
        let mut known = Known::load(txn, sealer, &wanted).await?;
        known.extend(&self.rehearsed);
        let mut taken = Vec::new();
        for candidate in candidates {
            let Candidate { entry, row_key, .. } = candidate;
            match known.judge(sealer, entry, row_key) {
                Verdict::Known(id) => taken.push((id, false, &entry.extra)),
                Verdict::Same(_) => {
                    done.report.note(entry.line, What::Skipped, "", same_shop());
                    done.report.unchanged += 1;
                }
                Verdict::Pending => done.report.note(entry.line, What::Waiting, "", pending()),
                Verdict::Doubt(id, kind) => {
                    done.report.note(entry.line, What::Waiting, "", doubt(kind));
                    known.wait(row_key, id);
                    self.keep_doubt(candidate, (id, kind), done, now)?;
                }
                Verdict::New => {
                    if let Some(id) = self.create(txn, entry, done, now).await? {
                        known.add(sealer, entry, id);
                        taken.push((id, true, &entry.extra));
                    }
                }
            }
        }
        Ok(taken)
    }

    /// Writes a new shop; a rehearsal only remembers it.
    async fn create(
        &mut self,
        txn: &DatabaseTransaction,
        entry: &Entry,
        done: &mut Done,
        now: DateTime<Utc>,
    ) -> Result<Option<VendorId>, OfficeError> {
        if self.import.dry_run {
            let id = VendorId::generate();
            self.rehearsed.add(&self.app.sealer, entry, id);
            done.report.created += 1;
            return Ok(Some(id));
        }
        let (facts, source_key) = (entry.facts.clone(), entry.source_key.clone());
        let imported = Imported { facts, status: VendorStatus::Unclaimed, source_key };
        match create_imported(txn, &self.app.sealer, imported, now).await {
            Ok(Outcome::Created(id)) => {
                done.report.created += 1;
                Ok(Some(id))
            }
            Ok(Outcome::Known(id)) => Ok(Some(id)),
            // Somebody opened that shop a moment ago.
            Err(VendorError::NibTaken) => Ok(refused(entry.line, "nib", &mut done.report)),
            Err(VendorError::NikTaken) => Ok(refused(entry.line, "nik", &mut done.report)),
            Err(error) => Err(error.into()),
        }
    }

    fn keep_doubt(
        &self,
        candidate: &Candidate<'_>,
        (vendor_id, kind): (VendorId, duplicate::Kind),
        done: &mut Done,
        now: DateTime<Utc>,
    ) -> Result<(), OfficeError> {
        if self.import.dry_run {
            return Ok(());
        }
        let id = VendorDuplicateId::generate();
        let cells: BTreeMap<String, String> = candidate.row.of(&VENDOR_FIELDS);
        let text =
            serde_json::to_string(&cells).map_err(|error| OfficeError::Unreadable(error.to_string()))?;
        done.doubts.push(duplicate::ActiveModel {
            id: Set(id),
            import_id: Set(self.import.id),
            line: Set(line(candidate.entry.line)),
            row_key: Set(candidate.row_key.clone()),
            vendor_id: Set(vendor_id),
            kind: Set(kind),
            row_sealed: Set(self.app.sealer.seal(&row_place(id), &text)?),
            status: Set(duplicate::Status::Pending),
            merged: Set(false),
            decided_by: Set(None),
            decided_at: Set(None),
            created_at: Set(now),
        });
        Ok(())
    }

    async fn write_extras(
        &self,
        txn: &DatabaseTransaction,
        taken: &[(VendorId, bool, &Extra)],
        done: &mut Done,
        now: DateTime<Utc>,
    ) -> Result<(), OfficeError> {
        let known = taken.iter().filter(|(_, new, _)| !new).map(|(id, ..)| *id);
        let mut unchanged: Vec<VendorId> = known.collect();
        if !self.import.dry_run {
            let extras =
                Extras { sealer: &self.app.sealer, period: self.period, import_id: self.import.id, now };
            let rows: Vec<_> = taken.iter().map(|(id, _, extra)| (*id, *extra)).collect();
            let changed = extras.write(txn, &rows).await?;
            let before = unchanged.len();
            unchanged.retain(|id| !changed.contains(id));
            done.updated = before - unchanged.len();
        }
        done.report.unchanged += unchanged.len();
        Ok(())
    }

    async fn write_report(&self, txn: &DatabaseTransaction, done: &mut Done) -> Result<(), OfficeError> {
        let notes: Vec<_> =
            done.report.notes().into_iter().map(|note| row_of(self.import.id, note)).collect();
        if !notes.is_empty() {
            note::Entity::insert_many(notes).exec_without_returning(txn).await?;
        }
        let doubts = std::mem::take(&mut done.doubts);
        if !doubts.is_empty() {
            duplicate::Entity::insert_many(doubts).exec_without_returning(txn).await?;
        }
        Ok(())
    }

    /// Moves the cursor and adds up; true if there are more rows.
    async fn advance(
        &self,
        txn: &DatabaseTransaction,
        from: usize,
        done: &Done,
        now: DateTime<Utc>,
    ) -> Result<bool, OfficeError> {
        let more = self.cursor < self.sheet.len();
        let (report, count) =
            (&done.report, |what| i32::try_from(done.report.rows(what)).unwrap_or(i32::MAX));
        let add = |column: Column, by: i32| Expr::col(column).add(by);
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        if !more {
            enqueue(txn, vec![NewJob::now(now, &DeleteList { import_id: self.import.id })?]).await?;
        }
        let moved = Entity::update_many()
            .col_expr(Column::RowCursor, Expr::value(number(self.cursor)))
            .col_expr(Column::Status, Expr::value(if more { Status::Running } else { Status::Done }))
            .col_expr(Column::Created, add(Column::Created, number(report.created)))
            .col_expr(Column::Updated, add(Column::Updated, number(done.updated)))
            .col_expr(Column::Unchanged, add(Column::Unchanged, number(report.unchanged)))
            .col_expr(Column::Repaired, add(Column::Repaired, count(What::Repaired)))
            .col_expr(Column::Asked, add(Column::Asked, count(What::Asked)))
            .col_expr(Column::Waiting, add(Column::Waiting, count(What::Waiting)))
            .col_expr(Column::Skipped, add(Column::Skipped, count(What::Skipped)))
            .col_expr(Column::Refused, add(Column::Refused, count(What::Refused)))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .col_expr(Column::FinishedAt, Expr::value((!more).then_some(now)))
            .filter(Column::Id.eq(self.import.id))
            .filter(Column::RowCursor.eq(number(from)))
            .exec(txn)
            .await?;
        Ok(more && moved.rows_affected == 1)
    }
}

/// Locks the list; false if it does not stand there any more.
async fn stands_at(
    txn: &DatabaseTransaction,
    id: VendorImportId,
    cursor: usize,
) -> Result<bool, OfficeError> {
    let row = Entity::find_by_id(id).lock_exclusive().one(txn).await?.ok_or(OfficeError::NotFound)?;
    let open = matches!(row.status, Status::Queued | Status::Running);
    Ok(open && usize::try_from(row.row_cursor) == Ok(cursor))
}

fn line(line: u64) -> i32 {
    i32::try_from(line).unwrap_or(i32::MAX)
}

fn refused(line: u64, column: &str, report: &mut Report) -> Option<VendorId> {
    let number = column.to_uppercase();
    let fault = Fault::new(
        "number-taken",
        format!("{number} sudah dipakai toko lain."),
        format!("Another shop has this {number}."),
    );
    report.note(line, What::Refused, column, fault);
    None
}

fn row_of(import_id: VendorImportId, note: &Note) -> note::ActiveModel {
    let personal = masked::is_personal(&note.column);
    let shown = |value: &Option<String>| value.as_ref().map(|value| masked::cell(&note.column, value));
    // A reason may quote the cell.
    let quotes = personal && matches!(note.code, "repaired" | "second-number");
    let (id, en) = if quotes {
        ("Dibaca dalam bentuk baku.".to_owned(), "Read in the usual form.".to_owned())
    } else {
        (note.reason.id.to_string(), note.reason.en.to_string())
    };
    note::ActiveModel {
        id: Set(ImportNoteId::generate()),
        import_id: Set(import_id),
        line: Set(line(note.line)),
        outcome: Set(note.outcome.name().to_owned()),
        column_name: Set(note.column.clone()),
        code: Set(note.code.to_owned()),
        value: Set(shown(&note.cell.value)),
        reason_id: Set(id),
        reason_en: Set(en),
        suggestion: Set(shown(&note.cell.suggestion)),
    }
}

fn same_shop() -> Fault {
    Fault::new(
        "known-shop",
        "Toko ini sudah ada dari baris atau pendaftaran lain; isi baris ini tidak dipakai.",
        "This shop is there by another row or by itself; what this row says is not taken.",
    )
}

fn pending() -> Fault {
    Fault::new("pending", "Menunggu keputusan petugas.", "Waits for an officer to decide.")
}

fn doubt(kind: duplicate::Kind) -> Fault {
    let (id, en) = match kind {
        duplicate::Kind::SameNumber => ("nomor identitasnya sama", "it has the same identity number"),
        duplicate::Kind::SamePhone => ("nomor teleponnya sama", "it has the same telephone"),
        duplicate::Kind::SimilarName => {
            ("namanya mirip di desa yang sama", "a similar name in the same village")
        }
    };
    Fault::new(
        "probable-duplicate",
        format!("Mungkin toko yang sudah ada: {id}."),
        format!("It may be a shop that is there already: {en}."),
    )
}
