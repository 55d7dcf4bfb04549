//! Table `vendor_imports`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{UserId, VendorImportId};

/// One list of shops that the office sent.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VendorImportId,
    pub file_key: String,
    pub format: Format,
    pub status: Status,
    pub dry_run: bool,
    // What the turnover in the list is about.
    pub survey_period: String,
    // JSON: a list of [header, field or null].
    pub mapping: String,
    pub total: i32,
    // Rows before this one are written.
    pub row_cursor: i32,
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
    pub repaired: i32,
    pub asked: i32,
    pub waiting: i32,
    pub skipped: i32,
    pub refused: i32,
    pub error: Option<String>,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// With commas or semicolons.
    Csv,
    /// A workbook.
    Xlsx,
}

/// Where a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Somebody has to say which column is which.
    NeedsMapping,
    /// Waits for a worker.
    Queued,
    /// Some rows are written.
    Running,
    /// All rows are written or reported.
    Done,
    /// It cannot be read any more.
    Failed,
}
