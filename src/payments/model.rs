//! The state machine of payments and what a buyer is told to do: pure rules.

pub mod statement;

use serde::Serialize;
use utoipa::ToSchema;

use super::entity::charge;
use super::entity::payment::Status;
use crate::config::{self, Custody, Provider};
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

    /// True while the buyer can still pay.
    pub fn is_open(self) -> bool {
        matches!(self, Pending | ProofSubmitted)
    }

    /// True while no money came: what comes now is the money of the purchase, be it too late.
    pub fn awaits_money(self) -> bool {
        matches!(self, Pending | ProofSubmitted | Expired | Cancelled)
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
        /// To be written on the transfer: by it the money is found at once.
        reference: Option<String>,
        /// POST the proof here.
        proof: String,
    },
    /// Scan the code; without one it is being made, or has to be tried again.
    Qris {
        /// To be shown as a QR code.
        payload: Option<String>,
        amount: Rupiah,
        /// Where the attempt stands.
        charge: charge::Status,
        /// POST here for a new code.
        retry: String,
    },
    /// Transfer the exact amount to the number; without one it is being made, or has to be tried again.
    VirtualAccount {
        bank: Option<String>,
        number: Option<String>,
        amount: Rupiah,
        /// Where the attempt stands.
        charge: charge::Status,
        /// POST here for a new number.
        retry: String,
    },
    /// Pay the shop itself, by its code or into its account; it says that the money came.
    DirectToVendor {
        bank_code: Option<String>,
        account: Option<String>,
        name: Option<String>,
        /// The shop's code with the amount, to be shown as a QR code.
        qris: Option<String>,
        amount: Rupiah,
        /// To be written on the transfer.
        reference: Option<String>,
    },
    /// Have the cash ready.
    Cod {
        /// What the courier collects, over all orders.
        amount: Rupiah,
    },
    /// Nothing: the shop has the cash.
    Cash,
}

/// True if a buyer can choose the method: what custody allows, and what somebody serves.
pub fn is_offered(settings: &config::Payments, method: PaymentMethod) -> bool {
    let held = settings.custody != Custody::None;
    match method {
        PaymentMethod::Sandbox => settings.sandbox,
        PaymentMethod::ManualTransfer => settings.custody == Custody::BankEscrow,
        PaymentMethod::Qris => held && settings.qris != Provider::Off,
        PaymentMethod::VirtualAccount => held && settings.virtual_account != Provider::Off,
        PaymentMethod::DirectToVendor | PaymentMethod::Cod => true,
        // For the shop to enter.
        PaymentMethod::Cash => false,
    }
}

/// Characters of a reference.
const REFERENCE_LEN: usize = 11;
/// Crockford's base 32: no letters that are mistaken for digits.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a buyer writes on a transfer, e.g. `BYR7F3K9QXB`: 40 random bits of the id. The amount stays the price to the rupiah;
/// a unique code added to it would be money that nobody owes.
pub fn reference(id: PaymentId) -> String {
    let random = id.0.as_u128();
    let code = (0..8).rev().map(|place| char::from(DIGITS[((random >> (place * 5)) & 31) as usize]));
    "BYR".chars().chain(code).collect()
}

/// The reference that these characters are, with letters that people mistake put right.
fn reference_code(text: &[char]) -> Option<String> {
    let code = text.strip_prefix(&['B', 'Y', 'R'])?;
    let right = code.iter().map(|c| match c {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        c => u8::try_from(*c).ok().filter(|byte| DIGITS.contains(byte)).map(char::from),
    });
    right.collect::<Option<String>>().map(|code| format!("BYR{code}"))
}

/// What the buyer has to do for a payment, before anybody else has said something.
pub fn instructions(
    settings: &config::Payments,
    method: PaymentMethod,
    (id, reference): (PaymentId, Option<&str>),
    amount: Rupiah,
) -> Instructions {
    let reference = reference.map(str::to_owned);
    let retry = format!("/v1/payments/{id}/retry");
    let charge = charge::Status::Creating;
    match method {
        PaymentMethod::Qris => Instructions::Qris { payload: None, amount, charge, retry },
        PaymentMethod::VirtualAccount => {
            Instructions::VirtualAccount { bank: None, number: None, amount, charge, retry }
        }
        PaymentMethod::DirectToVendor => Instructions::DirectToVendor {
            bank_code: None,
            account: None,
            name: None,
            qris: None,
            amount,
            reference,
        },
        PaymentMethod::Sandbox => Instructions::Sandbox {
            settle: format!("/v1/sandbox/payments/{id}/settle"),
            fail: format!("/v1/sandbox/payments/{id}/fail"),
        },
        PaymentMethod::ManualTransfer => Instructions::ManualTransfer {
            bank: settings.transfer_bank.clone(),
            account: settings.transfer_account.clone(),
            name: settings.transfer_name.clone(),
            amount,
            reference,
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
