//! Table `disputes`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::Actor;
use crate::kernel::{DisputeId, OrderId, ReturnId, Rupiah, UserId};

/// A quarrel about an order that the office decides.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disputes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DisputeId,
    pub order_id: OrderId,
    pub return_id: Option<ReturnId>,
    pub status: Status,
    pub opened_as: Actor,
    pub opened_by: UserId,
    pub reason: Reason,
    pub text: Option<String>,
    pub outcome: Option<Outcome>,
    pub amount: Option<Rupiah>,
    pub payer: Option<Payer>,
    pub restock: bool,
    pub ruling: Option<String>,
    pub ended_by: Option<UserId>,
    pub ended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a quarrel stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = DisputeStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The office has to decide.
    Open,
    /// Who opened it thought better of it.
    Withdrawn,
    /// Decided.
    Ruled,
}

/// What it is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = DisputeReason)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The goods did not come.
    NotDelivered,
    /// Not all of them came.
    Incomplete,
    /// They came broken.
    Damaged,
    /// They are something else.
    NotAsDescribed,
    /// The shop refused a return.
    ReturnRefused,
    /// The shop does not say that it has the goods back.
    ReturnNotProcessed,
    /// What came back to the shop is not what it sold.
    ReturnWrong,
    /// Otherwise; the text says how.
    Other,
}

/// What the office decided.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = DisputeOutcome)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All that is left of the money goes back.
    RefundFull,
    /// A part of it goes back.
    RefundPart,
    /// Nothing goes back.
    None,
}

/// Who bears what goes back.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = DisputePayer)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The shop.
    Vendor,
}
