//! Table `audit_events`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ApiKeyId, AuditEventId, UserId};

/// One thing that somebody did; never changed, never deleted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    // Nobody: the service itself, or a visitor.
    pub actor_id: Option<UserId>,
    pub acting_as: String,
    pub api_key_id: Option<ApiKeyId>,
    pub action: String,
    pub object_kind: String,
    pub object_id: Uuid,
    // JSON of references and commitments; personal values have no place here.
    pub detail: String,
    // Under the key of the actor.
    pub address_sealed: Option<String>,
    pub request_id: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
