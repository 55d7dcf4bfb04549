//! Table `report_templates`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ReportTemplateId, UserId};

/// A workbook that reports are written into.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReportTemplateId,
    pub name: String,
    pub file_key: String,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
