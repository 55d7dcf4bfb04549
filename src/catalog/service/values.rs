//! Keeps the values that lists are narrowed to in step with what products say.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};

use super::options_of;
use crate::catalog::entity::attribute_value::{ActiveModel, Column, Entity};
use crate::catalog::entity::{attribute, product};
use crate::catalog::error::CatalogError;
use crate::catalog::model::{Attributes, NewVariant, Tree, definition};
use crate::catalog::query::{attributes, public::variants_of};
use crate::kernel::{CategoryId, ProductId};

/// Rows of one statement.
const CHUNK: usize = 1000;

/// What a product says: its attributes, and the options of its variants.
pub(in crate::catalog) struct Said<'a> {
    pub product_id: ProductId,
    pub category_id: CategoryId,
    pub attributes: &'a Attributes,
    pub options: Vec<Attributes>,
}

impl<'a> Said<'a> {
    /// Of a product that is being written into a category.
    pub fn new(
        (product_id, category_id): (ProductId, CategoryId),
        attributes: &'a Attributes,
        variants: &[NewVariant],
    ) -> Self {
        let options = variants.iter().map(|one| one.options.clone()).collect();
        Self { product_id, category_id, attributes, options }
    }
}

/// Writes the values of new products; their rows are there already.
pub(in crate::catalog) async fn insert(txn: &DatabaseTransaction, said: &[Said<'_>]) -> Result<(), DbErr> {
    if said.is_empty() {
        return Ok(());
    }
    let (tree, all) = attributes::tree(txn).await?;
    insert_by(txn, (&tree, &all), said).await
}

/// The same by definitions that were read before.
async fn insert_by(
    txn: &DatabaseTransaction,
    (tree, all): (&Tree, &[attribute::Model]),
    said: &[Said<'_>],
) -> Result<(), DbErr> {
    let mut defined = BTreeMap::new();
    let mut rows: Vec<ActiveModel> = Vec::new();
    for one in said {
        let of = || definition::effective(tree, all, one.category_id);
        rows.extend(values(one, defined.entry(one.category_id).or_insert_with(of)));
    }
    for rows in rows.chunks(CHUNK) {
        Entity::insert_many(rows.iter().cloned()).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Writes the values of a changed product anew.
pub(in crate::catalog) async fn replace(txn: &DatabaseTransaction, said: Said<'_>) -> Result<(), DbErr> {
    let (tree, all) = attributes::tree(txn).await?;
    replace_by(txn, (&tree, &all), said).await
}

/// The same by definitions that were read before: whoever goes through many products reads them once.
pub(super) async fn replace_by(
    txn: &DatabaseTransaction,
    defined: (&Tree, &[attribute::Model]),
    said: Said<'_>,
) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ProductId.eq(said.product_id)).exec(txn).await?;
    insert_by(txn, defined, &[said]).await
}

fn values(said: &Said<'_>, defined: &[(&attribute::Model, &str)]) -> Vec<ActiveModel> {
    let row = |key: &str, value: String| ActiveModel {
        product_id: Set(said.product_id),
        key: Set(key.to_owned()),
        value: Set(value),
    };
    let values = definition::values(defined, said.attributes, &said.options);
    values
        .into_iter()
        .flat_map(|(key, values)| values.into_iter().map(move |value| row(&key, value)))
        .collect()
}

/// Checks what a product says against what its category defines, before the public sees it.
pub(super) async fn check(
    txn: &DatabaseTransaction,
    category: CategoryId,
    attributes: &Attributes,
    options: &[Attributes],
) -> Result<(), CatalogError> {
    let (tree, defined) = attributes::tree(txn).await?;
    let defined = definition::effective(&tree, &defined, category);
    definition::check(&defined, attributes, options).map_err(CatalogError::Invalid)
}

/// The same of a product as it is stored.
pub(super) async fn check_stored(
    txn: &DatabaseTransaction,
    product: &product::Model,
) -> Result<(), CatalogError> {
    let stored = variants_of(txn, product.id).await?;
    let options: Vec<Attributes> = stored.iter().map(|(row, _)| options_of(row)).collect();
    check(txn, product.category_id, &Attributes::decode(&product.attributes), &options).await
}
