//! Table `provider_events`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{ChargeId, ProviderEventId, Rupiah, UserId};

/// What a gateway said; stored as it came, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProviderEventId,
    pub provider: String,
    pub event_id: String,
    pub reference: String,
    pub provider_ref: String,
    pub charge_id: Option<ChargeId>,
    pub state: String,
    pub amount: Option<Rupiah>,
    pub currency: String,
    pub body: String,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub resolved_by: Option<UserId>,
    pub received_at: DateTimeUtc,
    pub handled_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What became of a message.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ProviderEventOutcome)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not looked at yet.
    Received,
    /// It was so, and is in the books.
    Applied,
    /// Nothing new.
    Ignored,
    /// It does not fit; a person has to look.
    Review,
    /// A person looked.
    Resolved,
}
