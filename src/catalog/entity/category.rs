//! Table `categories`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::CategoryId;

/// One branch of the category tree.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "categories")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CategoryId,
    pub slug: String,
    pub name_id: String,
    pub name_en: String,
    pub parent_id: Option<CategoryId>,
    pub tax_class: TaxClass,
    pub account_codes: String,
    pub required_papers: String,
    pub position: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The nature of goods for taxes; whether a tax is due also depends on the seller.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TaxClass {
    /// VAT, standard.
    PpnStandard,
    /// VAT with luxury tax.
    PpnLuxury,
    /// Free of VAT.
    PpnExempt,
    /// Regional tax on catered food.
    PbjtFood,
    /// No tax.
    None,
}
