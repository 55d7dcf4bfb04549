//! Table `ledger_transfers`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{AccountId, OrderId, PaymentId, Rupiah, TransactionId, TransferId};

/// One movement of money; immutable.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_transfers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TransferId,
    pub transaction_id: TransactionId,
    pub cause_kind: CauseKind,
    pub cause_id: Uuid,
    pub debit_account: AccountId,
    pub credit_account: AccountId,
    pub amount: Rupiah,
    pub kind: Kind,
    pub payment_id: Option<PaymentId>,
    pub order_id: Option<OrderId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why money moved.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = TransferKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The buyer's money came in.
    Capture,
    /// Assigned to one order of the purchase.
    Hold,
    /// The order completed; the shop has earned it.
    Release,
    /// The order ended; the buyer gets it back.
    RefundDue,
    /// It left for the buyer.
    RefundPaid,
    /// The shop had the cash all along, so the platform owes it nothing.
    KeptByShop,
    /// A sale of the shop's own is called off: its cash is back in the books.
    GivenBack,
    /// The same: what the shop had earned is held again.
    Recalled,
    /// The order completed; the platform's part of it.
    Commission,
    /// The order completed; taxes that the platform remits.
    TaxWithheld,
    /// The courier's part of an order.
    ToCourier,
    /// A debt of the shop is paid from what it earned.
    Netted,
    /// Claimed for a payout to the shop.
    PayoutDue,
    /// The payout left.
    PayoutPaid,
    /// The payout could not be made: it is the shop's again.
    PayoutReturned,
    /// Money of a gateway arrived on the bank account.
    Settled,
    /// Money came in that nothing explains.
    Unmatched,
    /// It was explained, or sent back.
    Matched,
    /// What a gateway or a bank charged.
    GatewayFee,
    /// A discount that the platform pays for.
    Discount,
    /// A person in finance puts something right.
    Correction,
}

/// What made money move.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// The payment of a purchase.
    Payment,
    /// An order that came to its end.
    Order,
    /// A refund.
    Refund,
    /// A payout to a shop.
    Payout,
    /// An attempt at a provider.
    Charge,
    /// A line of a bank statement.
    BankLine,
    /// A decision of a person.
    Correction,
}
