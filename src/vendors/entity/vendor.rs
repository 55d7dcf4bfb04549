//! Table `vendors`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::VendorId;

/// One shop.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VendorId,
    pub slug: String,
    pub name: String,
    pub legal_form: LegalForm,
    pub status: Status,
    pub phone: String,
    pub address_line: String,
    pub district_code: String,
    pub village_code: Option<String>,
    pub post_code: Option<String>,
    pub description: String,
    pub nib: Option<String>,
    // Encrypted; an individual's NPWP is the NIK.
    pub npwp_sealed: Option<String>,
    pub nik_sealed: Option<String>,
    // Keyed hash of the NIK: one NIK, one shop.
    pub nik_index: Option<String>,
    // Row key of the list the shop was imported from.
    pub source_key: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub submitted_at: Option<DateTimeUtc>,
    pub verified_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of business owns the shop.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum LegalForm {
    /// A person without a company.
    Person,
    /// PT, CV, firma.
    Company,
    /// Koperasi.
    Cooperative,
}

/// Where a shop stands. [`Status::may_become`] is the only list of moves.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being filled in by its owner.
    Draft,
    /// Waiting for the office.
    Submitted,
    /// An officer is looking.
    InReview,
    /// Sent back with what is to be put right.
    NeedsFix,
    /// Verified; sells.
    Active,
    /// Stopped by the office.
    Suspended,
    /// Closed by its owner, who can open it again.
    Inactive,
    /// Given up by its owner, for good.
    Withdrawn,
    /// From the office's list: findable, not orderable, until its owner claims it.
    Unclaimed,
}
