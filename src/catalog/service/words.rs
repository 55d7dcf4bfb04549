//! The list of banned words: looked at before anything goes before the public, kept by officers.

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

use crate::app::App;
use crate::catalog::entity::banned_word;
use crate::catalog::entity::product::{self, Status};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::model::content::texts;
use crate::catalog::model::words::{Banned, Found, find, folded};
use crate::catalog::query::content::content_of;
use crate::kernel::{BannedWordId, Slug, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;

const ONCE: Unique = Unique { name: "banned_words_folded", columns: "banned_words.folded" };

/// Refuses a product that carries a banned word. A slug that nobody has seen is made of the title anew instead.
pub(super) async fn check_product(
    txn: &DatabaseTransaction,
    product: &mut product::Model,
) -> Result<(), CatalogError> {
    let texts = texts(&content_of(txn, product).await?);
    let unseen = product.published_at.is_none();
    let (slug, said): (Vec<Found>, Vec<Found>) =
        found(txn, &texts).await?.into_iter().partition(|found| unseen && found.field == "slug");
    if !said.is_empty() {
        return Err(ListingError::Banned(said).into());
    }
    if !slug.is_empty() {
        product.slug = Slug::of(&product.title).with_suffix(product.id.0).to_string();
        let row = product::ActiveModel { slug: Set(product.slug.clone()), ..Default::default() };
        product::Entity::update_many().set(row).filter(product::Column::Id.eq(product.id)).exec(txn).await?;
    }
    Ok(())
}

/// Refuses a change that brings a banned word before the public. A draft may be put right step by step.
pub(super) async fn screen(
    txn: &DatabaseTransaction,
    status: Status,
    change: &Value,
) -> Result<(), CatalogError> {
    if status.is_hidden() { Ok(()) } else { refuse(txn, change).await }
}

/// Refuses a content, or a part of one, that carries a banned word.
pub(super) async fn refuse(txn: &DatabaseTransaction, content: &Value) -> Result<(), CatalogError> {
    let found = found(txn, &texts(content)).await?;
    if found.is_empty() { Ok(()) } else { Err(ListingError::Banned(found).into()) }
}

async fn found(conn: &impl ConnectionTrait, texts: &[(String, String)]) -> Result<Vec<Found>, CatalogError> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let list = list(conn).await?;
    Ok(texts.iter().flat_map(|(field, text)| find(field, text, &list)).collect())
}

/// The whole list, in one statement.
pub(in crate::catalog) async fn list(conn: &impl ConnectionTrait) -> Result<Vec<Banned>, CatalogError> {
    let rows = banned_word::Entity::find().all(conn).await?;
    Ok(rows.into_iter().map(|row| Banned { word: row.word, folded: row.folded }).collect())
}

/// Adds a word to the list. What is public already stays so until an officer takes it down or it is published anew.
pub async fn ban(
    app: &App,
    (by, who): (UserId, &Who),
    word: String,
) -> Result<banned_word::Model, CatalogError> {
    let now = app.now();
    let row = banned_word::Model {
        id: BannedWordId::generate(),
        folded: folded(&word),
        word,
        created_by: Some(by),
        created_at: now,
    };
    let new = banned_word::ActiveModel {
        id: Set(row.id),
        word: Set(row.word.clone()),
        folded: Set(row.folded.clone()),
        created_by: Set(row.created_by),
        created_at: Set(now),
    };
    let txn = app.db.begin().await?;
    match banned_word::Entity::insert(new).exec_without_returning(&txn).await {
        Err(error) if ONCE.broken_by(&error) => return Err(ListingError::WordKnown.into()),
        written => written?,
    };
    let detail = json!({"word": row.word});
    let deed = Deed { action: "banned_word.added", object: ("banned_word", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Takes a word off the list.
pub async fn allow(app: &App, who: &Who, id: BannedWordId) -> Result<(), CatalogError> {
    let txn = app.db.begin().await?;
    let found = banned_word::Entity::find_by_id(id).one(&txn).await?.ok_or(CatalogError::NotFound)?;
    banned_word::Entity::delete_by_id(id).exec(&txn).await?;
    let detail = json!({"word": found.word});
    let deed = Deed { action: "banned_word.removed", object: ("banned_word", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    Ok(())
}
