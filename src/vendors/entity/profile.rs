//! Table `vendor_profiles`.

use sea_orm::entity::prelude::*;

use crate::kernel::{Rupiah, VendorId};

/// What a shop is beside its core row; a shop that said nothing yet has no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_profiles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    pub sector: Option<String>,
    // Codes with blanks between.
    pub kbli: String,
    pub capital: Option<Rupiah>,
    pub turnover: Option<Rupiah>,
    pub is_pkp: bool,
    pub export_ready: bool,
    // ISO 3166-1 codes with blanks between.
    pub export_countries: String,
    // Encrypted: the name of a person.
    pub signer_sealed: Option<String>,
    pub signer_title: Option<String>,
    // Names of facts that changed after the office had looked, with blanks between.
    pub unreviewed: String,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
