//! The list of banned words: looked at before anything goes before the public, kept by officers.

use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, Set};
use serde_json::json;

use crate::app::App;
use crate::catalog::entity::{banned_word, product, variant};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::model::words::{Banned, Found, find, folded};
use crate::catalog::model::{Attributes, ProductPatch, VariantPatch};
use crate::catalog::query::public::variants_of;
use crate::kernel::{BannedWordId, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;

const ONCE: Unique = Unique { name: "banned_words_folded", columns: "banned_words.folded" };

/// Refuses a product that carries a banned word.
pub(super) async fn check_product(
    txn: &DatabaseTransaction,
    product: &product::Model,
) -> Result<(), CatalogError> {
    let variants = variants_of(txn, product.id).await?;
    let mut texts = vec![
        ("title".to_owned(), product.title.clone()),
        ("description".to_owned(), product.description.clone()),
    ];
    texts.extend(values("attributes", Attributes::decode(&product.attributes)));
    let options = |row: &variant::Model| values("options", Attributes::decode(&row.options));
    texts.extend(variants.iter().flat_map(|(row, _)| options(row)));
    refuse(txn, &texts).await
}

/// Refuses an edit that brings in a banned word.
pub(super) async fn check_patch(txn: &DatabaseTransaction, patch: &ProductPatch) -> Result<(), CatalogError> {
    let mut texts: Vec<(String, String)> = Vec::new();
    texts.extend(patch.title.iter().map(|text| ("title".to_owned(), text.clone())));
    texts.extend(patch.description.iter().map(|text| ("description".to_owned(), text.clone())));
    texts.extend(patch.attributes.iter().flat_map(|attributes| values("attributes", attributes.clone())));
    for edited in &patch.variants {
        let options = match edited {
            VariantPatch::Add(new) => Some(new.options.clone()),
            VariantPatch::Change(change) => change.options.clone(),
        };
        texts.extend(options.into_iter().flat_map(|options| values("options", options)));
    }
    if texts.is_empty() { Ok(()) } else { refuse(txn, &texts).await }
}

fn values(of: &str, attributes: Attributes) -> Vec<(String, String)> {
    attributes.into_map().into_iter().map(|(name, value)| (format!("{of}/{name}"), value)).collect()
}

/// Refuses texts, each with the name of its field, that carry a banned word.
pub(super) async fn refuse(
    conn: &impl ConnectionTrait,
    texts: &[(String, String)],
) -> Result<(), CatalogError> {
    let list = list(conn).await?;
    let found: Vec<Found> = texts.iter().flat_map(|(field, text)| find(field, text, &list)).collect();
    if found.is_empty() { Ok(()) } else { Err(ListingError::Banned(found).into()) }
}

/// The whole list, in one statement.
pub(in crate::catalog) async fn list(conn: &impl ConnectionTrait) -> Result<Vec<Banned>, CatalogError> {
    let rows = banned_word::Entity::find().all(conn).await?;
    Ok(rows.into_iter().map(|row| Banned { word: row.word, folded: row.folded }).collect())
}

/// Adds a word to the list. What is public already stays so until it is published anew.
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
