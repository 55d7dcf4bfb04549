//! Lists of products over HTTP: sent as CSV or XLSX, done by jobs, and what became of them.

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::export::{CSV, download};
use super::products::PUBLISH_PRODUCT;
use super::stock::SET_STOCK;
use crate::app::App;
use crate::catalog::entity::import::{self, Status};
use crate::catalog::import::list::error_file;
use crate::catalog::query::imports;
use crate::catalog::service::{self, NewImport};
use crate::kernel::fields::Fault;
use crate::kernel::{Page, Problem, ProductImportId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::body::multipart_problem;
use crate::web::problem::{too_large, unsupported_media_type};
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, PathIds, Policy, ValidQuery};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);

pub const IMPORT_PRODUCTS: Policy = MEMBERS;
pub const LIST_IMPORTS: Policy = MEMBERS;
pub const GET_IMPORT: Policy = MEMBERS;
pub const GET_IMPORT_ERRORS: Policy = MEMBERS;

/// What a form takes besides its files.
const OVERHEAD: usize = 64 * 1024;
/// An archive of pictures may be so many times as large as one upload.
const ARCHIVE: usize = 5;

/// How a list looks to a client.
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

/// A list, and how far it is.
#[derive(Serialize, ToSchema)]
pub struct ProductImport {
    id: ProductImportId,
    status: Status,
    dry_run: bool,
    /// Rows of the file, and how many of them are done.
    rows: i32,
    rows_done: i32,
    /// Products that the file names; each is created, updated, unchanged or refused.
    products: i32,
    created: i32,
    updated: i32,
    unchanged: i32,
    /// Those of which nothing was taken; the error file says why.
    refused: i32,
    /// Of those that were taken: what waits for an officer.
    held: i32,
    pictures: ImportedPictures,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// Pictures that the products did not have before.
#[derive(Serialize, ToSchema)]
pub struct ImportedPictures {
    named: i32,
    added: i32,
    failed: i32,
}

/// Send a list of products (CSV or XLSX, with the columns of the export); jobs do it. What has a known SKU is brought up to
/// date, by the rules of an edit by hand; a column that the file has not, and a product or variant that it does not name, stays
/// as it is.
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
    let shop = vendor_id.to_string();
    let may = |policy: Policy| policy.check(Some(&caller), Some(&shop), true).is_ok();
    let new = NewImport {
        vendor_id,
        by: caller.user_id,
        table: parts.table,
        archive: parts.archive,
        dry_run: query.dry_run,
        may_publish: may(PUBLISH_PRODUCT),
        may_count: may(SET_STOCK),
    };
    let import = service::start_import(&app, new).await?;
    Ok((StatusCode::ACCEPTED, Json(import.into())))
}

/// The lists that a shop sent, the newest first.
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

/// How far a list is.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/product-imports/{import_id}", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("import_id" = ProductImportId, Path)), responses((status = 200, body = ProductImport)))]
pub async fn get_product_import(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, ProductImportId)>,
) -> Result<Json<ProductImport>, Problem> {
    Ok(Json(imports::find(app.db.read(), vendor_id, id).await?.into()))
}

/// What was not taken as it stands, as CSV: line, column, value, code, reason and, where there is one, a suggestion.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/product-imports/{import_id}/errors", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("import_id" = ProductImportId, Path)), responses(
    (status = 200, description = "CSV", content_type = "text/csv", body = String)))]
pub async fn get_product_import_errors(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, ProductImportId)>,
) -> Result<Response, Problem> {
    imports::find(app.db.read(), vendor_id, id).await?;
    let notes = imports::notes(app.db.read(), id).await?;
    let file = error_file(&notes).map_err(Problem::internal)?;
    Ok(download(file, CSV, &format!("{id}.csv")))
}

impl FromRequest<App> for ImportParts {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Problem> {
        let limit = app.config.server.upload_limit;
        DefaultBodyLimit::max((1 + ARCHIVE) * limit + OVERHEAD).apply(&mut request);
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
        let table: Bytes = table.ok_or_else(|| Problem::field(missing.at("/file")))?;
        if table.len() > limit
            || archive.as_ref().is_some_and(|archive: &Bytes| archive.len() > ARCHIVE * limit)
        {
            return Err(too_large());
        }
        Ok(Self { table, archive })
    }
}

impl From<import::Model> for ProductImport {
    fn from(row: import::Model) -> Self {
        Self {
            id: row.id,
            status: row.status,
            dry_run: row.dry_run,
            rows: row.rows_total,
            rows_done: row.rows_done,
            products: row.products,
            created: row.created,
            updated: row.updated,
            unchanged: row.unchanged,
            refused: row.refused,
            held: row.held,
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
