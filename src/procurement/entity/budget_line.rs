//! Table `budget_lines`.

use sea_orm::entity::prelude::*;

use crate::kernel::{BudgetLineId, Rupiah, UserId, WorkUnitId};
use crate::procurement::model::FundSource;

/// One line of the budget of a work unit in a fiscal year. The parts never pass the ceiling, by constraint.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BudgetLineId,
    pub unit_id: WorkUnitId,
    pub year: i32,
    pub sub_activity: String,
    pub title: String,
    pub account_code: String,
    pub fund_source: FundSource,
    // Empty where the plan has no number, so that uniqueness covers those lines, too.
    pub rup_code: String,
    pub ceiling: Rupiah,
    pub reserved: Rupiah,
    pub committed: Rupiah,
    pub spent: Rupiah,
    pub version: i32,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
