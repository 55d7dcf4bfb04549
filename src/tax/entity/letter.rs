//! Table `tax_letters`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{ExemptionId, UserId, VendorId};

/// A letter that changes what is withheld from a shop, in its time. Only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_letters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExemptionId,
    pub vendor_id: VendorId,
    pub kind: Kind,
    // The number on the letter; a statement of the shop's own has none.
    pub document_no: Option<String>,
    pub valid_from: String,
    pub valid_to: String,
    pub recorded_by: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a letter says.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = TaxLetterKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The shop states that the year's turnover stays below the threshold.
    LowTurnover,
    /// The shop states that it crossed the threshold; from then on tax is withheld.
    Crossed,
    /// The tax office: nothing is withheld (SKB).
    Exempt,
    /// The tax office: the final tax instead (Surat Keterangan PP 55).
    FinalTax,
}
