//! The list of banned words, for officers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::catalog::entity::banned_word;
use crate::catalog::entity::product::Status;
use crate::catalog::model::words::folded;
use crate::catalog::query::listing::{self, Carrier};
use crate::catalog::service;
use crate::kernel::fields::{Fault, text};
use crate::kernel::{BannedWordId, Fields, Page, Problem, ProductId, VendorId};
use crate::platform::audit::Who;
use crate::web::body::created;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery};

pub const LIST_BANNED_WORDS: Policy = Policy::any_of(&[Role::Officer, Role::Auditor]).area(Area::Office);
pub const ADD_BANNED_WORD: Policy = Policy::any_of(&[Role::Officer]).area(Area::Office);
pub const REMOVE_BANNED_WORD: Policy =
    Policy::any_of(&[Role::Officer]).on("banned_word", "word_id").area(Area::Office);

pub const LIST_CARRIERS: Policy =
    Policy::any_of(&[Role::Officer, Role::Auditor]).on("banned_word", "word_id").area(Area::Office);

/// A word that no listing may carry.
#[derive(Serialize, ToSchema)]
pub struct BannedWord {
    id: BannedWordId,
    word: String,
    created_at: DateTime<Utc>,
}

/// A listing that carries a banned word.
#[derive(Serialize, ToSchema)]
pub struct ProductWithBannedWord {
    id: ProductId,
    vendor_id: VendorId,
    slug: String,
    title: String,
    status: Status,
    version: i32,
    /// Where the word stands, e.g. `title` or `translations/en/description`.
    fields: Vec<String>,
}

/// One more word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBannedWord {
    /// A word or a phrase, at least four letters. Case, look-alike signs, gaps and doubled letters make no difference.
    #[schema(example = "narkoba")]
    word: String,
}

/// Which page.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BannedWordQuery {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// The words that stop a publication.
#[utoipa::path(get, path = "/v1/admin/banned-words", tag = "catalog", params(BannedWordQuery), responses(
    (status = 200, body = Page<BannedWord>), (status = 422, description = "`invalid`")))]
pub async fn list_banned_words(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<BannedWordQuery>,
) -> Result<Json<Page<BannedWord>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    Ok(Json(listing::banned_words(app.db.read(), &page).await?.map(BannedWord::from)))
}

/// Ban a word.
#[utoipa::path(post, path = "/v1/admin/banned-words", tag = "catalog", request_body = AddBannedWord, responses(
    (status = 201, body = BannedWord), (status = 409, description = "`word-known`"), (status = 422, description = "`invalid`")))]
pub async fn add_banned_word(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<AddBannedWord>,
) -> Result<(StatusCode, Json<BannedWord>), Problem> {
    let mut fields = Fields::new();
    let word = text(&body.word, 4, 60, false).and_then(|word| {
        // Folding must leave enough to tell it from ordinary words.
        let enough = folded(&word).chars().filter(|c| c.is_alphabetic()).count() >= 4;
        if enough {
            Ok(word)
        } else {
            Err(Fault::new("too-short", "Minimal 4 huruf.", "At least 4 letters."))
        }
    });
    let word = fields.take("/word", word).ok_or_else(|| fields.into_problem())?;
    Ok(created(service::ban(&app, (caller.user_id, &who), word).await?.into()))
}

/// Allow a word again.
#[utoipa::path(delete, path = "/v1/admin/banned-words/{word_id}", tag = "catalog", params(("word_id" = BannedWordId, Path)),
    responses((status = 204, description = "Removed")))]
pub async fn remove_banned_word(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<BannedWordId>,
) -> Result<StatusCode, Problem> {
    service::allow(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Listings that carry a word, e.g. one that was banned after they were published; the oldest first. Only so many listings
/// are looked through at once: a page may be empty although another one follows.
#[utoipa::path(get, path = "/v1/admin/banned-words/{word_id}/products", tag = "catalog",
    params(("word_id" = BannedWordId, Path), BannedWordQuery), responses((status = 200, body = Page<ProductWithBannedWord>),
    (status = 422, description = "`invalid`")))]
pub async fn list_products_with_banned_word(
    State(app): State<App>,
    PathId(id): PathId<BannedWordId>,
    ValidQuery(query): ValidQuery<BannedWordQuery>,
) -> Result<Json<Page<ProductWithBannedWord>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let word = listing::banned_word(app.db.read(), id).await?.ok_or_else(Problem::not_found)?;
    let found = listing::products_with(app.db.read(), word, &page).await?;
    Ok(Json(found.map(ProductWithBannedWord::from)))
}

impl From<Carrier> for ProductWithBannedWord {
    fn from(carrier: Carrier) -> Self {
        let Carrier { product, fields } = carrier;
        let (id, vendor_id, status) = (product.id, product.vendor_id, product.status);
        Self {
            id,
            vendor_id,
            slug: product.slug,
            title: product.title,
            status,
            version: product.version,
            fields,
        }
    }
}

impl From<banned_word::Model> for BannedWord {
    fn from(row: banned_word::Model) -> Self {
        Self { id: row.id, word: row.word, created_at: row.created_at }
    }
}
