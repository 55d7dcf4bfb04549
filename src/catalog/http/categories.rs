//! The category tree.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::attributes::CategoryAttribute;
use crate::app::App;
use crate::catalog::entity::attribute;
use crate::catalog::entity::category::{Model, TaxClass};
use crate::catalog::model::{Tree, definition};
use crate::catalog::query::attributes;
use crate::kernel::{CategoryId, Problem};
use crate::web::cache::{Freshness, Kept};
use crate::web::{PathId, Policy};

pub const LIST_CATEGORIES: Policy = Policy::PUBLIC;
pub const GET_CATEGORY: Policy = Policy::PUBLIC;

/// All categories.
#[derive(Serialize, ToSchema)]
pub struct CategoryList {
    items: Vec<Category>,
}

/// One branch of the tree.
#[derive(Serialize, ToSchema)]
pub struct Category {
    id: CategoryId,
    slug: String,
    /// In Indonesian.
    name: String,
    name_id: String,
    name_en: String,
    /// Slug of the branch above.
    parent: Option<String>,
    tax_class: TaxClass,
    /// Codes under which offices may book what they buy of it.
    account_codes: Vec<String>,
    /// Papers that its products need: `pirt`, `halal`, `md`, `sni`, `slhs`.
    required_papers: Vec<String>,
    /// What its products say. In the list only what it defines itself; one category tells what it inherits, too.
    attributes: Vec<CategoryAttribute>,
}

/// The whole category tree, in its order.
#[utoipa::path(get, path = "/v1/categories", tag = "catalog", responses(
    (status = 200, body = CategoryList), (status = 304, description = "Nothing changed")))]
pub async fn list_categories(State(app): State<App>, kept: Kept) -> Result<Response, Problem> {
    let (tree, defined) = attributes::tree(app.db.read()).await?;
    let items = tree.iter().map(|category| {
        let own = defined.iter().filter(|one| one.category_id == category.id);
        let own: Vec<_> = own.map(|one| (one, category.slug.as_str())).collect();
        Category::new(&tree, category, &own)
    });
    kept.or_answer(&CategoryList { items: items.collect() }, Freshness::Minutes(5))
}

/// One category, with everything that its products may and must say.
#[utoipa::path(get, path = "/v1/categories/{id_or_slug}", tag = "catalog", params(("id_or_slug" = String, Path)), responses(
    (status = 200, body = Category), (status = 304, description = "Nothing changed"), (status = 404, description = "`not-found`")))]
pub async fn get_category(
    State(app): State<App>,
    kept: Kept,
    PathId(id_or_slug): PathId<String>,
) -> Result<Response, Problem> {
    let (tree, defined) = attributes::tree(app.db.read()).await?;
    let found = match id_or_slug.parse::<CategoryId>() {
        Ok(id) => tree.get(id),
        Err(_) => tree.find(&id_or_slug),
    };
    let category = found.ok_or_else(Problem::not_found)?;
    let defined = definition::effective(&tree, &defined, category.id);
    kept.or_answer(&Category::new(&tree, category, &defined), Freshness::Ask)
}

impl Category {
    fn new(tree: &Tree, category: &Model, attributes: &[(&attribute::Model, &str)]) -> Self {
        Self {
            id: category.id,
            slug: category.slug.clone(),
            name: category.name_id.clone(),
            name_id: category.name_id.clone(),
            name_en: category.name_en.clone(),
            parent: category.parent_id.and_then(|parent| tree.get(parent)).map(|parent| parent.slug.clone()),
            tax_class: category.tax_class,
            account_codes: listed(&category.account_codes),
            required_papers: listed(&category.required_papers),
            attributes: attributes.iter().map(|(one, by)| CategoryAttribute::new(one, by)).collect(),
        }
    }
}

fn listed(column: &str) -> Vec<String> {
    column.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
