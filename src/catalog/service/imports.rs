//! Lists of products that a shop sends.

use bytes::Bytes;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::app::App;
use crate::catalog::entity::import::{self, Status};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::import::{ImportError, Sheet, list};
use crate::catalog::jobs::RunImport;
use crate::kernel::{ProductImportId, UserId, VendorId};
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};

/// Most rows of one list.
const MAX_ROWS: usize = 50_000;

/// A list that came in.
pub struct NewImport {
    pub vendor_id: VendorId,
    pub by: UserId,
    pub table: Bytes,
    /// Pictures that the table names.
    pub archive: Option<Bytes>,
    pub dry_run: bool,
    /// Whether who sends it may put products before the public, and count stock.
    pub may_publish: bool,
    pub may_count: bool,
}

/// Looks whether the list can be read at all, keeps it, and lets a job do it.
pub async fn start_import(app: &App, new: NewImport) -> Result<import::Model, CatalogError> {
    let now = app.now();
    let id = ProductImportId::generate();
    let (table, archive) = (new.table.clone(), new.archive.clone());
    let look = tokio::task::spawn_blocking(move || look(&table, archive.as_ref()));
    let (rows_total, products) =
        look.await.map_err(|_| ListingError::Unreadable("unreadable".to_owned()))??;
    let file_key = FileKey::private("imports", &format!("{id}.table"));
    let archive_key = new.archive.is_some().then(|| FileKey::private("imports", &format!("{id}.zip")));
    // Stored before the row: a file without a row harms nobody.
    app.files.put(&file_key, new.table).await?;
    if let (Some(key), Some(archive)) = (&archive_key, new.archive) {
        app.files.put(key, archive).await?;
    }
    let row = import::Model {
        id,
        vendor_id: new.vendor_id,
        status: Status::Queued,
        dry_run: new.dry_run,
        may_publish: new.may_publish,
        may_count: new.may_count,
        file_key: file_key.as_str().to_owned(),
        archive_key: archive_key.map(|key| key.as_str().to_owned()),
        rows_total,
        rows_done: 0,
        products,
        created: 0,
        updated: 0,
        unchanged: 0,
        refused: 0,
        held: 0,
        pictures: 0,
        pictures_added: 0,
        pictures_failed: 0,
        created_by: new.by,
        created_at: now,
        updated_at: now,
        finished_at: None,
    };
    let txn = app.db.begin().await?;
    let insert = import::Entity::insert(row.clone().into_active_model().reset_all());
    insert.exec_without_returning(&txn).await?;
    enqueue(&txn, vec![NewJob::now::<App, _>(now, &RunImport { import_id: id })?]).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// How many rows and products the list names.
fn look(table: &[u8], archive: Option<&Bytes>) -> Result<(i32, i32), CatalogError> {
    let unreadable = |error: ImportError| match error {
        ImportError::Unreadable(why) => ListingError::Unreadable(why),
        error => ListingError::Unreadable(error.to_string()),
    };
    let sheet = Sheet::read(table).map_err(unreadable)?;
    list::check_columns(&sheet).map_err(unreadable)?;
    if let Some(archive) = archive {
        list::check_archive(archive).map_err(unreadable)?;
    }
    let groups = list::groups(&sheet);
    let rows: usize = groups.iter().map(|group| group.lines.len()).sum();
    if rows > MAX_ROWS {
        return Err(ListingError::Unreadable(format!("it has more than {MAX_ROWS} rows")).into());
    }
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    Ok((number(rows), number(groups.len())))
}

/// Removes the files of a list that is done.
pub async fn end_import(app: &App, id: ProductImportId) -> Result<(), CatalogError> {
    let Some(import) = import::Entity::find_by_id(id).one(app.db.read()).await? else {
        return Ok(());
    };
    for key in std::iter::once(import.file_key).chain(import.archive_key) {
        if let Some(key) = FileKey::parse(&key) {
            app.files.delete(&key).await?;
        }
    }
    Ok(())
}
