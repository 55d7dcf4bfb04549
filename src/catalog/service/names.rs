//! What a product is called: its texts in other languages, and its slug.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::words::refuse;
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::product::{self, Column, Entity};
use crate::catalog::entity::{slug, translation};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::model::Tongue;
use crate::catalog::query::product_of;
use crate::kernel::{ProductId, Slug, VendorId};
use crate::platform::db::Unique;

const SLUG: Unique = Unique { name: "products_slug", columns: "products.slug" };

/// Title and description in one language.
#[derive(Clone, Debug)]
pub struct Translation {
    pub tongue: Tongue,
    pub title: String,
    pub description: String,
}

/// Sets the translations of a product anew, on the version that was seen; returns the version after it.
pub async fn translate(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    version: i32,
    translations: Vec<Translation>,
) -> Result<i32, CatalogError> {
    let txn = app.db.begin().await?;
    let next = translate_in(&txn, (vendor_id, product_id), version, (translations, app.now())).await?;
    app.commit(txn).await?;
    Ok(next)
}

/// The same in a transaction of the caller.
pub(in crate::catalog) async fn translate_in(
    txn: &DatabaseTransaction,
    (vendor_id, product_id): (VendorId, ProductId),
    version: i32,
    (translations, now): (Vec<Translation>, DateTime<Utc>),
) -> Result<i32, CatalogError> {
    product_of(txn, vendor_id, product_id).await?;
    let texts: Vec<(String, String)> = translations
        .iter()
        .flat_map(|text| [("title", &text.title), ("description", &text.description)])
        .map(|(field, text)| (field.to_owned(), text.clone()))
        .collect();
    refuse(txn, &texts).await?;
    let next = Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(product_id))
        .filter(Column::Version.eq(version))
        .exec(txn)
        .await?;
    if next.rows_affected != 1 {
        return Err(CatalogError::Stale);
    }
    translation::Entity::delete_many()
        .filter(translation::Column::ProductId.eq(product_id))
        .exec(txn)
        .await?;
    let rows = translations.into_iter().map(|text| translation::ActiveModel {
        product_id: Set(product_id),
        lang: Set(text.tongue),
        title: Set(text.title),
        description: Set(text.description),
        updated_at: Set(now),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        translation::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    changes::touched(txn, [product_id], now).await?;
    Ok(version + 1)
}

/// Gives a product another slug: the one wished for, or one made of its title. The slugs it had lead to it for ever.
pub async fn rename(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    wished: Option<Slug>,
) -> Result<String, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let product = product_of(&txn, vendor_id, product_id).await?;
    let slug = wished.unwrap_or_else(|| Slug::of(&product.title).with_suffix(product_id.0)).to_string();
    for name in [&product.slug, &slug] {
        keep_name(&txn, (product_id, name), now).await?;
    }
    let row = product::ActiveModel { slug: Set(slug.clone()), updated_at: Set(now), ..Default::default() };
    let renamed = Entity::update_many().set(row).filter(Column::Id.eq(product_id)).exec(&txn).await;
    match renamed {
        Err(error) if SLUG.broken_by(&error) => return Err(ListingError::SlugTaken.into()),
        renamed => renamed?,
    };
    changes::touched(&txn, [product_id], now).await?;
    app.commit(txn).await?;
    Ok(slug)
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
