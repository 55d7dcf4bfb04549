//! Table `vendor_import_notes`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ImportNoteId, VendorImportId};

/// One line of the report about a list. Personal values are masked before they come here.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_import_notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportNoteId,
    pub import_id: VendorImportId,
    pub line: i32,
    pub outcome: String,
    pub column_name: String,
    pub code: String,
    pub value: Option<String>,
    pub reason_id: String,
    pub reason_en: String,
    pub suggestion: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
