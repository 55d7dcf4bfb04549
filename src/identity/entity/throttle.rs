//! Table `throttles`.

use sea_orm::entity::prelude::*;

/// Attempts of one kind on one account or from one network, counted for all processes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "throttles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub attempts: i32,
    pub since: DateTimeUtc,
    pub blocked_until: Option<DateTimeUtc>,
    // Forgotten after this.
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
