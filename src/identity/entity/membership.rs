//! Table `memberships`.

use sea_orm::entity::prelude::*;

use crate::kernel::{MembershipId, UserId};

/// One role of one person: on the platform (nil scope id), in a shop or in a work unit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub user_id: UserId,
    // `platform`, `vendor` or `unit`.
    pub scope: String,
    pub scope_id: Uuid,
    pub role: String,
    // Areas that staff of a shop is limited to, with blanks between; nothing: all.
    pub permissions: Option<String>,
    // The decree that appoints to a role in a work unit, and when it holds.
    pub decree: Option<String>,
    pub valid_from: Option<DateTimeUtc>,
    pub valid_to: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
