//! The one way to owe a buyer money back: how much, for which lines, and from whose account.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use crate::checkout::error::CheckoutError;
use crate::checkout::model::refund::{Give, Row, Share, shares};
use crate::kernel::{OrderLineId, RefundId, RefundLineId, Rupiah};
use crate::orders::entity::order;
use crate::orders::query::Whole;
use crate::payments::entity::transfer::Kind;
use crate::payments::entity::{payment, refund, refund_line};
use crate::payments::ledger::{self, Account, Cause, Entry, Net};
use crate::payments::service::repay;
use crate::payments::{news, query, service as payments};
use crate::platform::news::tell;
use crate::settlement::service as settlement;

/// A refund that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What goes back.
    pub give: Give,
    /// Names the refund: the same key twice is one refund.
    pub key: String,
    /// Why, for people.
    pub reason: Option<String>,
}

impl Wanted {
    /// All of it, because the order came to this end.
    pub fn whole(key: impl Into<String>) -> Self {
        Self { give: Give::Whole, key: key.into(), reason: None }
    }
}

/// Owes the buyer a part of an order. The caller holds the turn of the purchase (`payments::service::lock`).
///
/// `None` if there is nothing to give back. Never more than the order's total in all, whoever asks at the same moment.
pub async fn owe(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    whole: &Whole,
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Result<Option<refund::Model>, CheckoutError> {
    if let Some(known) = query::refund_by_key(txn, &wanted.key).await? {
        return if known.order_id == whole.order.id {
            Ok(Some(known))
        } else {
            Err(CheckoutError::RefundKey)
        };
    }
    let before = query::refund_lines_of(txn, whole.order.id).await?;
    let shares = shares(&rows(whole, &before), &wanted.give)?;
    let amount = Rupiah::sum(shares.iter().map(|share| share.amount))?;
    if amount.is_zero() {
        return Ok(None);
    }
    let gone = Rupiah::sum(before.iter().map(|line| line.amount))?;
    raise_refunded(txn, whole, amount).await?;
    let id = RefundId::generate();
    let entries = sources(txn, payment, (whole, amount, gone), now).await?;
    let from_debt = entries.iter().filter(|entry| entry.debit == Account::debt(whole.order.vendor_id));
    let debt = Rupiah::sum(from_debt.map(|entry| entry.amount))?;
    ledger::post(txn, Cause::Refund(id, payment.id), &entries, now).await?;
    let refund = insert(txn, payment, (whole, wanted), (id, amount, shares), now).await?;
    repay::begin(txn, payment, (id, amount), now).await?;
    let mut told = news::refund("refund.owed", &refund, &whole.order);
    told.extend(news::clawed_back(&whole.order, debt));
    told.extend(repay::asked(txn, payment, amount).await?);
    tell(txn, &told, now).await?;
    let owed = query::owed_of(txn, payment.id).await?;
    if owed >= payment.amount && payment.status.may_become(payment::Status::RefundPending) {
        payments::advance(txn, payment, payment::Status::RefundPending, now).await?;
    }
    Ok(Some(refund))
}

/// What the buyer paid for each line and for the shipping, and what of it went back.
fn rows(whole: &Whole, before: &[refund_line::Model]) -> Vec<Row> {
    let sold: Vec<_> = whole.lines.iter().filter(|line| line.parent_id.is_none()).collect();
    let mut weights: Vec<i64> = sold.iter().map(|line| line.line_total.get()).collect();
    weights.push(whole.order.shipping_total.get());
    // Discounts and taxes on top belong to every part by its weight.
    let paid = whole.order.total.split(&weights);
    let named = sold.iter().map(|line| (Some(line.id), line.quantity)).chain([(None, 1)]);
    let row = |((line_id, quantity), paid): ((Option<OrderLineId>, i32), Rupiah)| {
        let of_row: Vec<_> = before.iter().filter(|line| line.order_line_id == line_id).collect();
        let back = of_row.iter().map(|line| line.amount.get()).sum();
        let back_quantity = of_row.iter().map(|line| line.quantity).sum();
        Row { line_id, quantity, paid, back_quantity, back: Rupiah::new(back).unwrap_or(paid) }
    };
    named.zip(paid).map(row).collect()
}

/// The guard: what goes back of an order never exceeds its total.
async fn raise_refunded(
    txn: &DatabaseTransaction,
    whole: &Whole,
    amount: Rupiah,
) -> Result<(), CheckoutError> {
    use sea_orm::sea_query::ExprTrait as _;
    let refunded = Expr::col(order::Column::Refunded).add(amount.get());
    let raised = order::Entity::update_many()
        .col_expr(order::Column::Refunded, refunded.clone())
        .filter(order::Column::Id.eq(whole.order.id))
        .filter(refunded.lte(Expr::col(order::Column::Total)))
        .exec(txn)
        .await?;
    if raised.rows_affected == 1 { Ok(()) } else { Err(CheckoutError::RefundTooMuch) }
}

/// Where the money comes from: what is held for the order; or the escrow, if it was never assigned; or, once it was
/// released, back from everybody who got a part of it.
async fn sources(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    (whole, amount, gone): (&Whole, Rupiah, Rupiah),
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, CheckoutError> {
    let order = &whole.order;
    let due = |debit, amount| Entry {
        kind: Kind::RefundDue,
        debit,
        credit: Account::REFUNDS_DUE,
        amount,
        order_id: Some(order.id),
    };
    let net = ledger::of_order(txn, order.id).await?;
    let held = Account::held(order.vendor_id);
    if net.of(held) >= amount.get() {
        return Ok(vec![due(held, amount)]);
    }
    if net.was_held(held) {
        let left = order.total.minus(gone)?;
        settlement::turn_back(txn, whole, amount, now).await?;
        return claw_back(txn, (whole, &net), (amount, left), now).await;
    }
    let escrow = Account::escrow(payment.purchase_id);
    if ledger::balance(txn, escrow).await? >= amount.get() {
        return Ok(vec![due(escrow, amount)]);
    }
    Err(CheckoutError::NothingPaid)
}

/// The platform and the tax offices give back their part by its weight, rounded down; the shop the rest: first what is
/// owed to it, then it owes. The last refund takes what is left of every part.
async fn claw_back(
    txn: &DatabaseTransaction,
    (whole, net): (&Whole, &Net),
    (amount, left): (Rupiah, Rupiah),
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, CheckoutError> {
    let order = &whole.order;
    let due = |debit, amount| Entry {
        kind: Kind::RefundDue,
        debit,
        credit: Account::REFUNDS_DUE,
        amount,
        order_id: Some(order.id),
    };
    let mut entries = Vec::new();
    let mut from_shop = amount;
    for (account, kept) in net.kept_by_others() {
        let part = i128::from(kept) * i128::from(amount.get()) / i128::from(left.get().max(1));
        let part = Rupiah::new(i64::try_from(part).unwrap_or(kept))?;
        from_shop = from_shop.minus(part)?;
        entries.push(due(account, part));
    }
    let standing = ledger::lock_shop(txn, order.vendor_id, now).await?;
    let payable = Rupiah::new(standing.payable.max(0))?.min(from_shop);
    entries.push(due(Account::payable(order.vendor_id), payable));
    entries.push(due(Account::debt(order.vendor_id), from_shop.minus(payable)?));
    Ok(entries)
}

async fn insert(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    (whole, wanted): (&Whole, Wanted),
    (id, amount, shares): (RefundId, Rupiah, Vec<Share>),
    now: DateTime<Utc>,
) -> Result<refund::Model, CheckoutError> {
    let row = refund::Model {
        id,
        payment_id: payment.id,
        order_id: whole.order.id,
        amount,
        status: refund::Status::Pending,
        kind: match wanted.give {
            Give::Whole => refund::Kind::Whole,
            Give::Lines { .. } | Give::Returned { .. } => refund::Kind::Lines,
            Give::Amount(_) => refund::Kind::Amount,
        },
        key: wanted.key,
        reason: wanted.reason,
        created_at: now,
        done_at: None,
    };
    refund::Entity::insert(refund::ActiveModel::from(row.clone()).reset_all())
        .exec_without_returning(txn)
        .await?;
    let lines = shares.into_iter().map(|share| refund_line::ActiveModel {
        id: Set(RefundLineId::generate()),
        refund_id: Set(id),
        order_line_id: Set(share.line_id),
        quantity: Set(share.quantity),
        amount: Set(share.amount),
    });
    refund_line::Entity::insert_many(lines).exec_without_returning(txn).await?;
    Ok(row)
}
