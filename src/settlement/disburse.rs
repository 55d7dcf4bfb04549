//! How payouts reach bank accounts: by a file that people carry to the bank, or by a program that does it by itself.

use std::future::Future;
use std::pin::Pin;

use crate::config::{Disburser as Chosen, SandboxOutcome};
use crate::kernel::{PayoutId, Rupiah};

/// What is asked of the bank; the id is the key under which it does it once.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub id: PayoutId,
    pub amount: Rupiah,
}

/// What the bank said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The money is there.
    Paid,
    /// It could not be paid, and never will be under this key.
    Failed,
    /// The bank does not know yet, or did not answer.
    Unknown,
}

type Said<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// A program that pays out.
pub trait Disburser: Send + Sync {
    /// Pays. Whatever is not a clear answer is `Unknown`, and is asked back, never sent again.
    fn send(&self, order: Order) -> Said<'_>;

    /// What became of an order.
    fn ask(&self, id: PayoutId) -> Said<'_>;
}

/// A bank that plays, and that can lose its answer or the order.
struct Sandbox(SandboxOutcome);

impl Disburser for Sandbox {
    fn send(&self, _: Order) -> Said<'_> {
        let answer = match self.0 {
            SandboxOutcome::Paid => Answer::Paid,
            SandboxOutcome::Failed => Answer::Failed,
            SandboxOutcome::Timeout | SandboxOutcome::Lost => Answer::Unknown,
        };
        Box::pin(std::future::ready(answer))
    }

    fn ask(&self, _: PayoutId) -> Said<'_> {
        let answer = match self.0 {
            // It did its work, only the answer was lost.
            SandboxOutcome::Paid | SandboxOutcome::Timeout => Answer::Paid,
            SandboxOutcome::Failed | SandboxOutcome::Lost => Answer::Failed,
        };
        Box::pin(std::future::ready(answer))
    }
}

/// The program that the settings name; none where a file is carried to the bank.
pub fn disburser(chosen: Chosen, sandbox: SandboxOutcome) -> Option<Box<dyn Disburser>> {
    match chosen {
        Chosen::BankFile => None,
        Chosen::Sandbox => Some(Box::new(Sandbox(sandbox))),
    }
}
