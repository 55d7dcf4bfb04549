//! The category tree as search needs it: a path and names for each leaf.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};

use crate::catalog::entity::category;
use crate::kernel::{CategoryId, Lang};

/// Deeper than any tree that makes sense; stops at a ring.
const DEEPEST: usize = 16;

/// All categories, in memory for one batch or one answer.
pub struct CategoryTree(HashMap<CategoryId, Node>);

struct Node {
    slug: String,
    names: [String; 2],
    parent: Option<CategoryId>,
}

impl CategoryTree {
    /// Reads the tree in one statement.
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        type Row = (CategoryId, String, String, String, Option<CategoryId>);
        let rows: Vec<Row> = category::Entity::find()
            .select_only()
            .columns([
                category::Column::Id,
                category::Column::Slug,
                category::Column::NameId,
                category::Column::NameEn,
                category::Column::ParentId,
            ])
            .into_tuple()
            .all(db)
            .await?;
        let nodes = rows.into_iter().map(|(id, slug, name_id, name_en, parent)| {
            let names = [name_id, name_en];
            (id, Node { slug, names, parent })
        });
        Ok(Self(nodes.collect()))
    }

    /// Slugs from root to leaf, and the names of the same categories in both languages.
    pub fn path(&self, leaf: CategoryId) -> (Vec<String>, Vec<String>) {
        let mut nodes = Vec::new();
        let mut next = self.0.get(&leaf);
        while let Some(node) = next.filter(|_| nodes.len() < DEEPEST) {
            nodes.push(node);
            next = node.parent.and_then(|parent| self.0.get(&parent));
        }
        nodes.reverse();
        let slugs = nodes.iter().map(|node| node.slug.clone()).collect();
        let names = nodes.iter().flat_map(|node| node.names.iter().cloned());
        (slugs, names.filter(|name| !name.is_empty()).collect())
    }

    /// Names by slug.
    pub fn names(&self, lang: Lang) -> HashMap<&str, &str> {
        let name = |node: &Node| match lang {
            Lang::Id => 0,
            Lang::En => usize::from(!node.names[1].is_empty()),
        };
        self.0
            .values()
            .map(|node| (node.slug.as_str(), node.names[name(node)].as_str()))
            .collect()
    }

    /// Ids of a category and of all below it.
    pub fn below(&self, slug: &str) -> Vec<CategoryId> {
        self.0
            .keys()
            .copied()
            .filter(|id| self.path(*id).0.iter().any(|part| part == slug))
            .collect()
    }
}
