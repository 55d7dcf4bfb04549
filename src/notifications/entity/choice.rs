//! Table `notification_choices`.

use sea_orm::entity::prelude::*;

use crate::kernel::UserId;
use crate::notifications::model::{Channel, Topic};

/// What a person said about one topic and one channel; what was not said follows from the part the person plays.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_choices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: Topic,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: Channel,
    pub wanted: bool,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
