//! Table `vendor_papers`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{CategoryId, PaperId, UserId, VendorId};

/// One paper of a shop, or an officer's word that the shop needs none.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_papers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaperId,
    pub vendor_id: VendorId,
    pub kind: PaperKind,
    // In its one form; that of a person's tax number is masked.
    pub number: String,
    pub file_key: Option<String>,
    pub is_exemption: bool,
    // Days in Jakarta, `2026-11-24`.
    pub issued_on: Option<String>,
    pub expires_on: Option<String>,
    pub status: PaperStatus,
    pub reason: Option<String>,
    pub reviewer_id: Option<UserId>,
    pub reviewed_at: Option<DateTimeUtc>,
    // Days before the end that the last warning was for.
    pub warned_days: Option<i32>,
    pub version: i32,
    // Of an exemption that holds for one category only.
    pub category_id: Option<CategoryId>,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// True if it counts for what a shop lists in a category.
    pub fn counts_in(&self, category: CategoryId) -> bool {
        self.category_id.is_none_or(|only| only == category)
    }

    /// True if whatever this one counts for the other one counts for, too.
    pub fn is_replaced_by(&self, other: &Self) -> bool {
        let as_wide = other.category_id.is_none() || other.category_id == self.category_id;
        other.vendor_id == self.vendor_id && other.kind == self.kind && as_wide
    }
}

/// What kind of paper.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// Nomor Induk Berusaha.
    Nib,
    /// Food of a home industry.
    Pirt,
    /// Food registered with BPOM.
    Md,
    /// Halal certificate.
    Halal,
    /// National standard.
    Sni,
    /// Domestic content.
    Tkdn,
    /// Hygiene of a caterer.
    Slhs,
    /// Tax number.
    Npwp,
    /// Trademark.
    Merek,
    /// Any other.
    Other,
}

/// Where a paper stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PaperStatus {
    /// Waits for the office.
    Pending,
    /// The office has seen it.
    Accepted,
    /// The office does not take it; the reason says why.
    Rejected,
    /// Its time is over.
    Expired,
}
