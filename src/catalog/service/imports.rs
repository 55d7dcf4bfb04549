//! Lists of products that a shop sends and fetches.

use bytes::Bytes;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use crate::app::App;
use crate::catalog::entity::import::{self, Status};
use crate::catalog::entity::{image, picture_source};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::import::{self as lists, ImportError};
use crate::catalog::jobs::RunImport;
use crate::catalog::model::media;
use crate::kernel::fields::Fault;
use crate::kernel::{ProductId, ProductImportId, UserId, VendorId};
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};

/// Most products of one list.
const MAX_PRODUCTS: usize = 20_000;

/// A list that came in.
pub struct NewImport {
    pub vendor_id: VendorId,
    pub by: UserId,
    pub table: Bytes,
    /// Pictures that the table names.
    pub archive: Option<Bytes>,
    pub dry_run: bool,
    pub publish: bool,
}

/// Looks whether the list can be read at all, keeps it, and lets a job do it.
pub async fn start_import(app: &App, new: NewImport) -> Result<import::Model, CatalogError> {
    let now = app.now();
    let id = ProductImportId::generate();
    let (table, archive) = (new.table.clone(), new.archive.clone());
    let look = tokio::task::spawn_blocking(move || look(&table, archive.as_ref(), id));
    let products = look.await.map_err(|_| ListingError::Unreadable("unreadable".to_owned()))??;
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
        status: if products == 0 { Status::Done } else { Status::Queued },
        dry_run: new.dry_run,
        publish: new.publish,
        file_key: file_key.as_str().to_owned(),
        archive_key: archive_key.map(|key| key.as_str().to_owned()),
        products,
        done: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        refused: 0,
        pictures: 0,
        pictures_added: 0,
        pictures_failed: 0,
        created_by: new.by,
        created_at: now,
        updated_at: now,
        finished_at: (products == 0).then_some(now),
    };
    let txn = app.db.begin().await?;
    let insert = import::Entity::insert(row.clone().into_active_model().reset_all());
    insert.exec_without_returning(&txn).await?;
    enqueue(&txn, vec![NewJob::now::<App, _>(now, &RunImport { import_id: id })?]).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// How many products the list names.
fn look(table: &[u8], archive: Option<&Bytes>, id: ProductImportId) -> Result<i32, CatalogError> {
    let unreadable = |error: ImportError| ListingError::Unreadable(error.to_string());
    let sheet = lists::Sheet::read(table).map_err(unreadable)?;
    lists::check_columns(&sheet).map_err(unreadable)?;
    if let Some(archive) = archive {
        lists::check_archive(archive).map_err(unreadable)?;
    }
    let products = lists::groups(&sheet, id.0).len();
    if products > MAX_PRODUCTS {
        return Err(ListingError::Unreadable("more than 20,000 products".to_owned()).into());
    }
    Ok(i32::try_from(products).unwrap_or(i32::MAX))
}

/// Fetches a picture that a list names, and adds it to its product; what cannot be had is noted.
pub async fn add_named_picture(
    app: &App,
    import_id: ProductImportId,
    (product_id, line): (ProductId, u64),
    source: String,
) -> Result<(), ImportError> {
    let db = app.db.read();
    let Some(import) = import::Entity::find_by_id(import_id).one(db).await? else {
        return Ok(());
    };
    if picture_source::Entity::find_by_id((product_id, source.clone())).one(db).await?.is_some()
        || is_ours(app, product_id, &source).await?
    {
        return note(app, import_id, None, None).await;
    }
    let added = match content(app, &import, &source).await {
        Err(fault) => Err(fault),
        Ok(content) => add(app, (import.vendor_id, product_id), content).await,
    };
    match added {
        Ok(image) => note(app, import_id, Some((product_id, source, image)), None).await,
        Err(fault) => note(app, import_id, None, Some((line, fault))).await,
    }
}

/// A picture of the product that was exported, and comes back.
async fn is_ours(app: &App, product_id: ProductId, source: &str) -> Result<bool, ImportError> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let base = &app.config.server.base_url;
    let images = image::Entity::find().filter(image::Column::ProductId.eq(product_id)).all(app.db.read());
    Ok(images.await?.iter().any(|image| media::url(base, image.id, None) == source))
}

/// The bytes behind a name: out of the archive, or from an address.
async fn content(app: &App, import: &import::Model, source: &str) -> Result<Bytes, Fault> {
    let most = app.config.server.upload_limit;
    if source.contains("://") {
        let fetched = crate::platform::fetch::fetch(source, most, &app.config.catalog.fetch_networks).await;
        return fetched.map_err(|error| {
            let english = format!("The picture cannot be fetched: {error}.");
            Fault::new("picture-unfetched", "Gambar tidak dapat diambil dari alamat itu.", english)
        });
    }
    let missing = || {
        Fault::new("picture-missing", "Gambar tidak ada di arsip ZIP.", "The archive has no such picture.")
    };
    let key = import.archive_key.as_deref().and_then(FileKey::parse).ok_or_else(missing)?;
    let archive = app.files.get(&key).await.ok().flatten().ok_or_else(missing)?;
    let name = source.to_owned();
    let work = tokio::task::spawn_blocking(move || lists::from_archive(&archive, &name, most as u64));
    work.await.ok().flatten().map(Bytes::from).ok_or_else(missing)
}

async fn add(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    content: Bytes,
) -> Result<image::Model, Fault> {
    let refused = |error: CatalogError| {
        let problem = crate::kernel::Problem::from(error);
        Fault { code: problem.code, detail: problem.detail }
    };
    let picture = app.images.process(content).await.map_err(|error| refused(error.into()))?;
    super::add_image(app, vendor_id, product_id, picture).await.map_err(refused)
}

async fn note(
    app: &App,
    import_id: ProductImportId,
    added: Option<(ProductId, String, image::Model)>,
    failed: Option<(u64, Fault)>,
) -> Result<(), ImportError> {
    let txn = app.db.begin().await?;
    if let Some((product_id, source, image)) = added {
        let row = picture_source::ActiveModel {
            product_id: Set(product_id),
            source: Set(source),
            image_id: Set(image.id),
        };
        picture_source::Entity::insert(row).exec_without_returning(&txn).await?;
    }
    lists::count_picture(&txn, import_id, failed).await?;
    Ok(app.commit(txn).await?)
}
