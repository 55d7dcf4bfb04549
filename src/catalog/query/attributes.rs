//! Attribute definitions: a few hundred rows at most, read whole.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder};

use super::categories;
use crate::catalog::entity::attribute::{Column, Entity, Model};
use crate::catalog::error::CatalogError;
use crate::catalog::model::Tree;
use crate::kernel::AttributeId;

/// All definitions, in one statement.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Position).order_by_asc(Column::Id).all(db).await
}

/// The tree with all definitions, in two statements.
pub async fn tree(db: &impl ConnectionTrait) -> Result<(Tree, Vec<Model>), DbErr> {
    Ok((categories::tree(db).await?, all(db).await?))
}

/// One definition.
pub async fn one(db: &impl ConnectionTrait, id: AttributeId) -> Result<Model, CatalogError> {
    Entity::find_by_id(id).one(db).await?.ok_or(CatalogError::NotFound)
}
