//! Table `news`.

use sea_orm::entity::prelude::*;

use crate::kernel::{JobId, NewsId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "news")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NewsId,
    /// The job that carries it to people, together with what was told in the same breath.
    pub job_id: JobId,
    pub kind: String,
    pub audience: String,
    pub audience_id: Uuid,
    pub object_kind: String,
    pub object_id: Uuid,
    // JSON, without personal values.
    pub data: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
