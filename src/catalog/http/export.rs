//! The products of a shop as a list that can be sent again.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::catalog::error::ListingError;
use crate::catalog::import::list::{Line, cells, header};
use crate::catalog::query::listed::{self, Listed};
use crate::kernel::{Problem, ProductId, VendorId};
use crate::platform::sheets::{self, Cell};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, PathId, Policy, ValidQuery};

pub const EXPORT_PRODUCTS: Policy =
    Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);

pub const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Most lines of a workbook, which is built in memory.
const MAX_LINES: usize = 50_000;
/// Most characters of a cell of a workbook.
const MAX_CELL: usize = 32_767;

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

/// All products of a shop as a list that can be imported again: a line for each variant.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/products/export", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ExportQuery), responses(
    (status = 200, description = "CSV or XLSX", content_type = "application/octet-stream", body = Vec<u8>),
    (status = 422, description = "`invalid`, `too-large-for-xlsx`")))]
pub async fn export_products(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<ExportQuery>,
) -> Result<Response, Problem> {
    let first = page(&app, vendor_id, None).await?;
    match query.format.unwrap_or_default() {
        ExportFormat::Csv => {
            let body = Body::from_stream(csv_pages(app, vendor_id, first));
            Ok(download(body, CSV, "produk.csv"))
        }
        ExportFormat::Xlsx => Ok(download(workbook(&app, vendor_id, first).await?, XLSX, "produk.xlsx")),
    }
}

/// The lines of some products, and the last of them.
struct ProductPage {
    lines: Vec<Vec<Cell>>,
    last: Option<ProductId>,
}

async fn page(
    app: &App,
    vendor_id: VendorId,
    after: Option<ProductId>,
) -> Result<ProductPage, sea_orm::DbErr> {
    let products = listed::page(app.db.read(), (vendor_id, after), &app.config.server.base_url).await?;
    let last = products.last().map(|of| of.product.id);
    Ok(ProductPage { lines: products.iter().flat_map(lines_of).collect(), last })
}

fn lines_of(of: &Listed) -> Vec<Vec<Cell>> {
    of.variants.iter().map(|(variant, stock)| cells(&Line { of, variant, stock })).collect()
}

/// One page of products is in memory at a time.
fn csv_pages(
    app: App,
    vendor_id: VendorId,
    first: ProductPage,
) -> impl Stream<Item = Result<Vec<u8>, axum::BoxError>> {
    let head = stream::once(async { Ok(sheets::csv(&header(), &[])?) });
    head.chain(stream::try_unfold((app, first), move |(app, now)| async move {
        let Some(last) = now.last else {
            return Ok(None);
        };
        let text = sheets::csv_rows(&now.lines)?;
        let next = page(&app, vendor_id, Some(last)).await?;
        Ok(Some((text, (app, next))))
    }))
}

async fn workbook(app: &App, vendor_id: VendorId, first: ProductPage) -> Result<Vec<u8>, Problem> {
    let ProductPage { mut lines, mut last } = first;
    while last.is_some() && lines.len() <= MAX_LINES {
        let next = page(app, vendor_id, last).await?;
        lines.extend(next.lines);
        last = next.last;
    }
    let long = |cell: &Cell| matches!(cell, Cell::Text(text) if text.chars().count() >= MAX_CELL);
    if lines.len() > MAX_LINES || lines.iter().flatten().any(long) {
        return Err(ListingError::TooLargeForXlsx.into());
    }
    let work = tokio::task::spawn_blocking(move || sheets::xlsx(&header(), &lines)).await;
    work.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// A file to keep.
pub fn download(content: impl Into<Body>, kind: &'static str, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, [(CACHE_CONTROL, "private, no-store")], content.into()).into_response()
}
