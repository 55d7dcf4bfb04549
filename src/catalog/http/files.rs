//! Public files. What is below `private/` cannot be named here.

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;

use crate::app::App;
use crate::catalog::error::CatalogError;
use crate::kernel::Problem;
use crate::platform::files::FileKey;
use crate::web::{PathIds, Policy};

pub const GET_FILE: Policy = Policy::PUBLIC;

/// A public file, e.g. a picture of a product. It never changes.
#[utoipa::path(get, path = "/files/public/{folder}/{name}", tag = "catalog",
    params(("folder" = String, Path), ("name" = String, Path)), responses(
    (status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>),
    (status = 404, description = "`not-found`")))]
pub async fn get_file(
    State(app): State<App>,
    PathIds((folder, name)): PathIds<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let key = FileKey::parse(&format!("public/{folder}/{name}")).ok_or_else(Problem::not_found)?;
    let content = app.files.get(&key).await.map_err(CatalogError::from)?;
    let content = content.ok_or_else(Problem::not_found)?;
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, key.content_type()),
        (CACHE_CONTROL, key.cache_control()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, content))
}
