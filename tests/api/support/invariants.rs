//! The rules that always hold, as SQL of the tests' own: the service does not mark its own work.
//!
//! Each query returns the rows that break its rule. The numbers are those of the design.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::TestApp;

/// Rule, and the rows that break it as one text each. `{id}` makes a text of an id.
const RULES: &[(&str, &str)] = &[
    (
        "1 stock stays within bounds",
        "SELECT {variant_id} AS sample FROM stock WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand",
    ),
    (
        "1 movements add up to what is on hand",
        "SELECT {s.variant_id} AS sample FROM stock s
         WHERE s.on_hand <> (SELECT COALESCE(SUM(m.delta), 0) FROM stock_movements m WHERE m.variant_id = s.variant_id)",
    ),
    (
        "1 live reservations add up to what is reserved",
        "SELECT {s.variant_id} AS sample FROM stock s
         WHERE s.reserved <> (SELECT COALESCE(SUM(l.quantity), 0) FROM order_lines l
                              WHERE l.variant_id = s.variant_id AND l.reservation = 'held' AND l.portion_date IS NULL)",
    ),
    (
        "1 portions stay within what is made",
        "SELECT {product_id} AS sample FROM meal_days WHERE taken < 0 OR taken > capacity",
    ),
    (
        "1 live orders add up to the portions taken",
        "SELECT {d.product_id} AS sample FROM meal_days d
         WHERE d.taken <> (SELECT COALESCE(SUM(l.quantity), 0) FROM order_lines l
                           WHERE l.product_id = d.product_id AND l.portion_date = d.day AND l.reservation IN ('held', 'committed'))",
    ),
    (
        "1 portions are taken of days that are known",
        "SELECT {l.id} AS sample FROM order_lines l
         WHERE l.portion_date IS NOT NULL AND l.reservation IN ('held', 'committed')
           AND NOT EXISTS (SELECT 1 FROM meal_days d WHERE d.product_id = l.product_id AND d.day = l.portion_date)",
    ),
    (
        "1 parts of bundles cost nothing by themselves",
        "SELECT {l.id} AS sample FROM order_lines l
         LEFT JOIN order_lines p ON p.id = l.parent_id AND p.order_id = l.order_id
         WHERE l.parent_id IS NOT NULL AND (l.line_total <> 0 OR p.id IS NULL OR p.parent_id IS NOT NULL)",
    ),
    (
        "1 a day sells what is planned, or what was ordered before",
        "SELECT {product_id} AS sample FROM meal_days
         WHERE capacity < planned OR (capacity > planned AND capacity <> taken)",
    ),
    (
        "1 no bundle is made of bundles",
        "SELECT {b.bundle_id} AS sample FROM bundle_parts b
         WHERE b.part_id IN (SELECT v.id FROM variants v WHERE v.is_bundle)
            OR b.part_id IN (SELECT o.bundle_id FROM bundle_parts o)",
    ),
    (
        "2 transfers have two accounts and an amount",
        "SELECT {t.id} AS sample FROM ledger_transfers t
         LEFT JOIN ledger_accounts d ON d.id = t.debit_account
         LEFT JOIN ledger_accounts c ON c.id = t.credit_account
         WHERE d.id IS NULL OR c.id IS NULL OR t.amount <= 0 OR t.debit_account = t.credit_account",
    ),
    (
        "2 balances equal the sums of transfers",
        "SELECT {a.id} AS sample FROM ledger_accounts a
         WHERE a.balance IS NOT NULL AND a.balance <>
               (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t WHERE t.credit_account = a.id)
             - (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t WHERE t.debit_account = a.id)",
    ),
    (
        "3 no account is below its limit",
        "SELECT {id} AS sample FROM ledger_accounts
         WHERE CASE WHEN kind = 'vendor_debt' THEN balance > 0 ELSE balance < 0 END",
    ),
    (
        "4 a payment in advance is captured once, and whole",
        "SELECT {p.id} AS sample FROM payments p
         WHERE p.method <> 'cod' AND (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                WHERE t.payment_id = p.id AND t.kind = 'capture')
            <> CASE WHEN p.status IN ('pending', 'proof_submitted', 'expired', 'cancelled') THEN 0 ELSE p.amount END",
    ),
    (
        "4 cash is captured for what was handed over",
        "SELECT {p.id} AS sample FROM payments p
         WHERE p.method = 'cod' AND (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                WHERE t.payment_id = p.id AND t.kind = 'capture')
            <> (SELECT COALESCE(SUM(o.total), 0) FROM orders o
                WHERE o.purchase_id = p.purchase_id AND (o.status IN ('delivered', 'completed')
                     OR (o.status = 'returned' AND o.delivered_at IS NOT NULL)))",
    ),
    (
        "4 captured money is in escrow, held, released or refunded",
        "SELECT {p.id} AS sample FROM payments p
         JOIN ledger_accounts e ON e.kind = 'escrow' AND e.owner_id = p.purchase_id
         WHERE e.balance <> (SELECT COALESCE(SUM(CASE WHEN t.kind = 'capture' THEN t.amount ELSE 0 END), 0)
                                  - COALESCE(SUM(CASE WHEN t.debit_account = e.id THEN t.amount ELSE 0 END), 0)
                             FROM ledger_transfers t WHERE t.payment_id = p.id)",
    ),
    (
        "4 what a payment says is refunded has left",
        "SELECT {p.id} AS sample FROM payments p
         WHERE p.refunded <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                WHERE t.payment_id = p.id AND t.kind = 'refund_paid')",
    ),
    (
        "4 only captured money is held, and no more",
        "SELECT {p.id} AS sample FROM payments p
         WHERE (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                WHERE t.payment_id = p.id AND t.kind = 'hold')
             > (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                WHERE t.payment_id = p.id AND t.kind = 'capture')",
    ),
    (
        "4 no more is refunded than was captured",
        "SELECT {p.id} AS sample FROM payments p
         WHERE (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.payment_id = p.id)
             > (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                WHERE t.payment_id = p.id AND t.kind = 'capture')",
    ),
    (
        "5 an order adds up",
        "SELECT {id} AS sample FROM orders o
         WHERE total <> goods_total + shipping_total + tax_total - discount_total
            OR goods_total <> (SELECT COALESCE(SUM(l.line_total), 0) FROM order_lines l WHERE l.order_id = o.id)",
    ),
    (
        "5 orders add up to their purchase",
        "SELECT {id} AS sample FROM purchases p
         WHERE total <> (SELECT COALESCE(SUM(o.total), 0) FROM orders o WHERE o.purchase_id = p.id)",
    ),
    (
        "5 a line is its price times its pieces",
        "SELECT {id} AS sample FROM order_lines WHERE line_total <> unit_price * quantity",
    ),
    (
        "6 a purchase has one payment over its total",
        "SELECT {u.id} AS sample FROM purchases u LEFT JOIN payments p ON p.purchase_id = u.id
         WHERE p.id IS NULL OR p.amount <> u.total OR p.buyer_id <> u.buyer_id",
    ),
    (
        "6 an order has lines, and reservations that fit its state",
        "SELECT {o.id} AS sample FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
         WHERE l.id IS NULL
            OR (o.status IN ('awaiting_payment', 'placed') AND l.reservation NOT IN ('held', 'none'))
            OR (o.status IN ('paid', 'accepted', 'shipped', 'delivered', 'completed')
                AND l.reservation NOT IN ('committed', 'none'))
            OR (o.status IN ('expired', 'declined', 'cancelled', 'returned')
                AND l.reservation NOT IN ('released', 'none'))",
    ),
    (
        "6 sold and given back pieces have their movement",
        "SELECT {l.id} AS sample FROM order_lines l
         WHERE l.reservation = 'committed' AND l.portion_date IS NULL AND NOT EXISTS
               (SELECT 1 FROM stock_movements m
                WHERE m.order_id = l.order_id AND m.variant_id = l.variant_id AND m.reason = 'sale')",
    ),
    (
        "6 a paid order has its money in the ledger",
        "SELECT {o.id} AS sample FROM orders o
         WHERE o.status IN ('paid', 'accepted', 'shipped', 'delivered', 'completed')
           AND o.payment_method <> 'cod' AND o.total > 0
           AND o.total <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                           WHERE t.order_id = o.id AND t.kind = 'hold')",
    ),
    (
        "6 what was captured for an order that ended early is owed back",
        "SELECT {o.id} AS sample FROM orders o JOIN payments p ON p.purchase_id = o.purchase_id
         WHERE o.status IN ('expired', 'declined', 'cancelled') AND o.total > 0
           AND o.refunded <> CASE WHEN EXISTS (SELECT 1 FROM ledger_transfers t WHERE t.payment_id = p.id
                                  AND t.kind = 'capture' AND t.order_id IS NULL) THEN o.total ELSE 0 END",
    ),
    (
        "6 a refund is in the ledger, and its lines add up to it",
        "SELECT {r.id} AS sample FROM refunds r
         WHERE r.amount <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                            WHERE t.cause_id = r.id AND t.kind = 'refund_due')
            OR r.amount <> (SELECT COALESCE(SUM(l.amount), 0) FROM refund_lines l WHERE l.refund_id = r.id)
            OR (CASE WHEN r.status = 'done' THEN r.amount ELSE 0 END)
               <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                            WHERE t.cause_id = r.id AND t.kind = 'refund_paid')",
    ),
    (
        "6 what an order says is refunded is what its refunds say, and not more than it cost",
        "SELECT {o.id} AS sample FROM orders o
         WHERE o.refunded > o.total
            OR o.refunded <> (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.order_id = o.id)
            OR o.refunded <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                              WHERE t.order_id = o.id AND t.kind = 'refund_due')",
    ),
    (
        "6 nothing is held for a completed or returned order",
        "SELECT {o.id} AS sample FROM orders o
         WHERE o.status IN ('completed', 'returned') AND
               (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t JOIN ledger_accounts a ON a.id = t.credit_account
                WHERE t.order_id = o.id AND a.kind = 'vendor_held')
            <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t JOIN ledger_accounts a ON a.id = t.debit_account
                WHERE t.order_id = o.id AND a.kind = 'vendor_held')",
    ),
    (
        "5 who gets what of an order is exactly what the buyer pays",
        "SELECT {t.order_id} AS sample FROM order_terms t JOIN orders o ON o.id = t.order_id
         WHERE o.total <> t.seller_net + t.courier_net + t.commission + t.commission_tax
                          + t.remitted_by_platform + t.withheld_by_treasurer - t.platform_discounts",
    ),
    (
        "6 a completed order is released whole, less what went back before",
        "SELECT {o.id} AS sample FROM orders o
         WHERE o.status = 'completed' AND o.total <>
               (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t JOIN ledger_accounts a ON a.id = t.debit_account
                WHERE t.order_id = o.id AND a.kind = 'vendor_held')",
    ),
    (
        "6 a payout left the account of its shop once, and came back only if it failed",
        "SELECT {p.id} AS sample FROM payouts p
         WHERE p.attempts > 1
            OR p.amount <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                            WHERE t.cause_id = p.id AND t.kind = 'payout_due')
            OR (CASE WHEN p.status = 'paid' THEN p.amount ELSE 0 END)
               <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t WHERE t.cause_id = p.id AND t.kind = 'payout_paid')
            OR (CASE WHEN p.status = 'failed' THEN p.amount ELSE 0 END)
               <> (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfers t
                            WHERE t.cause_id = p.id AND t.kind = 'payout_returned')",
    ),
    (
        "7 one money effect of a kind per order",
        "SELECT {order_id} AS sample FROM ledger_transfers WHERE order_id IS NOT NULL
         GROUP BY kind, cause_id, cause_kind, debit_account, credit_account, order_id HAVING COUNT(*) > 1",
    ),
    (
        "9 every move of an order has its job",
        "SELECT {e.id} AS sample FROM order_events e LEFT JOIN jobs j ON j.id = e.job_id WHERE j.id IS NULL",
    ),
    (
        "12 each seal follows the one before",
        "SELECT CAST(s.number AS text) AS sample FROM seals s LEFT JOIN seals p ON p.number = s.number - 1
         WHERE s.previous <> COALESCE(p.hash, '') OR (p.number IS NULL AND s.number <> 1)
            OR s.row_count <> (SELECT COUNT(*) FROM sealed_rows r WHERE r.seal = s.number)",
    ),
    (
        "12 what is sealed is there",
        "SELECT {r.row_id} AS sample FROM sealed_rows r
         WHERE (r.source = 'audit_events' AND NOT EXISTS (SELECT 1 FROM audit_events t WHERE t.id = r.row_id))
            OR (r.source = 'orders' AND NOT EXISTS (SELECT 1 FROM orders t WHERE t.id = r.row_id))
            OR (r.source = 'order_events' AND NOT EXISTS (SELECT 1 FROM order_events t WHERE t.id = r.row_id))
            OR (r.source = 'ledger_transfers' AND NOT EXISTS (SELECT 1 FROM ledger_transfers t WHERE t.id = r.row_id))",
    ),
    (
        "11 an order stands where its last move put it",
        "SELECT {o.id} AS sample FROM orders o
         WHERE EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id)
           AND o.status <> (SELECT e.to_status FROM order_events e WHERE e.order_id = o.id
                            ORDER BY e.id DESC LIMIT 1)",
    ),
];

/// Every legal move of an order; written down a second time on purpose.
const MOVES: &[(&str, &[&str])] = &[
    ("awaiting_payment", &["paid", "expired", "cancelled"]),
    // Money that came late, while the goods were still there.
    ("expired", &["paid"]),
    ("placed", &["accepted", "expired", "declined", "cancelled"]),
    ("paid", &["accepted", "declined", "cancelled"]),
    // What never came, or only in part, is settled by a ruling of the office.
    ("accepted", &["shipped", "cancelled", "returned"]),
    ("shipped", &["delivered", "completed", "returned"]),
    ("delivered", &["completed", "returned"]),
    ("completed", &["returned"]),
];

#[derive(FromQueryResult)]
struct Sample {
    sample: String,
}

#[derive(FromQueryResult)]
struct Move {
    order_id: String,
    from_status: String,
    to_status: String,
}

/// Stops the test if a rule is broken.
pub async fn check(app: &TestApp) {
    let broken = violations(app).await;
    assert!(broken.is_empty(), "broken invariants: {broken:#?}");
}

/// Broken rules with the ids that break them.
pub async fn violations(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let backend = app.db.backend();
    let mut broken = BTreeMap::new();
    for (rule, sql) in RULES {
        let statement = Statement::from_string(backend, with_text_ids(backend, sql));
        let rows = Sample::find_by_statement(statement)
            .all(app.db.read())
            .await
            .unwrap_or_else(|error| panic!("{rule}: {error}"));
        if !rows.is_empty() {
            broken.insert((*rule).to_owned(), rows.into_iter().map(|row| row.sample).collect());
        }
    }
    let illegal = illegal_moves(app).await;
    if !illegal.is_empty() {
        broken.insert("11 orders move as the table says".to_owned(), illegal);
    }
    broken
}

async fn illegal_moves(app: &TestApp) -> Vec<String> {
    let backend = app.db.backend();
    let sql = "SELECT {order_id} AS order_id, from_status, to_status FROM order_events ORDER BY order_id, id";
    let moves = Move::find_by_statement(Statement::from_string(backend, with_text_ids(backend, sql)))
        .all(app.db.read())
        .await
        .unwrap();
    let mut last: BTreeMap<&str, &str> = BTreeMap::new();
    let mut illegal = Vec::new();
    for step in &moves {
        let before = last.insert(&step.order_id, &step.to_status);
        let connected = before.is_none_or(|before| before == step.from_status);
        let is_birth = before.is_none() && step.from_status == step.to_status;
        let known =
            MOVES.iter().any(|(from, to)| *from == step.from_status && to.contains(&step.to_status.as_str()));
        if !(connected && (known || is_birth)) {
            illegal.push(format!("{}: {} -> {}", step.order_id, step.from_status, step.to_status));
        }
    }
    illegal
}

/// `{id}` becomes an expression that shows an id as text: SQLite keeps ids as 16 bytes.
fn with_text_ids(backend: DbBackend, sql: &str) -> String {
    let (open, close) =
        if backend == DbBackend::Sqlite { ("lower(hex(", "))") } else { ("CAST((", ") AS text)") };
    sql.replace('{', open).replace('}', close)
}

/// Runs a statement of a test's own, e.g. to break a rule.
pub async fn execute(app: &TestApp, sql: &str) {
    let txn = app.db.begin().await.unwrap();
    txn.execute_unprepared(sql).await.unwrap();
    txn.commit().await.unwrap();
}
