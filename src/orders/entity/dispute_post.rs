//! Table `dispute_posts`.

use sea_orm::entity::prelude::*;

use super::event::Actor;
use crate::kernel::{DisputeId, DisputePostId, UserId};

/// What somebody said about a quarrel; both sides and the office read it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dispute_posts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DisputePostId,
    pub dispute_id: DisputeId,
    pub author: Actor,
    pub author_id: UserId,
    pub text: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
