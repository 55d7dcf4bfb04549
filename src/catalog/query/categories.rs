//! The category tree.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::is_slug;
use crate::catalog::entity::category;
use crate::catalog::model::Tree;

/// The whole tree, in one statement.
pub async fn tree(db: &impl ConnectionTrait) -> Result<Tree, DbErr> {
    Ok(Tree::new(category::Entity::find().all(db).await?))
}

/// One category.
pub async fn by_slug(db: &impl ConnectionTrait, slug: &str) -> Result<Option<category::Model>, DbErr> {
    if !is_slug(slug) {
        return Ok(None);
    }
    category::Entity::find().filter(category::Column::Slug.eq(slug)).one(db).await
}
