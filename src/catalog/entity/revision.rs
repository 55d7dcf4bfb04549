//! Table `product_revisions`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{ProductId, ProductRevisionId, UserId, VendorId};

/// An edit of a published product that waits for an officer; the public still sees the product as it was.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductRevisionId,
    pub product_id: ProductId,
    pub vendor_id: VendorId,
    pub status: Status,
    // What is to change of what the public reads, JSON; see `model::content`.
    pub edit: String,
    pub note: Option<String>,
    // Rises whenever more is added.
    pub version: i32,
    pub created_by: UserId,
    // Who added last; whatever is made of it is booked under this name.
    pub updated_by: UserId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where an edit stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ProductRevisionStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits.
    Pending,
    /// The product was changed.
    Approved,
    /// The product stays as it was.
    Rejected,
    /// The shop thought better of it.
    Withdrawn,
}
