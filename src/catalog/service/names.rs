//! What a product is called: its texts in other languages, and its slug.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

use super::publish::count_change;
use super::revise::keep;
use super::words::{refuse, screen};
use crate::app::App;
use crate::catalog::entity::product::{self, Column, Entity};
use crate::catalog::entity::{slug, translation};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::model::Tongue;
use crate::catalog::model::content::Texts;
use crate::catalog::query::held_product;
use crate::kernel::{ProductId, Slug, UserId, VendorId};
use crate::platform::db::Unique;

const SLUG: Unique = Unique { name: "products_slug", columns: "products.slug" };
/// New slugs of a product in a day: nobody else ever gets them.
const A_DAY: u64 = 10;

/// Sets the translations of a product anew, on the version that was seen, or lets that wait; returns the version after it.
pub async fn translate(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    (actor, version): (UserId, i32),
    texts: Texts,
) -> Result<i32, CatalogError> {
    let txn = app.db.begin().await?;
    let (next, _) = translate_in(&txn, app, (vendor_id, product_id), (actor, version), texts).await?;
    app.commit(txn).await?;
    Ok(next)
}

/// The same in a transaction of the caller; true if it waits for an officer.
pub(in crate::catalog) async fn translate_in(
    txn: &DatabaseTransaction,
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    (actor, version): (UserId, i32),
    texts: Texts,
) -> Result<(i32, bool), CatalogError> {
    let now = app.now();
    let product = held_product(txn, vendor_id, product_id).await?;
    if product.version != version {
        return Err(CatalogError::Stale);
    }
    let change = json!({"translations": texts});
    refuse(txn, &change).await?;
    let waits = app.config.catalog.moderation.holds_edits(product.status);
    if waits {
        keep(txn, (&product, actor), change, now).await?;
    } else {
        put_translations(txn, product_id, &texts, now).await?;
    }
    Ok((count_change(txn, app, product, now).await?, waits))
}

/// Writes the translations of a product.
pub(super) async fn put_translations(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    texts: &Texts,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    translation::Entity::delete_many()
        .filter(translation::Column::ProductId.eq(product_id))
        .exec(txn)
        .await?;
    let rows = [(Tongue::En, &texts.en), (Tongue::De, &texts.de)].into_iter().filter_map(|(lang, text)| {
        let text = text.as_ref()?;
        Some(translation::ActiveModel {
            product_id: Set(product_id),
            lang: Set(lang),
            title: Set(text.title.clone()),
            description: Set(text.description.clone()),
            updated_at: Set(now),
        })
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        translation::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Gives a product another slug, or lets that wait: the one wished for, or one made of its title. The slugs it had lead to
/// it for ever. Returns the slug that leads there now, and the version after it.
pub async fn rename(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    actor: UserId,
    wished: Option<Slug>,
) -> Result<(String, i32), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let product = held_product(&txn, vendor_id, product_id).await?;
    let slug = wished.unwrap_or_else(|| Slug::of(&product.title).with_suffix(product_id.0)).to_string();
    let change = json!({"slug": slug});
    screen(&txn, product.status, &change).await?;
    let leads = if app.config.catalog.moderation.holds_edits(product.status) {
        keep(&txn, (&product, actor), change, now).await?;
        product.slug.clone()
    } else {
        put_slug(&txn, &product, &slug, now).await?;
        slug
    };
    let version = count_change(&txn, app, product, now).await?;
    app.commit(txn).await?;
    Ok((leads, version))
}

/// Writes the slug of a held product.
pub(super) async fn put_slug(
    txn: &DatabaseTransaction,
    product: &product::Model,
    slug: &str,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    // In their order: two products that want each other's slug must not wait for each other.
    let mut names = [product.slug.as_str(), slug];
    names.sort_unstable();
    for name in names {
        keep_name(txn, (product.id, name), now).await?;
    }
    let lately = slug::Entity::find()
        .filter(slug::Column::ProductId.eq(product.id))
        .filter(slug::Column::CreatedAt.gt(now - Duration::days(1)))
        .count(txn)
        .await?;
    // One of them is the slug that it had.
    if lately > A_DAY + 1 {
        return Err(ListingError::TooManyNames.into());
    }
    let row = product::ActiveModel { slug: Set(slug.to_owned()), ..Default::default() };
    let renamed = Entity::update_many().set(row).filter(Column::Id.eq(product.id)).exec(txn).await;
    match renamed {
        Err(error) if SLUG.broken_by(&error) => Err(ListingError::SlugTaken.into()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}

/// Writes down that a slug is of this product, now and for ever.
async fn keep_name(
    txn: &DatabaseTransaction,
    (product_id, name): (ProductId, &str),
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let row =
        slug::ActiveModel { slug: Set(name.to_owned()), product_id: Set(product_id), created_at: Set(now) };
    let once = OnConflict::column(slug::Column::Slug).do_nothing().to_owned();
    slug::Entity::insert(row).on_conflict(once).try_insert().exec_without_returning(txn).await?;
    let owner = slug::Entity::find_by_id(name).one(txn).await?;
    if owner.is_some_and(|owner| owner.product_id == product_id) {
        Ok(())
    } else {
        Err(ListingError::SlugTaken.into())
    }
}
