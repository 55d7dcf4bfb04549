//! Table `tax_rules`.

use sea_orm::entity::prelude::*;

use crate::catalog::entity::category::TaxClass;
use crate::kernel::{Rupiah, TaxRuleId, UserId};
use crate::tax::model::{Kind, Scheme};

/// One rule in its time. A later rule of the same code takes its place from its first day on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaxRuleId,
    pub code: String,
    pub scheme: Scheme,
    pub kind: Kind,
    pub tax_class: Option<TaxClass>,
    pub base_num: i64,
    pub base_den: i64,
    pub rate_num: i64,
    pub rate_den: i64,
    pub flat: Rupiah,
    pub threshold: Option<Rupiah>,
    pub no_npwp_factor: i32,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub source: String,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
