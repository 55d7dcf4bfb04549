//! Table `training_participants`.

use sea_orm::entity::prelude::*;

use crate::kernel::{TrainingId, VendorId};

/// A shop whose people took a training.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "training_participants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub training_id: TrainingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
