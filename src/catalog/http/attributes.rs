//! Attribute definitions: everybody reads them with their category, officers manage them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::catalog::entity::attribute::{self, Kind};
use crate::catalog::model::definition::{self, Definition};
use crate::catalog::service::{self, DefinitionPatch};
use crate::kernel::fields::{number, text};
use crate::kernel::{AttributeId, CategoryId, Fields, Problem};
use crate::platform::audit::Who;
use crate::web::{Area, IfMatch, PathId, Policy, Role, ValidJson, etag};

const OFFICER: Policy = Policy::any_of(&[Role::Officer]).area(Area::Office);

pub const DEFINE_ATTRIBUTE: Policy = OFFICER.on("category", "category_id");
pub const REDEFINE_ATTRIBUTE: Policy = OFFICER.on("category_attribute", "attribute_id").if_match();
pub const REMOVE_ATTRIBUTE: Policy = OFFICER.on("category_attribute", "attribute_id").if_match();

/// An attribute of a category.
#[derive(Serialize, ToSchema)]
pub struct CategoryAttribute {
    id: AttributeId,
    /// Its name in the attributes of a product and in `?attr.<key>=`.
    key: String,
    name_id: String,
    name_en: String,
    kind: Kind,
    /// Of a number.
    unit: Option<String>,
    /// What can be chosen.
    choices: Vec<String>,
    /// Whether a product must say it before it is published.
    required: bool,
    /// Whether it is offered to narrow lists.
    filterable: bool,
    position: i32,
    /// Slug of the category that defines it.
    defined_by: String,
    /// The number for `If-Match`.
    version: i32,
}

/// A new attribute.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineAttribute {
    /// Lower-case letters, digits and underscores.
    #[schema(example = "warna")]
    key: String,
    name_id: String,
    name_en: String,
    kind: Kind,
    /// Of a number, e.g. `gram`.
    unit: Option<String>,
    /// For `choice` and `multi_choice`.
    #[serde(default)]
    #[schema(max_items = 100)]
    choices: Vec<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    filterable: bool,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    position: i32,
}

/// Changes of an attribute; what is absent stays. Its key and kind never change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedefineAttribute {
    name_id: Option<String>,
    name_en: Option<String>,
    unit: Option<String>,
    #[schema(max_items = 100)]
    choices: Option<Vec<String>>,
    required: Option<bool>,
    filterable: Option<bool>,
    #[schema(minimum = 0, maximum = 10_000)]
    position: Option<i32>,
}

/// Let products of a category say something more, of one kind.
#[utoipa::path(post, path = "/v1/admin/categories/{category_id}/attributes", tag = "catalog",
    params(("category_id" = CategoryId, Path)), request_body = DefineAttribute, responses(
    (status = 201, body = CategoryAttribute, headers(("etag" = String, description = "The version"))),
    (status = 409, description = "`attribute-taken`, `too-many-attributes`"), (status = 422, description = "`invalid`")))]
pub async fn define_attribute(
    State(app): State<App>,
    who: Who,
    PathId(category_id): PathId<CategoryId>,
    ValidJson(body): ValidJson<DefineAttribute>,
) -> Result<impl IntoResponse, Problem> {
    let row = service::define(&app, &who, category_id, body.parse()?).await?;
    Ok((StatusCode::CREATED, etag(row.version), Json(CategoryAttribute::new(&row, ""))))
}

/// Change an attribute of a category.
#[utoipa::path(patch, path = "/v1/admin/category-attributes/{attribute_id}", tag = "catalog",
    params(("attribute_id" = AttributeId, Path), ("if-match" = String, Header)), request_body = RedefineAttribute, responses(
    (status = 200, body = CategoryAttribute, headers(("etag" = String, description = "The version"))),
    (status = 422, description = "`invalid`")))]
pub async fn redefine_attribute(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AttributeId>,
    IfMatch(version): IfMatch,
    ValidJson(body): ValidJson<RedefineAttribute>,
) -> Result<impl IntoResponse, Problem> {
    let row = service::redefine(&app, &who, (id, version), body.parse()?).await?;
    Ok((etag(row.version), Json(CategoryAttribute::new(&row, ""))))
}

/// Take an attribute away from a category; what products say stays as free text.
#[utoipa::path(delete, path = "/v1/admin/category-attributes/{attribute_id}", tag = "catalog",
    params(("attribute_id" = AttributeId, Path), ("if-match" = String, Header)),
    responses((status = 204, description = "Removed")))]
pub async fn remove_attribute(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AttributeId>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    service::undefine(&app, &who, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl CategoryAttribute {
    /// With the category that defines it.
    pub fn new(row: &attribute::Model, defined_by: &str) -> Self {
        Self {
            id: row.id,
            key: row.key.clone(),
            name_id: row.name_id.clone(),
            name_en: row.name_en.clone(),
            kind: row.kind,
            unit: row.unit.clone(),
            choices: definition::choices(row),
            required: row.required,
            filterable: row.filterable,
            position: row.position,
            defined_by: defined_by.to_owned(),
            version: row.version,
        }
    }
}

impl DefineAttribute {
    fn parse(self) -> Result<Definition, Problem> {
        let mut fields = Fields::new();
        let key = fields.take("/key", definition::key(&self.key));
        let name_id = fields.take("/name_id", text(&self.name_id, 1, 60, false));
        let name_en = fields.take("/name_en", text(&self.name_en, 1, 60, false));
        let unit = fields.take_opt("/unit", self.unit.as_deref().map(|unit| text(unit, 1, 20, false)));
        let choices = fields.take("/choices", definition::check_choices(self.kind, &self.choices));
        let position = fields.take("/position", number(self.position, 0, 10_000));
        match (key, name_id, name_en, unit, choices, position) {
            (Some(key), Some(name_id), Some(name_en), Some(unit), Some(choices), Some(position)) => {
                Ok(Definition {
                    key,
                    name_id,
                    name_en,
                    kind: self.kind,
                    unit: unit.filter(|_| self.kind == Kind::Number),
                    choices,
                    required: self.required,
                    filterable: self.filterable,
                    position,
                })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

impl RedefineAttribute {
    fn parse(self) -> Result<DefinitionPatch, Problem> {
        let mut fields = Fields::new();
        let short = |value: &Option<String>, most| value.as_deref().map(|value| text(value, 1, most, false));
        let name_id = fields.take_opt("/name_id", short(&self.name_id, 60));
        let name_en = fields.take_opt("/name_en", short(&self.name_en, 60));
        let unit = fields.take_opt("/unit", short(&self.unit, 20));
        let position = fields.take_opt("/position", self.position.map(|place| number(place, 0, 10_000)));
        match (name_id, name_en, unit, position) {
            (Some(name_id), Some(name_en), Some(unit), Some(position)) => Ok(DefinitionPatch {
                name_id,
                name_en,
                unit,
                choices: self.choices,
                required: self.required,
                filterable: self.filterable,
                position,
            }),
            _ => Err(fields.into_problem()),
        }
    }
}
