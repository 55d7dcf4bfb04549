//! Table `vendor_storefronts`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ImageId, VendorId};

/// How a shop presents itself; a shop that said nothing yet has no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_storefronts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    pub story: String,
    // JSON list of opening hours.
    pub hours: String,
    // JSON of the place where goods are picked up.
    pub pickup: Option<String>,
    // The day on which it opens again, `2026-11-24`.
    pub reopens_on: Option<String>,
    pub holiday_note: Option<String>,
    pub logo_id: Option<ImageId>,
    pub banner_id: Option<ImageId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
