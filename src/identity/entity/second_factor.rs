//! Table `second_factors`.

use sea_orm::entity::prelude::*;

use crate::kernel::UserId;

/// The secret that makes the six digits of an authenticator app (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    pub secret_sealed: String,
    // The last time step whose code was used: none is good twice.
    pub last_step: i64,
    pub created_at: DateTimeUtc,
    // Nothing until the person has shown a first code.
    pub confirmed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
