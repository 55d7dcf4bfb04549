//! The books: every movement of money is an immutable transfer from one account to another, so they always balance.
//!
//! An account with a limit keeps its balance (credits minus debits, never below zero; a debt never above); the accounts
//! of the whole platform are sums of their transfers, so that no row is touched by every payment.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::entity::account::{self, Kind as AccountKind};
use super::entity::transfer::{self, CauseKind, Kind};
use super::error::PaymentError;
use crate::kernel::{
    AccountId, OrderId, PaymentId, PayoutId, PurchaseId, RefundId, Rupiah, TransactionId, TransferId,
    VendorId,
};

/// One account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    kind: AccountKind,
    owner: Uuid,
}

impl Account {
    /// True for money that shops have in their own hands or on their own accounts.
    pub fn is_with_shops(self) -> bool {
        matches!(self.kind, AccountKind::CashOnDelivery | AccountKind::PaidToShop)
    }

    /// Money that came in from outside or went out.
    pub const CLEARING: Self = Self::platform(AccountKind::Clearing);
    /// Cash in the hands of shops and couriers.
    pub const CASH: Self = Self::platform(AccountKind::CashOnDelivery);
    /// Paid by buyers straight to shops.
    pub const PAID_TO_SHOP: Self = Self::platform(AccountKind::PaidToShop);
    /// Came in for nobody knows what.
    pub const UNMATCHED: Self = Self::platform(AccountKind::Unmatched);
    /// Owed back to buyers.
    pub const REFUNDS_DUE: Self = Self::platform(AccountKind::RefundsDue);
    /// On its way to shops.
    pub const PAYOUTS_DUE: Self = Self::platform(AccountKind::PayoutsDue);
    /// Earned by the platform.
    pub const FEES: Self = Self::platform(AccountKind::PlatformFees);

    /// The account of this kind that the whole platform has once.
    pub const fn platform(kind: AccountKind) -> Self {
        Self { kind, owner: Uuid::nil() }
    }

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

    /// Owed by a shop.
    pub fn debt(vendor: VendorId) -> Self {
        Self { kind: AccountKind::VendorDebt, owner: vendor.0 }
    }
}

/// What makes money move, so that nothing moves twice for the same cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The payment of a purchase.
    Payment(PaymentId),
    /// An order that came to its end.
    Order(OrderId, PaymentId),
    /// A refund of a payment.
    Refund(RefundId, PaymentId),
    /// A payout to a shop.
    Payout(PayoutId),
    /// An attempt at a provider.
    Charge(Uuid, Option<PaymentId>),
    /// A line of a bank statement.
    BankLine(Uuid, Option<PaymentId>),
}

impl Cause {
    fn stored(self) -> (CauseKind, Uuid, Option<PaymentId>) {
        match self {
            Self::Payment(id) => (CauseKind::Payment, id.0, Some(id)),
            Self::Order(id, payment) => (CauseKind::Order, id.0, Some(payment)),
            Self::Refund(id, payment) => (CauseKind::Refund, id.0, Some(payment)),
            Self::Payout(id) => (CauseKind::Payout, id.0, None),
            Self::Charge(id, payment) => (CauseKind::Charge, id, payment),
            Self::BankLine(id, payment) => (CauseKind::BankLine, id, payment),
        }
    }
}

impl AccountKind {
    /// True if the account keeps its balance, because it may not cross zero.
    pub fn has_limit(self) -> bool {
        matches!(self, Self::Escrow | Self::VendorHeld | Self::VendorPayable | Self::VendorDebt)
    }

    /// True for those who get a part of an order besides the shop.
    fn is_a_part(self) -> bool {
        matches!(
            self,
            Self::PlatformFees
                | Self::CourierPayable
                | Self::TaxPpn
                | Self::TaxPbjt
                | Self::TaxPph22
                | Self::TaxPph23
                | Self::TaxPphFinal
        )
    }

    /// The guard of a change: a debt stays at zero or below, everything else at zero or above.
    fn stays_legal(self, change: i64) -> Expr {
        let balance = Expr::col(account::Column::Balance).add(change);
        if self == Self::VendorDebt { balance.lte(0) } else { balance.gte(0) }
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

/// Books movements of one cause as one transaction of the ledger.
///
/// A unique key on (cause, kind, accounts, order) refuses to book the same thing twice.
pub async fn post(
    txn: &DatabaseTransaction,
    cause: Cause,
    entries: &[Entry],
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let entries: Vec<Entry> = entries.iter().filter(|entry| !entry.amount.is_zero()).copied().collect();
    if entries.is_empty() {
        return Ok(());
    }
    let sides = entries.iter().flat_map(|entry| [entry.debit, entry.credit]).collect();
    let ids = open_accounts(txn, sides, now).await?;
    change_balances(txn, &entries, &ids).await?;
    let transaction_id = TransactionId::generate();
    let (cause_kind, cause_id, payment_id) = cause.stored();
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        rows.push(transfer::ActiveModel {
            id: Set(TransferId::generate()),
            transaction_id: Set(transaction_id),
            cause_kind: Set(cause_kind),
            cause_id: Set(cause_id),
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

/// What the accounts of a shop hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Held until its orders complete.
    pub held: i64,
    /// Owed to it.
    pub payable: i64,
    /// Owed by it, as a positive number.
    pub debt: i64,
}

impl Standing {
    fn of(rows: &[account::Model]) -> Self {
        let of = |kind| rows.iter().find(|row| row.kind == kind).and_then(|row| row.balance).unwrap_or(0);
        Self {
            held: of(AccountKind::VendorHeld),
            payable: of(AccountKind::VendorPayable),
            debt: -of(AccountKind::VendorDebt),
        }
    }
}

/// What the accounts of a shop hold at this moment; it may change at the next.
pub async fn standing(conn: &impl ConnectionTrait, vendor: VendorId) -> Result<Standing, DbErr> {
    let kinds = [AccountKind::VendorHeld, AccountKind::VendorPayable, AccountKind::VendorDebt];
    let rows = account::Entity::find()
        .filter(account::Column::Kind.is_in(kinds))
        .filter(account::Column::OwnerId.eq(vendor.0))
        .all(conn)
        .await?;
    Ok(Standing::of(&rows))
}

/// Locks the accounts of a shop in the order of their ids, like every posting, and says what they hold: nobody else can change
/// it until the transaction ends.
pub async fn lock_shop(
    txn: &DatabaseTransaction,
    vendor: VendorId,
    now: DateTime<Utc>,
) -> Result<Standing, PaymentError> {
    let accounts = vec![Account::held(vendor), Account::payable(vendor), Account::debt(vendor)];
    let ids = open_accounts(txn, accounts, now).await?;
    let rows = account::Entity::find()
        .filter(account::Column::Id.is_in(ids.values().copied()))
        .order_by_asc(account::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    Ok(Standing::of(&rows))
}

/// What one order left on accounts: credits minus debits.
#[derive(Clone, Debug, Default)]
pub struct Net {
    rows: Vec<(Account, i64)>,
}

impl Net {
    /// What stands on an account.
    pub fn of(&self, account: Account) -> i64 {
        self.rows.iter().find(|(known, _)| *known == account).map_or(0, |(_, net)| *net)
    }

    /// True if money of the order was ever on this account.
    pub fn was_held(&self, account: Account) -> bool {
        self.rows.iter().any(|(known, _)| *known == account)
    }

    /// What the platform, the couriers and the tax offices got of the order.
    pub fn kept_by_others(&self) -> impl Iterator<Item = (Account, i64)> {
        self.rows.iter().filter(|(account, net)| account.kind.is_a_part() && *net > 0).copied()
    }
}

/// What the movements of one order left where; in the order in which the accounts were first used.
pub async fn of_order(conn: &impl ConnectionTrait, order: OrderId) -> Result<Net, DbErr> {
    let moves = transfer::Entity::find()
        .filter(transfer::Column::OrderId.eq(order))
        .order_by_asc(transfer::Column::Id)
        .all(conn)
        .await?;
    let ids: Vec<AccountId> = moves.iter().flat_map(|row| [row.debit_account, row.credit_account]).collect();
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(ids)).all(conn).await?;
    let named = |id: AccountId| accounts.iter().find(|row| row.id == id);
    let mut net = Net::default();
    for row in &moves {
        for (id, change) in [(row.debit_account, -row.amount.get()), (row.credit_account, row.amount.get())] {
            let Some(found) = named(id) else { continue };
            let account = Account { kind: found.kind, owner: found.owner_id };
            match net.rows.iter_mut().find(|(known, _)| *known == account) {
                Some((_, sum)) => *sum += change,
                None => net.rows.push((account, change)),
            }
        }
    }
    Ok(net)
}

/// Where the money of a payment came from, once it was captured.
pub async fn source(conn: &impl ConnectionTrait, payment: PaymentId) -> Result<Option<Account>, DbErr> {
    let of_capture = Query::select()
        .column(transfer::Column::DebitAccount)
        .from(transfer::Entity)
        .and_where(transfer::Column::PaymentId.eq(payment))
        .and_where(transfer::Column::Kind.eq(Kind::Capture))
        .take();
    let row = account::Entity::find().filter(account::Column::Id.in_subquery(of_capture)).one(conn).await?;
    Ok(row.map(|row| Account { kind: row.kind, owner: row.owner_id }))
}

/// When what was held for an order became its shop's, the last time.
pub async fn released_at(
    conn: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let of_order = transfer::Column::OrderId.eq(order).and(transfer::Column::Kind.eq(Kind::Release));
    let last = transfer::Entity::find().filter(of_order).order_by_desc(transfer::Column::Id);
    Ok(last.limit(1).one(conn).await?.map(|row| row.created_at))
}

/// The balance of an account with a limit.
pub async fn balance(conn: &impl ConnectionTrait, account: Account) -> Result<i64, DbErr> {
    let row = account::Entity::find()
        .filter(account::Column::Kind.eq(account.kind))
        .filter(account::Column::OwnerId.eq(account.owner))
        .one(conn)
        .await?;
    Ok(row.and_then(|row| row.balance).unwrap_or(0))
}

type Ids = HashMap<Account, AccountId>;

fn id_of(ids: &Ids, account: Account) -> Result<AccountId, PaymentError> {
    ids.get(&account).copied().ok_or_else(|| PaymentError::Limit(format!("{account:?} (missing)")))
}

/// Makes the accounts that are new and finds the ids of all.
async fn open_accounts(
    txn: &DatabaseTransaction,
    mut accounts: Vec<Account>,
    now: DateTime<Utc>,
) -> Result<Ids, PaymentError> {
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
            .filter(account.kind.stays_legal(change))
            .exec(txn)
            .await?;
        if changed.rows_affected != 1 {
            return Err(PaymentError::Limit(format!("{account:?}")));
        }
    }
    Ok(())
}
