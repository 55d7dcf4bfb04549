//! The state machine of payments and what a buyer is told to do: pure rules.

use serde::Serialize;
use utoipa::ToSchema;

use super::entity::payment::Status;
use crate::config;
use crate::kernel::{PaymentId, Rupiah};
use crate::orders::entity::purchase::PaymentMethod;

use Status::{Cancelled, Expired, Paid, PartiallyRefunded, Pending, ProofSubmitted, RefundPending, Refunded};

/// Every legal move. There is no other list; nothing ever goes back to waiting once money came.
const MOVES: &[(Status, Status)] = &[
    (Pending, ProofSubmitted),
    (Pending, Paid),
    (Pending, Expired),
    (Pending, Cancelled),
    // Finance could not find the money behind a proof.
    (ProofSubmitted, Pending),
    (ProofSubmitted, Paid),
    (ProofSubmitted, Cancelled),
    (ProofSubmitted, Expired),
    // Money that comes too late is kept if the goods are still there, and sent back otherwise.
    (Expired, Paid),
    (Expired, RefundPending),
    (Cancelled, RefundPending),
    (Paid, RefundPending),
    (Paid, PartiallyRefunded),
    (PartiallyRefunded, RefundPending),
    (PartiallyRefunded, Refunded),
    (RefundPending, PartiallyRefunded),
    (RefundPending, Refunded),
];

impl Status {
    /// True if a payment may move from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        MOVES.contains(&(self, next))
    }

    /// The states from which a payment may move to `next`.
    pub fn before(next: Self) -> impl Iterator<Item = Self> {
        MOVES.iter().filter(move |(_, to)| *to == next).map(|(from, _)| *from)
    }

    /// True while the buyer can still pay.
    pub fn is_open(self) -> bool {
        matches!(self, Pending | ProofSubmitted)
    }
}

/// Where a payment stands once `refunded` of `amount` went back.
pub fn after_refund(amount: Rupiah, refunded: Rupiah) -> Status {
    if refunded >= amount { Refunded } else { PartiallyRefunded }
}

/// What the buyer has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Instructions {
    /// Settle or fail it by hand.
    Sandbox {
        /// POST here to pay.
        settle: String,
        /// POST here to let it fail.
        fail: String,
    },
    /// Transfer the exact amount, then upload the proof.
    ManualTransfer {
        bank: String,
        account: String,
        name: String,
        amount: Rupiah,
        /// POST the proof here.
        proof: String,
    },
    /// Have the cash ready.
    Cod {
        /// What the courier collects, over all orders.
        amount: Rupiah,
    },
    /// Nothing: the shop has the cash.
    Cash,
}

/// What the buyer has to do for a payment.
pub fn instructions(
    settings: &config::Payments,
    method: PaymentMethod,
    id: PaymentId,
    amount: Rupiah,
) -> Instructions {
    match method {
        PaymentMethod::Sandbox => Instructions::Sandbox {
            settle: format!("/v1/sandbox/payments/{id}/settle"),
            fail: format!("/v1/sandbox/payments/{id}/fail"),
        },
        PaymentMethod::ManualTransfer => Instructions::ManualTransfer {
            bank: settings.transfer_bank.clone(),
            account: settings.transfer_account.clone(),
            name: settings.transfer_name.clone(),
            amount,
            proof: format!("/v1/payments/{id}/proof"),
        },
        PaymentMethod::Cod => Instructions::Cod { amount },
        PaymentMethod::Cash => Instructions::Cash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;

    #[test]
    fn paid_never_goes_back_to_waiting() {
        for from in [Paid, PartiallyRefunded, RefundPending, Refunded] {
            for to in [Pending, ProofSubmitted, Expired, Cancelled] {
                assert!(!from.may_become(to), "{from:?} -> {to:?}");
            }
        }
        assert!(Status::iter().all(|next| !Refunded.may_become(next)));
    }

    #[test]
    fn a_refund_of_everything_is_refunded() {
        let rp = |amount| Rupiah::new(amount).unwrap();
        assert_eq!(after_refund(rp(100), rp(99)), PartiallyRefunded);
        assert_eq!(after_refund(rp(100), rp(100)), Refunded);
    }
}
