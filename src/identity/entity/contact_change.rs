//! Table `contact_changes`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ContactChangeId, SessionId, UserId};

/// An e-mail address or phone number that is to be replaced, once both ends agree.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactChangeId,
    pub user_id: UserId,
    // `email` or `phone`.
    pub kind: String,
    pub new_value: String,
    // Nothing if there was none; then only the new end is asked.
    pub old_value: Option<String>,
    pub new_confirmed_at: Option<DateTimeUtc>,
    pub old_confirmed_at: Option<DateTimeUtc>,
    // The login that asked for it; it stays when the others end.
    pub session_id: Option<SessionId>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub done_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
