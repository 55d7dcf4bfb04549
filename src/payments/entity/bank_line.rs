//! Table `bank_lines`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{BankLineId, BankStatementId, PaymentId, Rupiah, UserId};

/// One line of a statement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BankLineId,
    pub statement_id: BankStatementId,
    // A hash of what it says: the same line is stored once.
    pub line_key: String,
    pub position: i32,
    pub booked_on: String,
    pub description: String,
    pub direction: Direction,
    pub amount: Rupiah,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub payment_id: Option<PaymentId>,
    pub decided_by: Option<UserId>,
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where the money went.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = BankLineDirection)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It came in.
    Credit,
    /// It left.
    Debit,
}

/// What became of a line.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = BankLineOutcome)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not looked at yet.
    New,
    /// It is the money of a payment.
    Matched,
    /// Nobody knows what it is for; a person has to look.
    Unmatched,
    /// A person says that it is none of the market's.
    Other,
    /// Money that left; nothing is matched.
    Outgoing,
}
