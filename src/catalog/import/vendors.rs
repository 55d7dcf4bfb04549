//! The office's list of shops.

use std::collections::HashMap;

use super::report::{Outcome as What, Report};
use super::sheet::{Row, Sheet};
use super::vendor_row::{self, COLUMNS};
use super::{BATCH, ImportError, Progress, repair};
use crate::app::App;
use crate::kernel::fields::Fault;
use crate::vendors::VendorError;
use crate::vendors::entity::vendor::Status;
use crate::vendors::model::{Facts, source_key};
use crate::vendors::service::{Imported, Outcome, create_imported};

/// A row that can be written.
struct Ready {
    line: u64,
    imported: Imported,
}

/// What was seen of the list so far.
#[derive(Default)]
struct Seen {
    by_key: HashMap<String, (u64, String, Vec<Vec<u8>>)>,
}

/// Imports shops: `unclaimed`, or `active` for a list that is known good. A list can be imported again.
pub async fn vendors(
    app: &App,
    sheet: &Sheet,
    active: bool,
    progress: &mut Progress,
) -> Result<Report, ImportError> {
    sheet.require(&COLUMNS)?;
    let status = if active { Status::Active } else { Status::Unclaimed };
    let mut report = Report::default();
    let mut seen = Seen::default();
    let rows: Vec<_> = sheet.rows().collect();
    for batch in rows.chunks(BATCH) {
        let ready = batch
            .iter()
            .filter_map(|(line, row)| match row {
                Ok(row) => read(app, (*line, row), status, &mut seen, &mut report),
                Err(bad) => {
                    report.refuse_bad(*line, *bad);
                    None
                }
            })
            .collect();
        write(app, ready, &mut report).await?;
        progress.advance(batch.len());
    }
    progress.finish();
    Ok(report)
}

fn read(
    app: &App,
    (line, row): (u64, &Row<'_>),
    status: Status,
    seen: &mut Seen,
    report: &mut Report,
) -> Option<Ready> {
    if row.is_empty() {
        report.note(line, What::Skipped, "", empty());
        return None;
    }
    if vendor_row::is_total(row) {
        report.note(line, What::Skipped, "", total());
        return None;
    }
    let (facts, remarks) = vendor_row::parse(row);
    for (outcome, column, fault) in remarks {
        report.note(line, outcome, column, fault);
    }
    let facts = facts.map_err(|faults| report.refuse(line, faults)).ok()?;
    let source_key = key(app, &facts);
    let name = repair::text(&facts.name).to_lowercase();
    if let Some((first, other, cells)) = seen.by_key.get(&source_key) {
        let (outcome, fault) = repetition(*first, *other == name, *cells == row.cells());
        report.note(line, outcome, "", fault);
        return None;
    }
    seen.by_key.insert(source_key.clone(), (line, name, row.cells()));
    Some(Ready { line, imported: Imported { facts, status, source_key } })
}

/// What makes a row the same row when the list is imported again: its number, or else its name and telephone.
fn key(app: &App, facts: &Facts) -> String {
    if let Some(nib) = &facts.papers.nib {
        return format!("nib:{}", nib.as_str());
    }
    if let Some(nik) = &facts.papers.nik {
        return source_key::of_nik(&app.sealer, nik);
    }
    let name = facts.name.to_lowercase();
    format!("name:{name}:{}", facts.phone.as_str())
}

async fn write(app: &App, rows: Vec<Ready>, report: &mut Report) -> Result<(), ImportError> {
    if rows.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let txn = app.db.begin().await?;
    for Ready { line, imported } in rows {
        match create_imported(&txn, &app.sealer, imported, now).await {
            Ok(Outcome::Created(_)) => report.created += 1,
            Ok(Outcome::Known(_)) => report.unchanged += 1,
            Err(VendorError::NibTaken) => report.note(line, What::Refused, "nib", taken("NIB")),
            Err(VendorError::NikTaken) => report.note(line, What::Refused, "nik", taken("NIK")),
            Err(error) => return Err(ImportError::Vendor(error)),
        }
    }
    app.commit(txn).await?;
    Ok(())
}

fn empty() -> Fault {
    Fault::new("empty-row", "Baris kosong.", "An empty row.")
}

fn total() -> Fault {
    Fault::new("total-row", "Baris jumlah.", "A row that adds up others.")
}

fn repetition(first: u64, same_name: bool, same_cells: bool) -> (What, Fault) {
    if same_cells {
        let fault = Fault::new(
            "repetition",
            format!("Sama persis dengan baris {first}."),
            format!("The same as line {first}."),
        );
        return (What::Skipped, fault);
    }
    if same_name {
        let fault = Fault::new(
            "repetition",
            format!("Toko yang sama dengan baris {first}; isi baris ini tidak dipakai."),
            format!("The same shop as line {first}; what differs here is not taken."),
        );
        return (What::Skipped, fault);
    }
    let fault = Fault::new(
        "number-repeated",
        format!("Nomor identitas sama dengan baris {first}, tetapi namanya lain."),
        format!("The same identity number as line {first}, but another name."),
    );
    (What::Refused, fault)
}

fn taken(number: &str) -> Fault {
    Fault::new(
        "number-taken",
        format!("{number} sudah dipakai toko lain."),
        format!("Another shop has this {number}."),
    )
}
