//! Table `content_reports`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{ContentReportId, UserId};

/// What somebody says is wrong with a product or a shop.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content_reports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContentReportId,
    pub kind: Kind,
    pub object_id: Uuid,
    pub reporter_id: UserId,
    pub reason: Reason,
    pub text: Option<String>,
    pub status: Status,
    pub outcome: Option<Outcome>,
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
    pub closed_by: Option<UserId>,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What it is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ContentReportKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A product.
    Product,
    /// A shop.
    Vendor,
}

/// What is wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ContentReportReason)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is not what it says it is.
    Counterfeit,
    /// It may not be sold.
    Prohibited,
    /// Words or pictures promise too much.
    Misleading,
    /// It hurts people.
    Offensive,
    /// Somebody lost money.
    Fraud,
    /// Something else.
    Other,
}

/// Where a report stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ContentReportStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has decided.
    Open,
    /// An officer has.
    Closed,
}

/// What the officer found.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ContentReportOutcome)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was right; something was done.
    Upheld,
    /// There was nothing to it.
    Dismissed,
}
