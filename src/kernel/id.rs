//! One id type per table: the wrong one does not compile.

use std::fmt;
use std::str::FromStr;

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType,
            utoipa::ToSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id; later ids sort after earlier ones (UUIDv7, RFC 9562).
            #[expect(clippy::disallowed_methods, reason = "ids are made here and nowhere else")]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        // The ORM asks this of every key type; a UUID is never made from a number.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    /// One person who can sign in.
    UserId,
    /// One login on one device.
    SessionId,
    /// One key of a program.
    ApiKeyId,
    /// One secret that is good once.
    OneTimeTokenId,
    /// One change of an e-mail address or phone number under way.
    ContactChangeId,
    /// One code for when the second factor is lost.
    RecoveryCodeId,
    /// One invitation to a role.
    InvitationId,
    /// One agreement given or taken back.
    ConsentId,
    /// One saved address.
    AddressId,
    /// One thing that somebody did.
    AuditEventId,
    /// One role held by one person.
    MembershipId,
    /// One office of the regency that buys.
    WorkUnitId,
    /// One shop.
    VendorId,
    /// One decision of the office about a shop.
    VendorReviewId,
    /// One paper of a shop.
    PaperId,
    /// One account at a bank.
    BankAccountId,
    /// One branch of the category tree.
    CategoryId,
    /// One attribute of a category.
    AttributeId,
    /// One price of a variant in its time.
    PriceId,
    /// One product page.
    ProductId,
    /// One decision about a product page.
    ProductReviewId,
    /// One edit of a product that waits.
    ProductRevisionId,
    /// One word that no listing may carry.
    BannedWordId,
    /// One report of somebody about a product or a shop.
    ContentReportId,
    /// One list of products that a shop sent.
    ProductImportId,
    /// One line of the report of an import.
    ProductImportNoteId,
    /// One picture of a product.
    ImageId,
    /// One thing that can be bought.
    VariantId,
    /// One change of a stock count.
    MovementId,
    /// One stocktaking.
    StockCountId,
    /// One shopping cart.
    CartId,
    /// One checkout over one or more shops.
    PurchaseId,
    /// The part of a purchase that one shop fulfils.
    OrderId,
    /// One article of an order.
    OrderLineId,
    /// One move of an order.
    OrderEventId,
    /// One act around an order that is no move of it.
    OrderActId,
    /// One file that belongs to an order.
    OrderFileId,
    /// One parcel of an order.
    ShipmentId,
    /// Goods of an order that go back.
    ReturnId,
    /// One quarrel about an order.
    DisputeId,
    /// One contribution to a quarrel.
    DisputePostId,
    /// What a buyer and a shop say to each other.
    ConversationId,
    /// One message of a conversation.
    MessageId,
    /// The payment of one purchase.
    PaymentId,
    /// Money that goes back to the buyer.
    RefundId,
    /// A part of it that is for one line of the order.
    RefundLineId,
    /// Money that goes to a shop.
    PayoutId,
    /// Payouts that go to the bank together.
    PayoutBatchId,
    /// One rule of a tax in its time.
    TaxRuleId,
    /// One tax of one line of an order.
    OrderTaxId,
    /// One rule of the commission in its time.
    CommissionRuleId,
    /// One letter that keeps a tax from being withheld.
    ExemptionId,
    /// One attempt to get a payment through a gateway.
    ChargeId,
    /// One message of a gateway.
    ProviderEventId,
    /// Money on its way back to a buyer.
    RepaymentId,
    /// One statement of the bank.
    BankStatementId,
    /// One line of it.
    BankLineId,
    /// One place where money is.
    AccountId,
    /// One movement of money between two accounts.
    TransferId,
    /// Transfers that happened together.
    TransactionId,
    /// One uploaded file that is not a picture of a product.
    FileId,
    /// One piece of work to do later.
    JobId,
    /// One thing that somebody should hear of.
    NewsId,
    /// One entry in the list of what a person should know.
    NotificationId,
    /// One paper with a number.
    DocumentId,
    /// One running process of the service.
    InstanceId,
    /// One HTTP request.
    RequestId,
    /// One list of shops that the office sent.
    VendorImportId,
    /// One line of the report about such a list.
    ImportNoteId,
    /// One row that may be a shop which is there already.
    VendorDuplicateId,
    /// One answer of a shop to a survey.
    VendorSurveyId,
    /// One training.
    TrainingId,
    /// One code with which a shop is claimed.
    ClaimCodeId,
    /// One workbook that reports are written into.
    ReportTemplateId,
    /// Two shops that became one.
    VendorMergeId,
    /// One day on which nobody works.
    HolidayId,
    /// One rule about which duties different people have, in its time.
    DutyRuleId,
    /// One step of the ladder of approvals, in its time.
    ApprovalRuleId,
    /// One line of the budget of a work unit.
    BudgetLineId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let made: Vec<OrderId> = (0..100).map(|_| OrderId::generate()).collect();
        let mut sorted = made.clone();
        sorted.sort();
        assert_eq!(made, sorted);
    }
}
