//! The steps of an import: each takes some products of the file, writes them, and leaves the rest to the next step.
//!
//! A step that dies is done again by another worker: what it wrote already is the same then, and changes nothing.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::listing::{Group, LineFault, groups};
use super::{BATCH, ImportError, Outcome, Report, Sheet, Store};
use crate::app::App;
use crate::catalog::entity::import::{self, Column, Entity, Status};
use crate::catalog::entity::{import_note, product, variant};
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::{AddPicture, RunImport};
use crate::catalog::model::words::{Banned, find};
use crate::catalog::service;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, ProductId, ProductImportId, ProductImportNoteId};
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};

/// What became of the products of one step.
struct Step {
    before: import::Model,
    taken: usize,
    report: Report,
    refused: Vec<LineFault>,
    pictures: Vec<(ProductId, u64, String)>,
}

/// Does the next products of an import, and queues the step after it.
pub async fn step(app: &App, id: ProductImportId) -> Result<(), ImportError> {
    let Some(before) = Entity::find_by_id(id).one(app.db.read()).await? else {
        return Ok(());
    };
    if before.status == Status::Done {
        return Ok(());
    }
    let groups = read(app, &before).await?;
    let mut step =
        Step { before, taken: 0, report: Report::default(), refused: Vec::new(), pictures: Vec::new() };
    let start = usize::try_from(step.before.done).unwrap_or(0);
    let mut next = Vec::new();
    let mut lines = 0;
    for group in groups.into_iter().skip(start) {
        lines += group.lines.len();
        if lines > BATCH && !next.is_empty() {
            break;
        }
        next.push(group);
    }
    step.taken = next.len();
    write(app, &mut step, next).await?;
    finish(app, step).await
}

async fn read(app: &App, import: &import::Model) -> Result<Vec<Group>, ImportError> {
    let gone = || ImportError::Unreadable("the file is gone".to_owned());
    let key = FileKey::parse(&import.file_key).ok_or_else(gone)?;
    let content = app.files.get(&key).await.map_err(CatalogError::from)?.ok_or_else(gone)?;
    let seed = import.id.0;
    let work = tokio::task::spawn_blocking(move || Sheet::read(&content).map(|sheet| groups(&sheet, seed)));
    work.await.map_err(|error| ImportError::Unreadable(error.to_string()))?
}

/// Writes products, publishes them if that is wished, and notes which pictures are to be fetched.
async fn write(app: &App, step: &mut Step, next: Vec<Group>) -> Result<(), ImportError> {
    let banned = service::banned_words(app.db.read()).await?;
    let mut rows = Vec::new();
    let mut wanted: Vec<(String, u64, Vec<(u64, String)>)> = Vec::new();
    for group in next {
        match group.product {
            Err(faults) => step.refused.extend(faults),
            Ok(row) => match banned_in(&row, &banned) {
                Some(fault) => step.refused.push((row.line, fault)),
                None => {
                    wanted.push((row.sku.clone(), row.line, group.pictures));
                    rows.push(row);
                }
            },
        }
    }
    let mut store = Store::of_shop(app, step.before.vendor_id, step.before.dry_run).await?;
    store.write(rows, &mut step.report).await?;
    if step.before.dry_run {
        return Ok(());
    }
    let known = products_of(app, step, wanted.iter().map(|(sku, ..)| sku.as_str())).await?;
    for (sku, line, pictures) in wanted {
        let Some((product_id, status)) = known.get(&sku) else { continue };
        let pictures = pictures.into_iter().map(|(line, name)| (*product_id, line, name));
        step.pictures.extend(pictures);
        if step.before.publish && *status == product::Status::Draft {
            publish(app, step, (*product_id, line)).await?;
        }
    }
    Ok(())
}

fn banned_in(row: &super::ProductRow, banned: &[Banned]) -> Option<FieldError> {
    let fields = &row.product.fields;
    let options = row.product.variants.iter().map(|variant| ("pilihan", variant.options.encode()));
    let texts = [
        ("judul", fields.title.clone()),
        ("deskripsi", fields.description.clone()),
        ("atribut", fields.attributes.encode()),
    ];
    let found = texts.into_iter().chain(options).find_map(|(column, text)| {
        let found = find(column, &text, banned).into_iter().next()?;
        Some((column, found.word))
    });
    found.map(|(column, word)| {
        let fault = Fault::new(
            "banned-words",
            format!("Kata \"{word}\" tidak boleh dipakai."),
            format!("The word \"{word}\" is not allowed."),
        );
        fault.at(format!("/{column}"))
    })
}

async fn publish(
    app: &App,
    step: &mut Step,
    (product_id, line): (ProductId, u64),
) -> Result<(), ImportError> {
    match service::publish(app, step.before.vendor_id, product_id).await {
        Ok(_) => Ok(()),
        Err(CatalogError::VendorNotActive) => {
            let fault = Fault::new(
                "vendor-not-active",
                "Toko belum aktif; produk tetap draf.",
                "The shop is not active; the product stays a draft.",
            );
            step.report.note(line, Outcome::Asked, "", fault);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// The products that have these SKUs now.
async fn products_of(
    app: &App,
    step: &Step,
    skus: impl Iterator<Item = &str>,
) -> Result<HashMap<String, (ProductId, product::Status)>, ImportError> {
    let variants = variant::Entity::find()
        .filter(variant::Column::VendorId.eq(step.before.vendor_id))
        .filter(variant::Column::Sku.is_in(skus))
        .all(app.db.read())
        .await?;
    let ids = variants.iter().map(|variant| variant.product_id);
    let products = product::Entity::find().filter(product::Column::Id.is_in(ids)).all(app.db.read()).await?;
    let status: HashMap<ProductId, product::Status> =
        products.into_iter().map(|product| (product.id, product.status)).collect();
    let known = variants.into_iter().filter_map(|variant| {
        let id = variant.product_id;
        status.get(&id).map(|status| (variant.sku, (id, *status)))
    });
    Ok(known.collect())
}

/// Says how far the import is, and queues what follows. Of two workers at the same step one counts.
async fn finish(app: &App, step: Step) -> Result<(), ImportError> {
    let now = app.now();
    let Step { before, taken, report, refused, pictures } = step;
    let left = before.products - before.done - count(taken);
    let status = if left > 0 { Status::Running } else { Status::Done };
    let mut notes: Vec<import_note::ActiveModel> = refused
        .iter()
        .map(|(line, fault)| {
            note_row(before.id, *line, fault.pointer.trim_start_matches('/'), (fault.code, &fault.detail))
        })
        .collect();
    let reported = report.notes();
    notes.extend(
        reported.iter().map(|note| note_row(before.id, note.line, &note.column, (note.code, &note.reason))),
    );
    let refused = taken.saturating_sub(report.created + report.updated + report.unchanged);
    let add = |column: Column, more: usize| (column, Expr::col(column).add(count(more)));
    let txn = app.db.begin().await?;
    let mut update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::UpdatedAt, Expr::value(now));
    if status == Status::Done {
        update = update.col_expr(Column::FinishedAt, Expr::value(now));
    }
    for (column, value) in [
        add(Column::Done, taken),
        add(Column::Created, report.created),
        add(Column::Updated, report.updated),
        add(Column::Unchanged, report.unchanged),
        add(Column::Refused, refused),
        add(Column::Pictures, pictures.len()),
    ] {
        update = update.col_expr(column, value);
    }
    let counted =
        update.filter(Column::Id.eq(before.id)).filter(Column::Done.eq(before.done)).exec(&txn).await?;
    if counted.rows_affected != 1 {
        return Ok(());
    }
    for chunk in notes.chunks(BATCH) {
        import_note::Entity::insert_many(chunk.to_vec()).exec_without_returning(&txn).await?;
    }
    let mut followers = Vec::new();
    for (product_id, line, source) in pictures {
        let job = AddPicture { import_id: before.id, product_id, line, source };
        followers.push(NewJob::now::<App, _>(now, &job)?);
    }
    if status == Status::Running {
        followers.push(NewJob::now::<App, _>(now, &RunImport { import_id: before.id })?);
    }
    enqueue(&txn, followers).await?;
    Ok(app.commit(txn).await?)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn note_row(
    import_id: ProductImportId,
    line: u64,
    column: &str,
    (code, reason): (&str, &crate::kernel::Text),
) -> import_note::ActiveModel {
    import_note::ActiveModel {
        id: Set(ProductImportNoteId::generate()),
        import_id: Set(import_id),
        line: Set(i64::try_from(line).unwrap_or(i64::MAX)),
        column_name: Set(column.to_owned()),
        code: Set(code.to_owned()),
        reason_id: Set(reason.id.to_string()),
        reason_en: Set(reason.en.to_string()),
    }
}

/// Adds a line to the report of an import, and one to a counter of it.
pub async fn count_picture(
    txn: &DatabaseTransaction,
    import_id: ProductImportId,
    failed: Option<(u64, Fault)>,
) -> Result<(), ImportError> {
    let column = if failed.is_some() { Column::PicturesFailed } else { Column::PicturesAdded };
    Entity::update_many()
        .col_expr(column, Expr::col(column).add(1))
        .filter(Column::Id.eq(import_id))
        .exec(txn)
        .await?;
    if let Some((line, fault)) = failed {
        let row = note_row(import_id, line, "gambar", (fault.code, &fault.detail));
        import_note::Entity::insert(row).exec_without_returning(txn).await?;
    }
    Ok(())
}
