//! Titles and descriptions in other languages, laid over what was read.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::public::{Details, Row};
use crate::catalog::entity::translation::{Column, Entity, Model};
use crate::catalog::model::Tongue;
use crate::kernel::ProductId;

/// The translations of a product, by language.
pub async fn of_product(conn: &impl ConnectionTrait, product_id: ProductId) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::ProductId.eq(product_id)).order_by_asc(Column::Lang).all(conn).await
}

/// Puts the titles of a list into a language, as far as they are translated; one statement unless it is Indonesian.
pub async fn translate_rows(
    conn: &impl ConnectionTrait,
    rows: &mut [Row],
    tongue: Tongue,
) -> Result<(), DbErr> {
    let mut found = find(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>(), tongue).await?;
    for row in rows {
        if let Some(translation) = found.remove(&row.id) {
            row.title = translation.title;
        }
    }
    Ok(())
}

/// The same for a product page, and the language it is in then.
pub async fn translate_page(
    conn: &impl ConnectionTrait,
    details: &mut Details,
    tongue: Tongue,
) -> Result<Tongue, DbErr> {
    let id = details.row.id;
    match find(conn, &[id], tongue).await?.remove(&id) {
        None => Ok(Tongue::Id),
        Some(translation) => {
            details.row.title = translation.title;
            if !translation.description.is_empty() {
                details.extra.description = translation.description;
            }
            Ok(tongue)
        }
    }
}

async fn find(
    conn: &impl ConnectionTrait,
    ids: &[ProductId],
    tongue: Tongue,
) -> Result<HashMap<ProductId, Model>, DbErr> {
    if tongue == Tongue::Id || ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows =
        Entity::find().filter(Column::ProductId.is_in(ids.iter().copied())).filter(Column::Lang.eq(tongue));
    Ok(rows.all(conn).await?.into_iter().map(|row| (row.product_id, row)).collect())
}
