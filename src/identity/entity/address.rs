//! Table `addresses`.

use sea_orm::entity::prelude::*;

use crate::kernel::{AddressId, ShippingAddress, UserId};

/// An address that a person saved for the next order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "addresses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AddressId,
    pub user_id: UserId,
    pub label: String,
    pub recipient: String,
    pub phone: String,
    pub line: String,
    pub district_code: String,
    pub village_code: Option<String>,
    pub post_code: Option<String>,
    pub note: Option<String>,
    pub is_default: bool,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// As an order takes it.
    pub fn shipping(&self) -> ShippingAddress {
        ShippingAddress {
            recipient: self.recipient.clone(),
            phone: self.phone.clone(),
            line: self.line.clone(),
            district_code: self.district_code.clone(),
            village_code: self.village_code.clone(),
            post_code: self.post_code.clone(),
            note: self.note.clone(),
        }
    }
}
