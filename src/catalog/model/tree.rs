//! The category tree in memory; it has some dozens of branches.

use std::collections::HashSet;

use crate::catalog::entity::category::Model;
use crate::kernel::CategoryId;

/// All categories in their order.
#[derive(Clone, Debug, Default)]
pub struct Tree(Vec<Model>);

impl Tree {
    /// A tree of all categories.
    pub fn new(mut categories: Vec<Model>) -> Self {
        categories.sort_by_key(|category| category.position);
        Self(categories)
    }

    /// In their order.
    pub fn iter(&self) -> impl Iterator<Item = &Model> {
        self.0.iter()
    }

    /// By slug.
    pub fn find(&self, slug: &str) -> Option<&Model> {
        self.0.iter().find(|category| category.slug == slug)
    }

    /// By id.
    pub fn get(&self, id: CategoryId) -> Option<&Model> {
        self.0.iter().find(|category| category.id == id)
    }

    /// A category and what it belongs to, the root first.
    pub fn path(&self, leaf: CategoryId) -> Vec<&Model> {
        let mut path: Vec<&Model> = Vec::new();
        let mut next = self.get(leaf);
        // A circle in the data must not become a circle here.
        while let Some(category) = next.filter(|category| !path.iter().any(|seen| seen.id == category.id)) {
            path.push(category);
            next = category.parent_id.and_then(|parent| self.get(parent));
        }
        path.reverse();
        path
    }

    /// A category and everything below it; empty if there is no such category.
    pub fn subtree(&self, slug: &str) -> Vec<CategoryId> {
        let mut found: Vec<CategoryId> = self.find(slug).map(|root| root.id).into_iter().collect();
        let mut seen: HashSet<CategoryId> = found.iter().copied().collect();
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            let children = self.0.iter().filter(|child| child.parent_id == Some(parent));
            // A circle in the data must not become a circle here.
            found.extend(children.map(|child| child.id).filter(|id| seen.insert(*id)));
            next += 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::entity::category::TaxClass;

    fn category(number: u128, parent: Option<u128>) -> Model {
        let id = |number| CategoryId(uuid::Uuid::from_u128(number));
        Model {
            id: id(number),
            slug: number.to_string(),
            name_id: String::new(),
            name_en: String::new(),
            parent_id: parent.map(id),
            tax_class: TaxClass::PpnStandard,
            account_codes: String::new(),
            required_papers: String::new(),
            position: 0,
        }
    }

    #[test]
    fn a_subtree_is_everything_below() {
        let tree =
            Tree::new(vec![category(1, None), category(2, Some(1)), category(3, Some(2)), category(4, None)]);
        assert_eq!(tree.subtree("1").len(), 3);
        assert_eq!(tree.subtree("3").len(), 1);
        assert!(tree.subtree("9").is_empty());
        let circle = Tree::new(vec![category(1, Some(2)), category(2, Some(1))]);
        assert_eq!(circle.subtree("1").len(), 2);
    }

    #[test]
    fn a_path_goes_from_the_root_to_the_leaf() {
        let id = |number| CategoryId(uuid::Uuid::from_u128(number));
        let tree = Tree::new(vec![category(1, None), category(2, Some(1)), category(3, Some(2))]);
        let slugs: Vec<&str> = tree.path(id(3)).iter().map(|one| one.slug.as_str()).collect();
        assert_eq!(slugs, ["1", "2", "3"]);
        let circle = Tree::new(vec![category(1, Some(2)), category(2, Some(1))]);
        assert_eq!(circle.path(id(1)).len(), 2);
    }
}
