//! Lists of products over HTTP: sent as CSV or XLSX, done by a job, fetched in the same form.

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::catalog::entity::import::{self, Status};
use crate::catalog::error::CatalogError;
use crate::catalog::import::{Line, Sheet, cells, error_file, header};
use crate::catalog::model::media;
use crate::catalog::query::imports::{self, Exported};
use crate::catalog::service::{self, NewImport};
use crate::kernel::fields::Fault;
use crate::kernel::{Page, Problem, ProductImportId, VendorId};
use crate::platform::files::FileKey;
use crate::platform::sheets::{self, Cell};
use crate::web::authz::VENDOR_LEADS;
use crate::web::body::multipart_problem;
use crate::web::problem::unsupported_media_type;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, PathIds, Policy, ValidQuery};

const LEADS: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Catalog);

pub const IMPORT_PRODUCTS: Policy = LEADS;
pub const LIST_IMPORTS: Policy = LEADS;
pub const GET_IMPORT: Policy = LEADS;
pub const GET_IMPORT_ERRORS: Policy = LEADS;
pub const EXPORT_PRODUCTS: Policy = LEADS;

/// What a form takes besides its files.
const OVERHEAD: usize = 64 * 1024;

/// How an import looks to a client.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
pub struct ImportForm {
    /// CSV or XLSX, with the columns of the export; lines with the same SKU bring what is there up to date.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// ZIP with pictures that the column `gambar` names.
    #[schema(format = Binary, content_media_type = "application/zip")]
    images: Option<Vec<u8>>,
}

/// The parts of the form.
pub struct ImportParts {
    table: Bytes,
    archive: Option<Bytes>,
}

/// What is to be done.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Only say what would happen.
    dry_run: bool,
    /// Publish what is a draft afterwards, as if each were published by hand.
    publish: bool,
}

/// Which page.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportListQuery {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// In which form.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `csv` when absent.
    format: Option<ExportFormat>,
}

/// The form of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    #[default]
    Csv,
    Xlsx,
}

/// An import, and how far it is.
#[derive(Serialize, ToSchema)]
pub struct ProductImport {
    id: ProductImportId,
    status: Status,
    dry_run: bool,
    publish: bool,
    /// Products that the file names.
    products: i32,
    /// Those that were looked at.
    done: i32,
    created: i32,
    updated: i32,
    unchanged: i32,
    /// Those of which nothing was taken; the error file says why.
    refused: i32,
    pictures: ImportedPictures,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// Pictures of an import.
#[derive(Serialize, ToSchema)]
pub struct ImportedPictures {
    named: i32,
    /// There now, or there before.
    added: i32,
    failed: i32,
}

/// Send a list of products; a job does it. Rows that cannot be taken are in the error file.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/product-imports", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ImportQuery),
    request_body(content_type = "multipart/form-data", content = inline(ImportForm)), responses(
    (status = 202, body = ProductImport), (status = 413, description = "`too-large`"),
    (status = 415, description = "`unsupported-media-type`"), (status = 422, description = "`invalid`, `unreadable-list`")))]
pub async fn import_products(
    State(app): State<App>,
    caller: Caller,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<ImportQuery>,
    parts: ImportParts,
) -> Result<(StatusCode, Json<ProductImport>), Problem> {
    let ImportQuery { dry_run, publish } = query;
    let ImportParts { table, archive } = parts;
    let new = NewImport { vendor_id, by: caller.user_id, table, archive, dry_run, publish };
    let import = service::start_import(&app, new).await?;
    Ok((StatusCode::ACCEPTED, Json(import.into())))
}

/// The imports of a shop, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/product-imports", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ImportListQuery), responses((status = 200, body = Page<ProductImport>)))]
pub async fn list_product_imports(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<ImportListQuery>,
) -> Result<Json<Page<ProductImport>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    Ok(Json(imports::list(app.db.read(), vendor_id, &page).await?.map(ProductImport::from)))
}

/// How far an import is.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/product-imports/{import_id}", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("import_id" = ProductImportId, Path)), responses((status = 200, body = ProductImport)))]
pub async fn get_product_import(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, ProductImportId)>,
) -> Result<Json<ProductImport>, Problem> {
    Ok(Json(imports::find(app.db.read(), vendor_id, id).await?.into()))
}

/// The lines that were not taken, as CSV: each as it was sent, with the reasons.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/product-imports/{import_id}/errors", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("import_id" = ProductImportId, Path)), responses(
    (status = 200, description = "CSV", content_type = "text/csv", body = String)))]
pub async fn get_product_import_errors(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, ProductImportId)>,
) -> Result<Response, Problem> {
    let import = imports::find(app.db.read(), vendor_id, id).await?;
    let notes = imports::notes(app.db.read(), id).await?;
    let key = FileKey::parse(&import.file_key).ok_or_else(Problem::not_found)?;
    let content = app.files.get(&key).await.map_err(CatalogError::from)?.ok_or_else(Problem::not_found)?;
    let sheet = Sheet::read(&content).map_err(Problem::internal)?;
    let file = error_file(&sheet, &notes).map_err(Problem::internal)?;
    Ok(download(file, "text/csv; charset=utf-8", &format!("{id}-salah.csv")))
}

/// All products of a shop as a list that can be imported again.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/products/export", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ExportQuery), responses(
    (status = 200, description = "CSV or XLSX", content_type = "application/octet-stream", body = Vec<u8>),
    (status = 422, description = "`invalid`")))]
pub async fn export_products(
    State(app): State<App>,
    PathIds((vendor_id,)): PathIds<(VendorId,)>,
    ValidQuery(query): ValidQuery<ExportQuery>,
) -> Result<Response, Problem> {
    let mut lines = Vec::new();
    let mut after = None;
    loop {
        let products = imports::exported(app.db.read(), vendor_id, after).await?;
        let Some(last) = products.last() else { break };
        after = Some(last.product.id);
        lines.extend(products.iter().flat_map(|product| lines_of(&app, product)));
    }
    let (file, kind, name) = match query.format.unwrap_or_default() {
        ExportFormat::Csv => (sheets::csv(&header(), &lines), "text/csv; charset=utf-8", "produk.csv"),
        ExportFormat::Xlsx => (sheets::xlsx(&header(), &lines), XLSX, "produk.xlsx"),
    };
    Ok(download(file.map_err(Problem::internal)?, kind, name))
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn lines_of(app: &App, exported: &Exported) -> Vec<Vec<Cell>> {
    let base = &app.config.server.base_url;
    let pictures: Vec<String> =
        exported.images.iter().map(|image| media::url(base, image.id, None)).collect();
    let line = |variant, stock| {
        let Exported { product, category, .. } = exported;
        cells(&Line { product, category, variant, stock, pictures: &pictures })
    };
    exported.variants.iter().map(|(variant, stock)| line(variant, stock)).collect()
}

fn download(content: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, [(CACHE_CONTROL, "private, no-store")], content).into_response()
}

impl FromRequest<App> for ImportParts {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Problem> {
        DefaultBodyLimit::max(2 * app.config.server.upload_limit + OVERHEAD).apply(&mut request);
        let mut form = <Multipart as FromRequest<App>>::from_request(request, app)
            .await
            .map_err(|_| unsupported_media_type())?;
        let (mut table, mut archive) = (None, None);
        while let Some(field) = form.next_field().await.map_err(|error| multipart_problem(&error))? {
            let place = match field.name() {
                Some("file") => &mut table,
                Some("images") => &mut archive,
                _ => continue,
            };
            *place = Some(field.bytes().await.map_err(|error| multipart_problem(&error))?);
        }
        let missing = Fault::new("required", "Berkas wajib dikirim.", "A file is required.");
        let table = table.ok_or_else(|| Problem::field(missing.at("/file")))?;
        Ok(Self { table, archive })
    }
}

impl From<import::Model> for ProductImport {
    fn from(row: import::Model) -> Self {
        Self {
            id: row.id,
            status: row.status,
            dry_run: row.dry_run,
            publish: row.publish,
            products: row.products,
            done: row.done,
            created: row.created,
            updated: row.updated,
            unchanged: row.unchanged,
            refused: row.refused,
            pictures: ImportedPictures {
                named: row.pictures,
                added: row.pictures_added,
                failed: row.pictures_failed,
            },
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}
