//! Table `category_attributes`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{AttributeId, CategoryId};

/// What products of a category (and of everything below it) may say under one name.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category_attributes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttributeId,
    pub category_id: CategoryId,
    pub key: String,
    pub name_id: String,
    pub name_en: String,
    pub kind: Kind,
    // Of a number.
    pub unit: Option<String>,
    // JSON list of texts.
    pub choices: String,
    pub required: bool,
    pub filterable: bool,
    pub position: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a value of an attribute is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = AttributeKind)]
pub enum Kind {
    /// Any text.
    Text,
    /// A number, with its unit or without.
    Number,
    /// One of the choices.
    Choice,
    /// Some of the choices.
    MultiChoice,
    /// Yes or no.
    Boolean,
}
