//! Edits of published products that wait for an officer.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answers::{ProductImage, ProductStatus};
use super::requests::UpdateProduct;
use crate::app::App;
use crate::catalog::entity::product;
use crate::catalog::entity::revision::{self, Status};
use crate::catalog::error::CatalogError;
use crate::catalog::model::ProductPatch;
use crate::catalog::model::diff::{Change, diff, said};
use crate::catalog::query::content::content_of;
use crate::catalog::query::{any_product, listing, product_of};
use crate::catalog::service::{self, SeenRevision};
use crate::kernel::fields::text;
use crate::kernel::{Fields, Page, Problem, ProductId, ProductRevisionId, VendorId};
use crate::platform::audit::Who;
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, PathIds, Policy, Role, ValidJson, ValidQuery};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);
const OFFICE: Policy = Policy::any_of(&[Role::Officer]).on("product", "product_id").area(Area::Office);

pub const GET_REVISION: Policy = MEMBERS;
pub const WITHDRAW_REVISION: Policy = MEMBERS;
pub const LIST_REVISIONS: Policy = Policy::any_of(&[Role::Officer, Role::Auditor]).area(Area::Office);
pub const REVIEW_REVISION: Policy =
    Policy::any_of(&[Role::Officer, Role::Auditor]).on("product", "product_id").area(Area::Office);
pub const APPROVE_REVISION: Policy = OFFICE;
pub const REJECT_REVISION: Policy = OFFICE;

/// An edit that waits, or waited.
#[derive(Serialize, ToSchema)]
pub struct ProductRevision {
    id: ProductRevisionId,
    product_id: ProductId,
    vendor_id: VendorId,
    status: Status,
    /// Rises whenever the shop adds to it; a decision names the one that was looked at.
    version: i32,
    /// Why it was rejected.
    note: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    /// Field by field, what it changes of the product as it is now; empty once it is decided.
    changes: Vec<Change>,
    /// The pictures that it adds.
    new_images: Vec<ProductImage>,
}

/// An edit in the list of the office.
#[derive(Serialize, ToSchema)]
pub struct ProductRevisionRow {
    id: ProductRevisionId,
    product_id: ProductId,
    vendor_id: VendorId,
    status: Status,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Which edits.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RevisionQuery {
    /// `pending` when absent.
    status: Option<Status>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// A good decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveRevision {
    /// The edit that was looked at; another one is refused with 412.
    id: ProductRevisionId,
    /// Its version; one that the shop added to since is refused with 412.
    version: i32,
}

/// A bad decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectRevision {
    /// The edit that was looked at; another one is refused with 412.
    id: ProductRevisionId,
    /// Its version; one that the shop added to since is refused with 412.
    version: i32,
    /// What the shop has to change.
    note: String,
}

/// The last edit of a product that had to wait, with what it changes.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/products/{product_id}/revision", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = ProductRevision), (status = 404, description = "None ever waited")))]
pub async fn get_product_revision(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<Json<ProductRevision>, Problem> {
    let product = product_of(app.db.read(), vendor_id, product_id).await?;
    Ok(Json(shown(&app, &product).await?))
}

/// Take an edit back that waits.
#[utoipa::path(delete, path = "/v1/vendors/{vendor_id}/products/{product_id}/revision", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = ProductStatus), (status = 409, description = "`nothing-waits`")))]
pub async fn withdraw_product_revision(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<Json<ProductStatus>, Problem> {
    Ok(Json(service::withdraw_revision(&app, vendor_id, product_id).await?.into()))
}

/// Edits of all shops, the oldest first.
#[utoipa::path(get, path = "/v1/admin/product-revisions", tag = "catalog", params(RevisionQuery), responses(
    (status = 200, body = Page<ProductRevisionRow>), (status = 422, description = "`invalid`")))]
pub async fn list_product_revisions(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<RevisionQuery>,
) -> Result<Json<Page<ProductRevisionRow>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let status = query.status.unwrap_or(Status::Pending);
    let found = listing::revisions(app.db.read(), status, &page).await?;
    Ok(Json(found.map(ProductRevisionRow::from)))
}

/// The last edit of any product that had to wait, with what it changes.
#[utoipa::path(get, path = "/v1/admin/products/{product_id}/revision", tag = "catalog",
    params(("product_id" = ProductId, Path)), responses((status = 200, body = ProductRevision),
    (status = 404, description = "None ever waited")))]
pub async fn review_product_revision(
    State(app): State<App>,
    PathId(product_id): PathId<ProductId>,
) -> Result<Json<ProductRevision>, Problem> {
    let product = any_product(app.db.read(), product_id).await?;
    Ok(Json(shown(&app, &product).await?))
}

/// Make the edit that waits.
#[utoipa::path(post, path = "/v1/admin/products/{product_id}/revision/approve", tag = "catalog",
    params(("product_id" = ProductId, Path)), request_body = ApproveRevision, responses((status = 200, body = ProductStatus),
    (status = 409, description = "`nothing-waits`, `revision-does-not-fit`"), (status = 412, description = "`stale`"),
    (status = 422, description = "`banned-words`")))]
pub async fn approve_product_revision(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(product_id): PathId<ProductId>,
    ValidJson(body): ValidJson<ApproveRevision>,
) -> Result<Json<ProductStatus>, Problem> {
    let seen = SeenRevision { id: body.id, version: body.version };
    let product =
        service::approve_revision(&app, (caller.user_id, &who), product_id, seen, read_edit).await?;
    Ok(Json(product.into()))
}

/// Leave a product as it is and tell its shop why.
#[utoipa::path(post, path = "/v1/admin/products/{product_id}/revision/reject", tag = "catalog",
    params(("product_id" = ProductId, Path)), request_body = RejectRevision, responses((status = 200, body = ProductStatus),
    (status = 409, description = "`nothing-waits`"), (status = 412, description = "`stale`")))]
pub async fn reject_product_revision(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(product_id): PathId<ProductId>,
    ValidJson(body): ValidJson<RejectRevision>,
) -> Result<Json<ProductStatus>, Problem> {
    let mut fields = Fields::new();
    let note = fields.take("/note", text(&body.note, 1, 1000, true)).ok_or_else(|| fields.into_problem())?;
    let seen = SeenRevision { id: body.id, version: body.version };
    let product = service::reject_revision(&app, (caller.user_id, &who), product_id, seen, note).await?;
    Ok(Json(product.into()))
}

/// What was kept of an edit, checked like the request that it was.
pub fn read_edit(kept: Value) -> Option<ProductPatch> {
    serde_json::from_value::<UpdateProduct>(kept).ok()?.parse().ok()
}

async fn shown(app: &App, product: &product::Model) -> Result<ProductRevision, Problem> {
    let db = app.db.read();
    let found = listing::last_revision(db, product.id).await?;
    let revision = found.ok_or_else(Problem::not_found)?;
    let (mut changes, mut new_images) = (Vec::new(), Vec::new());
    if revision.status == Status::Pending {
        let content = content_of(db, product).await.map_err(CatalogError::from)?;
        let edit: Value = serde_json::from_str(&revision.edit).map_err(Problem::internal)?;
        changes = diff(&said(content), &edit);
        let waiting = listing::waiting_images(db, product.id).await?;
        let base = &app.config.server.base_url;
        new_images = waiting.into_iter().map(|row| ProductImage::new(base, &row.shown(0, None))).collect();
    }
    Ok(ProductRevision {
        id: revision.id,
        product_id: product.id,
        vendor_id: product.vendor_id,
        status: revision.status,
        version: revision.version,
        note: revision.note,
        created_at: revision.created_at,
        updated_at: revision.updated_at,
        decided_at: revision.decided_at,
        changes,
        new_images,
    })
}

impl From<revision::Model> for ProductRevisionRow {
    fn from(row: revision::Model) -> Self {
        Self {
            id: row.id,
            product_id: row.product_id,
            vendor_id: row.vendor_id,
            status: row.status,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
