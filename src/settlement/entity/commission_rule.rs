//! Table `commission_rules`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{CommissionRuleId, Rupiah, UserId};

/// What the platform takes of a sale from a day on; never changed, only followed by a later rule.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "commission_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommissionRuleId,
    pub scope: Scope,
    // A category or a shop; the nil id for everything.
    pub scope_id: Uuid,
    pub rate_bp: i32,
    pub floor: Rupiah,
    pub cap: Option<Rupiah>,
    pub on_shipping: bool,
    pub tax_bp: i32,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub note: Option<String>,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Of whose sales, the widest first.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[schema(as = CommissionScope)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everybody's.
    Global,
    /// Those of a category and of the categories in it.
    Category,
    /// Those of one shop.
    Vendor,
}
