//! Table `product_import_notes`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ProductImportId, ProductImportNoteId};

/// Why a line of a list, or a cell of it, was not taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_import_notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductImportNoteId,
    pub import_id: ProductImportId,
    pub line: i64,
    pub column_name: String,
    pub value: String,
    pub code: String,
    pub reason_id: String,
    pub reason_en: String,
    pub suggestion: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
