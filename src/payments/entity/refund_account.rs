//! Table `refund_accounts`.

use sea_orm::entity::prelude::*;

use crate::kernel::{PaymentId, UserId};

/// Where a buyer wants money back that cannot go the way it came.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment_id: PaymentId,
    pub buyer_id: UserId,
    pub bank_code: String,
    // Encrypted under the key of the person.
    pub number_sealed: String,
    pub holder_sealed: String,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
