//! The steps of a run: each takes some products of the file, writes them in one transaction with how far it is, and leaves the
//! rest to the next step. A step that dies has written nothing, and is done again by another worker.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::pictures::{Known, end_if_done};
use super::read::{Group, ListLine, groups};
use super::write::{Outcome, Taken, Writer};
use crate::app::App;
use crate::catalog::entity::import::{self, Column, Entity, Status};
use crate::catalog::entity::{import_note, product, variant};
use crate::catalog::error::CatalogError;
use crate::catalog::import::{BATCH, ImportError, Sheet};
use crate::catalog::jobs::{AddPicture, RunImport};
use crate::catalog::query::{categories, listed};
use crate::kernel::{ProductId, ProductImportId};
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};

/// Products of the shop that a batch names, by SKU.
struct Stored {
    products: Vec<listed::Listed>,
    by_sku: HashMap<String, ProductId>,
    known: Known,
}

/// Does the next products of a run, and queues the step after it.
pub async fn step(app: &App, id: ProductImportId) -> Result<(), ImportError> {
    let db = app.db.read();
    let Some(before) = Entity::find_by_id(id).one(db).await? else {
        return Ok(());
    };
    if !matches!(before.status, Status::Queued | Status::Running) {
        return Ok(());
    }
    let groups = read(app, &before).await?;
    let tree = Arc::new(categories::tree(db).await?);
    let skus = groups.iter().flat_map(|group| group.lines.iter().map(|line| line.sku().to_owned())).collect();
    let batch = next(&groups, rows(before.rows_done));
    let writer = Writer { app, import: &before, tree, skus };
    let txn = app.db.begin().await?;
    // Of two workers at the same step the second one waits here, and finds that it is done.
    if !claim(&txn, &before, &batch).await? {
        return Ok(());
    }
    let taken = write(&txn, &writer, &batch).await?;
    if !before.dry_run {
        report(&txn, &writer, (&batch, taken)).await?;
        return Ok(app.commit(txn).await?);
    }
    // What it found out is true all the same.
    txn.rollback().await?;
    let txn = app.db.begin().await?;
    if claim(&txn, &before, &batch).await? {
        report(&txn, &writer, (&batch, taken)).await?;
    }
    Ok(app.commit(txn).await?)
}

async fn read(app: &App, import: &import::Model) -> Result<Vec<Group>, ImportError> {
    let gone = || ImportError::Unreadable("the file is gone".to_owned());
    let key = FileKey::parse(&import.file_key).ok_or_else(gone)?;
    let content = app.files.get(&key).await.map_err(CatalogError::from)?.ok_or_else(gone)?;
    let work = tokio::task::spawn_blocking(move || Sheet::read(&content).map(|sheet| groups(&sheet)));
    work.await.map_err(|error| ImportError::Unreadable(error.to_string()))?
}

/// The products after so many rows, as many as fit into one transaction.
fn next(groups: &[Group], done: usize) -> Vec<&Group> {
    let (mut passed, mut taken) = (0, 0);
    let mut batch = Vec::new();
    for group in groups {
        let lines = group.lines.len();
        if passed < done {
            passed += lines;
            continue;
        }
        if taken + lines > BATCH && !batch.is_empty() {
            break;
        }
        taken += lines;
        batch.push(group);
    }
    batch
}

async fn claim(
    txn: &DatabaseTransaction,
    before: &import::Model,
    batch: &[&Group],
) -> Result<bool, ImportError> {
    let lines = number(batch.iter().map(|group| group.lines.len()).sum());
    let claimed = Entity::update_many()
        .col_expr(Column::RowsDone, Expr::col(Column::RowsDone).add(lines))
        .filter(Column::Id.eq(before.id))
        .filter(Column::RowsDone.eq(before.rows_done))
        .filter(Column::Status.is_in([Status::Queued, Status::Running]))
        .exec(txn)
        .await?;
    Ok(claimed.rows_affected == 1)
}

async fn write(
    txn: &DatabaseTransaction,
    writer: &Writer<'_>,
    batch: &[&Group],
) -> Result<Vec<Taken>, ImportError> {
    let stored = stored(txn, writer, batch).await?;
    let mut touched: HashSet<ProductId> = HashSet::new();
    let mut taken = Vec::with_capacity(batch.len());
    for group in batch {
        let ids: HashSet<ProductId> =
            group.lines.iter().filter_map(|line| stored.by_sku.get(line.sku()).copied()).collect();
        let these: Vec<&listed::Listed> =
            stored.products.iter().filter(|product| ids.contains(&product.product.id)).collect();
        // What was read above is not what is there any more once a product was written.
        if ids.iter().all(|id| touched.insert(*id)) {
            taken.push(writer.write(txn, group, &these, &stored.known).await?);
        } else {
            let ids = ids.into_iter().collect();
            let again = listed::of(txn, ids, &writer.app.config.server.base_url).await?;
            let known = Known::of(txn, &again).await?;
            taken.push(writer.write(txn, group, &again.iter().collect::<Vec<_>>(), &known).await?);
        }
    }
    Ok(taken)
}

/// What the shop has of a batch, in a fixed number of statements. Edits by hand wait until the batch is written.
async fn stored(
    txn: &DatabaseTransaction,
    writer: &Writer<'_>,
    batch: &[&Group],
) -> Result<Stored, ImportError> {
    let vendor_id = writer.import.vendor_id;
    let skus = batch.iter().flat_map(|group| group.lines.iter().map(ListLine::sku));
    let found = variant::Entity::find()
        .filter(variant::Column::VendorId.eq(vendor_id))
        .filter(variant::Column::Sku.is_in(skus))
        .all(txn)
        .await?;
    let ids: HashSet<ProductId> = found.iter().map(|row| row.product_id).collect();
    let ids: Vec<ProductId> = ids.into_iter().collect();
    if !ids.is_empty() {
        product::Entity::find()
            .filter(product::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(product::Column::Id)
            .lock_exclusive()
            .all(txn)
            .await?;
    }
    let products = listed::of(txn, ids, &writer.app.config.server.base_url).await?;
    let known = Known::of(txn, &products).await?;
    let by_sku = found.into_iter().map(|row| (row.sku, row.product_id)).collect();
    Ok(Stored { products, by_sku, known })
}

/// Says how far the run is and what became of each product, and queues what follows.
async fn report(
    txn: &DatabaseTransaction,
    writer: &Writer<'_>,
    (batch, taken): (&[&Group], Vec<Taken>),
) -> Result<(), ImportError> {
    let (before, now) = (writer.import, writer.app.now());
    let lines: usize = batch.iter().map(|group| group.lines.len()).sum();
    let is_last = rows(before.rows_done) + lines >= rows(before.rows_total);
    let status = if is_last { Status::Pictures } else { Status::Running };
    let count = |outcome| number(taken.iter().filter(|one| one.outcome == outcome).count());
    let pictures = taken.iter().filter_map(|one| one.pictures.as_ref()).map(|wanted| wanted.pictures.len());
    let pictures = if before.dry_run { 0 } else { number(pictures.sum()) };
    let mut update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::UpdatedAt, Expr::value(now));
    for (column, more) in [
        (Column::Created, count(Outcome::Created)),
        (Column::Updated, count(Outcome::Updated)),
        (Column::Unchanged, count(Outcome::Unchanged)),
        (Column::Refused, count(Outcome::Refused)),
        (Column::Held, number(taken.iter().filter(|one| one.held).count())),
        (Column::Pictures, pictures),
    ] {
        update = update.col_expr(column, Expr::col(column).add(more));
    }
    update.filter(Column::Id.eq(before.id)).exec(txn).await?;
    let mut jobs = Vec::new();
    let mut notes: Vec<import_note::ActiveModel> = Vec::new();
    for one in taken {
        notes.extend(one.notes.into_iter().map(|note| note.row(before.id)));
        if let Some(wanted) = one.pictures.filter(|_| !before.dry_run) {
            let job = AddPicture {
                import_id: before.id,
                product_id: wanted.product_id,
                line: wanted.line,
                pictures: wanted.pictures,
            };
            jobs.push(NewJob::now::<App, _>(now, &job)?);
        }
    }
    for notes in notes.chunks(BATCH) {
        import_note::Entity::insert_many(notes.to_vec()).exec_without_returning(txn).await?;
    }
    if !is_last {
        jobs.push(NewJob::now::<App, _>(now, &RunImport { import_id: before.id })?);
    }
    enqueue(txn, jobs).await?;
    Ok(end_if_done(txn, writer.app, before.id).await?)
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn rows(count: i32) -> usize {
    usize::try_from(count).unwrap_or(0)
}
