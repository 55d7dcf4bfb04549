//! The office's list of shops, from the command line.

use super::report::{Outcome as What, Report};
use super::sheet::Sheet;
use super::vendor_list::{Entry, Read, VendorList, number_repeated};
use super::vendor_row::COLUMNS;
use super::{BATCH, ImportError, Progress};
use crate::app::App;
use crate::kernel::fields::Fault;
use crate::vendors::VendorError;
use crate::vendors::entity::vendor::Status;
use crate::vendors::service::{Imported, Outcome, create_imported};

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
    let mut list = VendorList::default();
    let rows: Vec<_> = sheet.rows().collect();
    for batch in rows.chunks(BATCH) {
        let mut ready = Vec::with_capacity(batch.len());
        for (line, row) in batch {
            match list.read(&app.sealer, *line, row.as_ref().map_err(|bad| *bad), &mut report) {
                Read::Entry(entry) => ready.push(*entry),
                Read::NumberRepeated(_, first) => {
                    report.note(*line, What::Refused, "", number_repeated(first));
                }
                Read::Nothing => {}
            }
        }
        write(app, ready, status, &mut report).await?;
        progress.advance(batch.len());
    }
    progress.finish();
    Ok(report)
}

async fn write(app: &App, rows: Vec<Entry>, status: Status, report: &mut Report) -> Result<(), ImportError> {
    if rows.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let txn = app.db.begin().await?;
    for Entry { line, facts, source_key, .. } in rows {
        let imported = Imported { facts, status, source_key };
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

fn taken(number: &str) -> Fault {
    Fault::new(
        "number-taken",
        format!("{number} sudah dipakai toko lain."),
        format!("Another shop has this {number}."),
    )
}
