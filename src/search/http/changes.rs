//! `GET /v1/products/changes`: what changed lately, for programs that keep a copy of the catalogue.
//!
//! It reads the same table as the index, so a change that is committed late is never skipped.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::entity::product;
use crate::catalog::query::public::visible;
use crate::kernel::fields::{Fault, number};
use crate::kernel::{Fields, Problem, ProductId};
use crate::platform::search::FeedPosition;
use crate::search::feed::changes as following;
use crate::web::{Policy, ValidQuery};

pub(super) const CHANGES: Policy = Policy::PUBLIC;

/// Most changes of one answer.
const MOST: u64 = 500;

/// From where on.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// `next` of the answer before. Without it nothing but the present place is told: read the whole catalogue then, and
    /// follow from there.
    since: Option<String>,
    /// Changes to look at; a product that changed twice among them is told once.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// What changed.
#[derive(Serialize, ToSchema)]
pub struct ProductChanges {
    items: Vec<ProductChange>,
    /// Give it back as `?since=`.
    next: String,
    /// False if more is there already, or about to be: ask again.
    complete: bool,
}

/// A product that changed.
#[derive(Serialize, ToSchema)]
pub struct ProductChange {
    product_id: ProductId,
    state: ChangeState,
}

/// Whether it can be read now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// Read it anew.
    Public,
    /// Forget it.
    Gone,
}

/// Which products changed since the last time, or are gone. Changes are kept for a week.
#[utoipa::path(get, path = "/v1/products/changes", tag = "catalog", params(ChangesQuery), responses(
    (status = 200, body = ProductChanges), (status = 410, description = "`changes-forgotten`: read the whole catalogue anew"),
    (status = 422, description = "`invalid`")))]
pub(super) async fn list_product_changes(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<ChangesQuery>,
) -> Result<Json<ProductChanges>, Problem> {
    let mut fields = Fields::new();
    let limit = fields.take("?limit", number(query.limit.unwrap_or(MOST), 1, MOST));
    let since = fields.take_opt("?since", query.since.as_deref().map(decode));
    let (Some(limit), Some(since)) = (limit, since) else {
        return Err(fields.into_problem());
    };
    let Some(since) = since else {
        let next = encode(following::start(&app, Uuid::nil()).await?);
        return Ok(Json(ProductChanges { items: Vec::new(), next, complete: true }));
    };
    if !following::kept(&app).await?.contains(&since.place()) {
        return Err(forgotten());
    }
    let batch = following::after(&app, since, limit).await?;
    let items = states(&app, batch.products).await?;
    let next = encode(batch.end.unwrap_or(since));
    Ok(Json(ProductChanges { items, next, complete: batch.complete }))
}

/// Those that the public has ever seen: a draft is nobody's business.
async fn states(app: &App, changed: Vec<ProductId>) -> Result<Vec<ProductChange>, Problem> {
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let known: Vec<ProductId> = tuple(
        product::Entity::find()
            .filter(product::Column::Id.is_in(changed.iter().copied()))
            .filter(product::Column::PublishedAt.is_not_null()),
        app,
    )
    .await?;
    let public = tuple(visible().filter(product::Column::Id.is_in(known.iter().copied())), app).await?;
    let state = |id: &ProductId| if public.contains(id) { ChangeState::Public } else { ChangeState::Gone };
    let told = known.iter().map(|id| ProductChange { product_id: *id, state: state(id) });
    Ok(told.collect())
}

async fn tuple(select: sea_orm::Select<product::Entity>, app: &App) -> Result<Vec<ProductId>, Problem> {
    use sea_orm::QuerySelect;
    Ok(select.select_only().column(product::Column::Id).into_tuple().all(app.db.read()).await?)
}

fn encode(position: FeedPosition) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{}", position.xid, position.seq))
}

fn decode(text: &str) -> Result<FeedPosition, Fault> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (xid, seq) = text.split_once('.')?;
        Some(FeedPosition { feed: Uuid::nil(), xid: xid.parse().ok()?, seq: seq.parse().ok()? })
    };
    read().ok_or_else(|| Fault::new("cursor", "Kursor tidak dikenal.", "Not a place of this feed."))
}

fn forgotten() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "changes-forgotten",
        "Perubahan sejak saat itu tidak disimpan lagi; baca ulang seluruh katalog.",
        "Changes since then are not kept any more; read the whole catalogue anew.",
    )
}
