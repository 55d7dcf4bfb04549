//! Table `vendor_reviews`.

use sea_orm::entity::prelude::*;

use crate::kernel::{UserId, VendorId, VendorReviewId};

/// One decision about a shop.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_reviews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VendorReviewId,
    pub vendor_id: VendorId,
    pub from_status: super::vendor::Status,
    pub to_status: super::vendor::Status,
    pub note: Option<String>,
    // JSON list of field and reason.
    pub reasons: Option<String>,
    pub actor_id: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
