//! Table `invitations`.

use sea_orm::entity::prelude::*;

use crate::kernel::{InvitationId, UserId};

/// A role that waits for the person who holds the secret of the invitation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    // As in `memberships`.
    pub scope: String,
    pub scope_id: Uuid,
    pub role: String,
    pub permissions: Option<String>,
    pub decree: Option<String>,
    pub valid_from: Option<DateTimeUtc>,
    pub valid_to: Option<DateTimeUtc>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub hash: String,
    pub invited_by: UserId,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub accepted_at: Option<DateTimeUtc>,
    pub accepted_by: Option<UserId>,
    pub revoked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
