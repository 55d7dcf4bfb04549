//! Keeps the values that lists are narrowed to in step with what products say.

use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};

use crate::catalog::entity::attribute_value::{ActiveModel, Column, Entity};
use crate::catalog::error::CatalogError;
use crate::catalog::model::{Attributes, NewVariant, definition};
use crate::catalog::query::attributes;
use crate::kernel::{CategoryId, ProductId};

/// Rows of one statement.
const CHUNK: usize = 1000;

/// What a product says: its attributes, and the options of its variants.
pub(in crate::catalog) struct Said<'a> {
    pub product_id: ProductId,
    pub attributes: &'a Attributes,
    pub options: Vec<Attributes>,
}

impl<'a> Said<'a> {
    /// Of a product that is being written.
    pub fn new(product_id: ProductId, attributes: &'a Attributes, variants: &[NewVariant]) -> Self {
        Self { product_id, attributes, options: variants.iter().map(|one| one.options.clone()).collect() }
    }
}

/// Writes the values of new products.
pub(in crate::catalog) async fn insert(txn: &DatabaseTransaction, said: &[Said<'_>]) -> Result<(), DbErr> {
    let rows: Vec<ActiveModel> = said.iter().flat_map(rows).collect();
    for rows in rows.chunks(CHUNK) {
        Entity::insert_many(rows.iter().cloned()).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Writes the values of a changed product anew.
pub(in crate::catalog) async fn replace(txn: &DatabaseTransaction, said: Said<'_>) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ProductId.eq(said.product_id)).exec(txn).await?;
    insert(txn, &[said]).await
}

fn rows(said: &Said<'_>) -> Vec<ActiveModel> {
    let row = |key: &str, value: String| ActiveModel {
        product_id: Set(said.product_id),
        key: Set(key.to_owned()),
        value: Set(value),
    };
    let values = definition::values(said.attributes, &said.options);
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
