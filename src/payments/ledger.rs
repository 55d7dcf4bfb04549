//! The books: every movement of money is an immutable transfer from one account to another, so they always balance.
//!
//! An account with a limit keeps its balance (credits minus debits, never below zero); the accounts of the whole
//! platform are sums of their transfers, so that no row is touched by every payment.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::entity::account::{self, Kind as AccountKind};
use super::entity::transfer::{self, Kind};
use super::error::PaymentError;
use crate::kernel::{AccountId, OrderId, PaymentId, PurchaseId, Rupiah, TransactionId, TransferId, VendorId};

/// One account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    kind: AccountKind,
    owner: Uuid,
}

impl Account {
    /// Money that came in from outside or went out.
    pub const CLEARING: Self = Self { kind: AccountKind::Clearing, owner: Uuid::nil() };
    /// Cash in the hands of shops and couriers.
    pub const CASH: Self = Self { kind: AccountKind::CashOnDelivery, owner: Uuid::nil() };
    /// Owed back to buyers.
    pub const REFUNDS_DUE: Self = Self { kind: AccountKind::RefundsDue, owner: Uuid::nil() };

    /// Captured for a purchase.
    pub fn escrow(purchase: PurchaseId) -> Self {
        Self { kind: AccountKind::Escrow, owner: purchase.0 }
    }

    /// Held for a shop.
    pub fn held(vendor: VendorId) -> Self {
        Self { kind: AccountKind::VendorHeld, owner: vendor.0 }
    }

    /// Owed to a shop.
    pub fn payable(vendor: VendorId) -> Self {
        Self { kind: AccountKind::VendorPayable, owner: vendor.0 }
    }
}

impl AccountKind {
    /// True if the account may not fall below zero and therefore keeps its balance.
    pub fn has_limit(self) -> bool {
        matches!(self, Self::Escrow | Self::VendorHeld | Self::VendorPayable)
    }
}

/// A movement that is about to be booked.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Why.
    pub kind: Kind,
    /// Where the money leaves.
    pub debit: Account,
    /// Where it arrives.
    pub credit: Account,
    /// How much; nothing is booked for zero.
    pub amount: Rupiah,
    /// For which order; `None` if for the whole payment.
    pub order_id: Option<OrderId>,
}

/// Books movements of one payment as one transaction of the ledger.
///
/// A unique key on (kind, payment, order) refuses to book the same thing twice.
pub async fn post(
    txn: &DatabaseTransaction,
    payment_id: PaymentId,
    entries: &[Entry],
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let entries: Vec<Entry> = entries.iter().filter(|entry| !entry.amount.is_zero()).copied().collect();
    if entries.is_empty() {
        return Ok(());
    }
    let ids = open_accounts(txn, &entries, now).await?;
    change_balances(txn, &entries, &ids).await?;
    let transaction_id = TransactionId::generate();
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        rows.push(transfer::ActiveModel {
            id: Set(TransferId::generate()),
            transaction_id: Set(transaction_id),
            debit_account: Set(id_of(&ids, entry.debit)?),
            credit_account: Set(id_of(&ids, entry.credit)?),
            amount: Set(entry.amount),
            kind: Set(entry.kind),
            payment_id: Set(payment_id),
            order_id: Set(entry.order_id),
            created_at: Set(now),
        });
    }
    transfer::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(())
}

type Ids = HashMap<Account, AccountId>;

fn id_of(ids: &Ids, account: Account) -> Result<AccountId, PaymentError> {
    ids.get(&account).copied().ok_or_else(|| PaymentError::Limit(format!("{account:?} (missing)")))
}

/// Makes the accounts that are new and finds the ids of all.
async fn open_accounts(
    txn: &DatabaseTransaction,
    entries: &[Entry],
    now: DateTime<Utc>,
) -> Result<Ids, PaymentError> {
    let mut accounts: Vec<Account> = entries.iter().flat_map(|entry| [entry.debit, entry.credit]).collect();
    accounts.sort_by_key(|account| (account.owner, account.kind.has_limit(), format!("{:?}", account.kind)));
    accounts.dedup();
    let found = find_accounts(txn, &accounts).await?;
    let missing: Vec<Account> =
        accounts.iter().filter(|account| !found.contains_key(account)).copied().collect();
    if missing.is_empty() {
        return Ok(found);
    }
    let rows = missing.into_iter().map(|account| account::ActiveModel {
        id: Set(AccountId::generate()),
        kind: Set(account.kind),
        owner_id: Set(account.owner),
        balance: Set(account.kind.has_limit().then_some(0)),
        created_at: Set(now),
    });
    // Another payment may open the same account at the same moment.
    let once = OnConflict::columns([account::Column::Kind, account::Column::OwnerId]).do_nothing().to_owned();
    account::Entity::insert_many(rows).on_conflict(once).exec_without_returning(txn).await?;
    find_accounts(txn, &accounts).await
}

async fn find_accounts(txn: &DatabaseTransaction, accounts: &[Account]) -> Result<Ids, PaymentError> {
    let mut any = Condition::any();
    for account in accounts {
        any = any.add(account::Column::Kind.eq(account.kind).and(account::Column::OwnerId.eq(account.owner)));
    }
    let rows = account::Entity::find().filter(any).all(txn).await?;
    Ok(rows.into_iter().map(|row| (Account { kind: row.kind, owner: row.owner_id }, row.id)).collect())
}

/// Adds the net change of each account with a limit, in the order of their ids; the guard is the `WHERE`.
async fn change_balances(
    txn: &DatabaseTransaction,
    entries: &[Entry],
    ids: &Ids,
) -> Result<(), PaymentError> {
    let mut changes: BTreeMap<AccountId, (Account, i64)> = BTreeMap::new();
    for entry in entries {
        for (account, sign) in [(entry.debit, -1), (entry.credit, 1)] {
            if account.kind.has_limit() {
                let change = &mut changes.entry(id_of(ids, account)?).or_insert((account, 0)).1;
                *change += sign * entry.amount.get();
            }
        }
    }
    for (id, (account, change)) in changes.into_iter().filter(|(_, (_, change))| *change != 0) {
        let changed = account::Entity::update_many()
            .col_expr(account::Column::Balance, Expr::col(account::Column::Balance).add(change))
            .filter(account::Column::Id.eq(id))
            .filter(Expr::col(account::Column::Balance).add(change).gte(0))
            .exec(txn)
            .await?;
        if changed.rows_affected != 1 {
            return Err(PaymentError::Limit(format!("{account:?}")));
        }
    }
    Ok(())
}
