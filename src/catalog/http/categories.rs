//! The category tree.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::catalog::entity::category::TaxClass;
use crate::catalog::model::Tree;
use crate::catalog::query::categories;
use crate::kernel::Problem;
use crate::web::Policy;
use crate::web::cache::{Freshness, Kept};

pub const LIST_CATEGORIES: Policy = Policy::PUBLIC;

/// All categories.
#[derive(Serialize, ToSchema)]
pub struct CategoryList {
    items: Vec<Category>,
}

/// One branch of the tree.
#[derive(Serialize, ToSchema)]
pub struct Category {
    slug: String,
    /// In Indonesian.
    name: String,
    name_id: String,
    name_en: String,
    /// Slug of the branch above.
    parent: Option<String>,
    tax_class: TaxClass,
    /// Papers that its products need: `pirt`, `halal`, `md`, `sni`, `slhs`.
    required_papers: Vec<String>,
}

/// The whole category tree, in its order.
#[utoipa::path(get, path = "/v1/categories", tag = "catalog", responses(
    (status = 200, body = CategoryList), (status = 304, description = "Nothing changed")))]
pub async fn list_categories(State(app): State<App>, kept: Kept) -> Result<Response, Problem> {
    let tree = categories::tree(app.db.read()).await?;
    kept.or_answer(&CategoryList::from(&tree), Freshness::Minutes(5))
}

impl From<&Tree> for CategoryList {
    fn from(tree: &Tree) -> Self {
        let items = tree.iter().map(|category| Category {
            slug: category.slug.clone(),
            name: category.name_id.clone(),
            name_id: category.name_id.clone(),
            name_en: category.name_en.clone(),
            parent: category.parent_id.and_then(|parent| tree.get(parent)).map(|parent| parent.slug.clone()),
            tax_class: category.tax_class,
            required_papers: category
                .required_papers
                .split(';')
                .filter(|paper| !paper.is_empty())
                .map(str::to_owned)
                .collect(),
        });
        Self { items: items.collect() }
    }
}
