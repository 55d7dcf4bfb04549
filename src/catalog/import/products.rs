//! A list of products.

use std::collections::HashMap;

use super::product_row::{COLUMNS, ProductRow};
use super::report::{Outcome, Report};
use super::sheet::Sheet;
use super::{BATCH, ImportError, ProductOptions, Progress, Store};
use crate::app::App;
use crate::kernel::fields::Fault;

/// Imports products. A list can be imported again: what has the same SKU in the same shop is brought up to date.
pub async fn products(
    app: &App,
    sheet: &Sheet,
    options: ProductOptions,
    progress: &mut Progress,
) -> Result<Report, ImportError> {
    sheet.require(&COLUMNS)?;
    let mut report = Report::default();
    let mut store = Store::open(app, options).await?;
    let mut seen = HashMap::new();
    let mut ready = Vec::with_capacity(BATCH);
    for (line, row) in sheet.rows() {
        progress.advance(1);
        match row {
            Err(bad) => report.refuse_bad(line, bad),
            Ok(row) if row.is_empty() => report.note(line, Outcome::Skipped, "", empty()),
            Ok(row) => match ProductRow::parse(line, &row) {
                Err(faults) => report.refuse(line, faults),
                Ok(row) => ready.extend(first_time(row, &mut seen, &mut report)),
            },
        }
        if ready.len() == BATCH {
            store.write(std::mem::take(&mut ready), &mut report).await?;
        }
    }
    store.write(ready, &mut report).await?;
    progress.finish();
    Ok(report)
}

/// A SKU is told once in a file; which of two would be right nobody can know.
fn first_time(
    row: ProductRow,
    seen: &mut HashMap<(String, String), u64>,
    report: &mut Report,
) -> Option<ProductRow> {
    let shop = row.nib.clone().unwrap_or_else(|| row.shop.to_lowercase());
    let first = *seen.entry((shop, row.sku.clone())).or_insert(row.line);
    if first == row.line {
        return Some(row);
    }
    report.note(row.line, Outcome::Refused, "sku", repeated(first));
    None
}

fn empty() -> Fault {
    Fault::new("empty-row", "Baris kosong.", "An empty row.")
}

fn repeated(first: u64) -> Fault {
    Fault::new(
        "sku-repeated",
        format!("SKU ini sudah ada di baris {first}."),
        format!("Line {first} has this SKU already."),
    )
}
