//! Table `vendor_duplicates`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{UserId, VendorDuplicateId, VendorId, VendorImportId};

/// A row that may be a shop which is there already.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_duplicates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VendorDuplicateId,
    pub import_id: VendorImportId,
    pub line: i32,
    // What makes it the same row when the list is sent again.
    pub row_key: String,
    // The shop it may be.
    pub vendor_id: VendorId,
    pub kind: Kind,
    // JSON of the cells, encrypted.
    pub row_sealed: String,
    pub status: Status,
    pub merged: bool,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why it may be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The same NIB or NIK, and another name.
    SameNumber,
    /// The same telephone.
    SamePhone,
    /// Nearly the same name in the same village.
    SimilarName,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing yet.
    Pending,
    /// It is the same shop.
    Same,
    /// It is another one, and was written.
    Different,
}
