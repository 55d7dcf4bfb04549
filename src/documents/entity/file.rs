//! Table `document_files`.

use sea_orm::entity::prelude::*;

use crate::kernel::DocumentId;

/// The typeset paper: where it lies, and the hash that a copy must have.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document_files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub document_id: DocumentId,
    pub sha256: String,
    pub file_key: String,
    pub bytes: i64,
    pub made_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
