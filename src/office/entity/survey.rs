//! Table `vendor_surveys`, which only grows.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{Rupiah, UserId, VendorId, VendorImportId, VendorSurveyId};

/// One answer of a shop about one period. The latest row of a period and method is the one that counts.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_surveys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VendorSurveyId,
    pub vendor_id: VendorId,
    pub period: String,
    pub method: Method,
    // How many months the turnover is of: 1 for "a month".
    pub months: i32,
    pub currency: String,
    pub turnover: Option<Rupiah>,
    pub turnover_local: Option<Rupiah>,
    pub turnover_domestic: Option<Rupiah>,
    pub turnover_export: Option<Rupiah>,
    pub online_percent: Option<i32>,
    pub sells_online: Option<bool>,
    // With `;` between them.
    pub export_countries: Option<String>,
    pub workers_male: Option<i32>,
    pub workers_female: Option<i32>,
    pub actor_id: Option<UserId>,
    pub import_id: Option<VendorImportId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where the figures come from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The shop says so.
    Declared,
    /// Added up from completed orders.
    PlatformComputed,
}
