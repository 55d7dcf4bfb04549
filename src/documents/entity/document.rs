//! Table `documents`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{DocumentId, Rupiah, UserId, VendorId};

/// An issued paper: its number and what is written on it, for ever.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "documents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DocumentId,
    pub kind: Kind,
    // A shop, or the nil id for the platform.
    pub issuer_id: Uuid,
    pub year: i32,
    pub serial: i64,
    pub number: String,
    // What the QR code names; it cannot be guessed.
    pub code: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub vendor_id: Option<VendorId>,
    pub buyer_id: Option<UserId>,
    pub total: Rupiah,
    // JSON that the template reads, without personal values.
    pub data: String,
    // JSON of the personal values, sealed under the key of the person.
    pub person_sealed: Option<String>,
    pub issued_by: Option<UserId>,
    pub issued_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a paper is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = DocumentKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What an order costs.
    Invoice,
    /// That money was received (kuitansi).
    Receipt,
    /// What is in the parcel (surat jalan).
    PackingSlip,
    /// What a shop earned and was paid.
    VendorStatement,
    /// That money goes back (nota kredit).
    CreditNote,
}
