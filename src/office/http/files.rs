//! Tables that are answered as files.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::kernel::Problem;
use crate::platform::sheets::{self, Cell};

/// The type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What kind of file is wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// With commas.
    #[default]
    Csv,
    /// A workbook.
    Xlsx,
}

/// A table as a file to keep. No cell of it is a formula.
pub fn table(
    format: FileFormat,
    name: &str,
    header: &[&str],
    rows: &[Vec<Cell>],
) -> Result<Response, Problem> {
    let (kind, ending, bytes) = match format {
        FileFormat::Csv => ("text/csv; charset=utf-8", "csv", sheets::csv(header, rows)),
        FileFormat::Xlsx => (XLSX, "xlsx", sheets::xlsx(header, rows)),
    };
    attachment(kind, &format!("{name}.{ending}"), bytes.map_err(Problem::internal)?)
}

/// A file to keep.
pub fn attachment(kind: &'static str, name: &str, bytes: Vec<u8>) -> Result<Response, Problem> {
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, disposition.map_err(Problem::internal)?),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}
