//! Pictures that a list names: known ones are described, others are fetched by jobs, one after the other.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde::{Deserialize, Serialize};

use super::archive::from_archive;
use super::columns::{Part, of_member};
use super::notes::Note;
use super::read::Group;
use crate::app::App;
use crate::catalog::entity::import::{self, Column, Entity, Status};
use crate::catalog::entity::{image, import_note, picture_source, waiting_image};
use crate::catalog::error::CatalogError;
use crate::catalog::import::ImportError;
use crate::catalog::jobs::{AddPicture, EndImport};
use crate::catalog::model::MAX_IMAGES;
use crate::catalog::query::listed::Listed;
use crate::catalog::service;
use crate::kernel::fields::{Fault, text};
use crate::kernel::{ImageId, Problem, ProductId, ProductImportId};
use crate::platform::fetch::fetch;
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};

/// A picture as a list names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// An address, or a name in the archive.
    pub source: String,
    pub alt: Option<String>,
}

/// Pictures that a product does not have yet, with the line that names them.
pub struct Wanted {
    pub product_id: ProductId,
    pub line: u64,
    pub pictures: Vec<Named>,
}

/// What is to be seen on pictures.
pub type Alts = HashMap<ImageId, Option<String>>;

/// Which pictures products have by which names.
#[derive(Default)]
pub struct Known(HashMap<ProductId, HashMap<String, ImageId>>);

impl Known {
    /// By their own addresses, and by those they were fetched from.
    pub async fn of(conn: &impl ConnectionTrait, products: &[Listed]) -> Result<Self, DbErr> {
        let mut known: HashMap<ProductId, HashMap<String, ImageId>> = HashMap::new();
        for product in products {
            let own = product.addresses.iter().cloned().zip(product.images.iter().map(|image| image.id));
            known.entry(product.product.id).or_default().extend(own);
        }
        if !known.is_empty() {
            let there: HashSet<ImageId> =
                products.iter().flat_map(|product| product.images.iter().map(|image| image.id)).collect();
            let fetched = picture_source::Entity::find()
                .filter(picture_source::Column::ProductId.is_in(known.keys().copied()))
                .all(conn)
                .await?;
            // One that was taken away since is fetched again.
            for row in fetched.into_iter().filter(|row| there.contains(&row.image_id)) {
                known.entry(row.product_id).or_default().insert(row.source, row.image_id);
            }
        }
        Ok(Self(known))
    }

    fn find(&self, product_id: ProductId, source: &str) -> Option<ImageId> {
        self.0.get(&product_id)?.get(source).copied()
    }

    /// Pictures that are still to be fetched.
    pub fn wanted(
        &self,
        group: &Group,
        product_id: ProductId,
        stored: Option<&Listed>,
    ) -> Result<Option<Wanted>, Vec<Note>> {
        let mut pictures = named(group)?;
        pictures.retain(|picture| stored.is_none() || self.find(product_id, &picture.source).is_none());
        let line = group.first().line;
        Ok((!pictures.is_empty()).then_some(Wanted { product_id, line, pictures }))
    }

    /// What the list says is to be seen on pictures that the public sees; only where it says otherwise than it is.
    pub fn described(&self, group: &Group, stored: &Listed) -> Result<Alts, Vec<Note>> {
        if !group.first().has("gambar_alt") {
            return Ok(Alts::new());
        }
        // One picture may be named by two addresses: the last word counts.
        let mut said: Alts = named(group)?
            .into_iter()
            .filter_map(|picture| Some((self.find(stored.product.id, &picture.source)?, picture.alt)))
            .collect();
        said.retain(|id, alt| !stored.images.iter().any(|image| image.id == *id && image.alt == *alt));
        Ok(said)
    }
}

/// The pictures that the first line names, each once.
fn named(group: &Group) -> Result<Vec<Named>, Vec<Note>> {
    let first = group.first();
    let texts = |member| {
        let said = of_member(Part::Pictures, member).and_then(|column| first.says(column));
        said.and_then(|said| said.as_array()).map(Vec::as_slice).unwrap_or_default()
    };
    let alts = texts("alts");
    let mut named: Vec<Named> = Vec::new();
    for (at, source) in texts("images").iter().filter_map(|text| text.as_str()).enumerate() {
        let alt = alts.get(at).and_then(|alt| alt.as_str()).unwrap_or_default();
        let alt = text(alt, 0, 300, false)
            .map_err(|fault| vec![Note::new(first.line, "gambar_alt", first.raw("gambar_alt"), fault)])?;
        let fine = source.len() <= 2000 && !source.chars().any(char::is_control);
        if !fine || named.len() >= MAX_IMAGES {
            return Err(vec![Note::new(first.line, "gambar", first.raw("gambar"), wrong_pictures())]);
        }
        if !source.is_empty() && !named.iter().any(|other| other.source == source) {
            named.push(Named { source: source.to_owned(), alt: Some(alt).filter(|alt| !alt.is_empty()) });
        }
    }
    Ok(named)
}

/// Fetches the next picture of a product; what cannot be had is noted, and the others follow.
pub async fn add_picture(app: &App, job: AddPicture) -> Result<(), ImportError> {
    let AddPicture { import_id, product_id, line, mut pictures } = job;
    let Some(import) = Entity::find_by_id(import_id).one(app.db.read()).await? else {
        return Ok(());
    };
    if pictures.is_empty() {
        return Ok(());
    }
    let picture = pictures.remove(0);
    let rest = AddPicture { import_id, product_id, line, pictures };
    if is_there(app, product_id, &picture.source).await? {
        return finish(app, rest, Ok(())).await;
    }
    let added = match content(app, &import, &picture.source).await? {
        Err(fault) => Err(fault),
        Ok(content) => match app.images.process(content).await.map_err(CatalogError::from) {
            Err(error) => Err(refused(error)?),
            Ok(processed) => {
                let row = service::store_files(app, product_id, processed).await?;
                return keep(app, (&import, row), picture, rest).await;
            }
        },
    };
    finish(app, rest, added.map_err(|fault| (picture.source, fault))).await
}

async fn is_there(app: &App, product_id: ProductId, source: &str) -> Result<bool, DbErr> {
    let key = (product_id, source.to_owned());
    let Some(row) = picture_source::Entity::find_by_id(key).one(app.db.read()).await? else {
        return Ok(false);
    };
    let shown = image::Entity::find_by_id(row.image_id).one(app.db.read()).await?.is_some();
    // One that waits for an officer is not fetched again, either.
    Ok(shown || waiting_image::Entity::find_by_id(row.image_id).one(app.db.read()).await?.is_some())
}

/// The bytes behind a name: a picture of our own, out of the archive, or from an address.
async fn content(
    app: &App,
    import: &import::Model,
    source: &str,
) -> Result<Result<Bytes, Fault>, ImportError> {
    let most = app.config.server.upload_limit;
    if let Some(key) = own_picture(app, source) {
        let content = app.files.get(&key).await.map_err(CatalogError::from)?;
        return Ok(content.ok_or_else(missing));
    }
    if source.contains("://") {
        let fetched = fetch(source, most, &app.config.catalog.fetch_networks).await;
        return Ok(fetched.map_err(|error| {
            let english = format!("The picture cannot be fetched: {error}.");
            Fault::new("picture-unfetched", "Gambar tidak dapat diambil dari alamat itu.", english)
        }));
    }
    let Some(key) = import.archive_key.as_deref().and_then(FileKey::parse) else {
        return Ok(Err(missing()));
    };
    let archive = app.files.get(&key).await.map_err(CatalogError::from)?;
    let (Some(archive), name) = (archive, source.to_owned()) else {
        return Ok(Err(missing()));
    };
    let work = tokio::task::spawn_blocking(move || from_archive(&archive, &name, most)).await;
    Ok(work.ok().flatten().map(Bytes::from).ok_or_else(missing))
}

/// A public picture of this installation needs no network, and its own address may not even be reachable from here.
fn own_picture(app: &App, source: &str) -> Option<FileKey> {
    let base = app.config.server.base_url.as_str().trim_end_matches('/');
    let key = source.strip_prefix(base)?.strip_prefix("/files/")?;
    key.starts_with("public/products/").then(|| FileKey::parse(key))?
}

/// Writes the row of a picture whose files are stored, and everything that follows from it.
async fn keep(
    app: &App,
    (import, mut row): (&import::Model, image::Model),
    picture: Named,
    rest: AddPicture,
) -> Result<(), ImportError> {
    let id = row.id;
    row.alt = picture.alt;
    let txn = app.db.begin().await?;
    if let Err(error) =
        service::insert_image_in(&txn, app, (import.vendor_id, Some(import.created_by)), row).await
    {
        txn.rollback().await?;
        // The row was not written; files that stay behind here are never shown.
        service::discard_image(app, id).await.ok();
        return finish(app, rest, Err((picture.source, refused(error)?))).await;
    }
    let source = picture_source::ActiveModel {
        product_id: Set(rest.product_id),
        source: Set(picture.source),
        image_id: Set(id),
    };
    let again = OnConflict::columns([picture_source::Column::ProductId, picture_source::Column::Source])
        .update_column(picture_source::Column::ImageId)
        .to_owned();
    picture_source::Entity::insert(source).on_conflict(again).exec_without_returning(&txn).await?;
    count(&txn, app, rest, Column::PicturesAdded).await?;
    Ok(app.commit(txn).await?)
}

async fn finish(app: &App, rest: AddPicture, added: Result<(), (String, Fault)>) -> Result<(), ImportError> {
    let txn = app.db.begin().await?;
    let column = match added {
        Ok(()) => Column::PicturesAdded,
        Err((source, fault)) => {
            let note = Note::new(rest.line, "gambar", &source, fault).row(rest.import_id);
            import_note::Entity::insert(note).exec_without_returning(&txn).await?;
            Column::PicturesFailed
        }
    };
    count(&txn, app, rest, column).await?;
    Ok(app.commit(txn).await?)
}

/// Counts one picture, and lets the next one follow.
async fn count(txn: &DatabaseTransaction, app: &App, rest: AddPicture, column: Column) -> Result<(), DbErr> {
    let now = app.now();
    Entity::update_many()
        .col_expr(column, Expr::col(column).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(rest.import_id))
        .exec(txn)
        .await?;
    let import_id = rest.import_id;
    if !rest.pictures.is_empty() {
        enqueue(txn, vec![NewJob::now::<App, _>(now, &rest)?]).await?;
    }
    end_if_done(txn, app, import_id).await
}

/// The list is done when its rows are and no picture is left.
pub async fn end_if_done(txn: &DatabaseTransaction, app: &App, id: ProductImportId) -> Result<(), DbErr> {
    let now = app.now();
    let over = Expr::col(Column::PicturesAdded).add(Expr::col(Column::PicturesFailed));
    let ended = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Done))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(Status::Pictures))
        .filter(Expr::col(Column::Pictures).lte(over))
        .exec(txn)
        .await?;
    if ended.rows_affected == 1 {
        enqueue(txn, vec![NewJob::now::<App, _>(now, &EndImport { import_id: id })?]).await?;
    }
    Ok(())
}

/// What is wrong with a picture; what is wrong with the machine is tried again.
fn refused(error: CatalogError) -> Result<Fault, ImportError> {
    match error {
        CatalogError::Db(error) => Err(error.into()),
        error => {
            let problem = Problem::from(error);
            if problem.status.is_server_error() {
                return Err(ImportError::Unreadable(problem.detail.en.into_owned()));
            }
            Ok(Fault { code: problem.code, detail: problem.detail })
        }
    }
}

fn missing() -> Fault {
    Fault::new(
        "picture-missing",
        "Gambar tidak ada di arsip ZIP, atau terlalu besar.",
        "The archive has no such picture, or it is too large.",
    )
}

fn wrong_pictures() -> Fault {
    Fault::new(
        "pictures",
        "Paling banyak 10 gambar, dipisah dengan |.",
        "At most 10 pictures, separated by |.",
    )
}
