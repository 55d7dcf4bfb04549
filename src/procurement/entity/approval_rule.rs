//! Table `approval_rules`.

use sea_orm::entity::prelude::*;

use crate::identity::entity::work_unit;
use crate::kernel::{ApprovalRuleId, Rupiah, UserId};
use crate::procurement::model::Form;

/// Who approves above an amount. A later rule of the same code takes its place from its first day on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApprovalRuleId,
    pub code: String,
    // None: all kinds.
    pub unit_kind: Option<work_unit::Kind>,
    pub above: Rupiah,
    // Roles in their order, with blanks between.
    pub steps: String,
    pub form: Form,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub source: String,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
