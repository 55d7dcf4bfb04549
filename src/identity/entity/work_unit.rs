//! Table `work_units`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::WorkUnitId;

/// One office of the regency that buys.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_units")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WorkUnitId,
    pub code: String,
    pub name: String,
    pub kind: Kind,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of office it is; rules of buying may differ by it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = WorkUnitKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Perangkat daerah.
    #[default]
    Skpd,
    /// Part of one: UPTD, bagian.
    SubUnit,
    /// District office.
    District,
    /// School.
    School,
    /// Puskesmas or hospital.
    Health,
}
