//! Table `work_units`.

use sea_orm::entity::prelude::*;

use crate::kernel::WorkUnitId;

/// One office of the regency that buys.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_units")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WorkUnitId,
    pub code: String,
    pub name: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
