//! Table `product_imports`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{ProductImportId, UserId, VendorId};

/// A list of products that a shop sent, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductImportId,
    pub vendor_id: VendorId,
    pub status: Status,
    pub dry_run: bool,
    // Whether who sent it may put products before the public, and count stock.
    pub may_publish: bool,
    pub may_count: bool,
    pub file_key: String,
    pub archive_key: Option<String>,
    // Rows of the file, and those that are done; then products.
    pub rows_total: i32,
    pub rows_done: i32,
    pub products: i32,
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
    pub refused: i32,
    // Of those that were taken: what waits for an officer.
    pub held: i32,
    pub pictures: i32,
    pub pictures_added: i32,
    pub pictures_failed: i32,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where an import stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ProductImportStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for its turn.
    Queued,
    /// Some of it is done.
    Running,
    /// All rows are done; pictures are still fetched.
    Pictures,
    /// All of it is done.
    Done,
}
