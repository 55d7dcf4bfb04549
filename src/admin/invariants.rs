//! The rules that always hold, as SQL over the whole database; each query finds the rows that break its rule.
//!
//! The numbers are those of the design. Each query reads one snapshot, so it never sees half of a transaction.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, Iterable, Statement, Value};
use uuid::Uuid;

use super::model::SEALED;
use crate::app::App;
use crate::orders::entity::order::Status;
use crate::platform::audit::seals::{self, Source};
use crate::search;

/// Rows that are shown of a broken rule.
const SAMPLES: usize = 5;
/// Seals whose rows are compared by the report.
const LATEST_SEALS: i64 = 20;

/// One rule and how it stands.
#[derive(Debug)]
pub struct Finding {
    /// Number and name.
    pub rule: &'static str,
    /// Rows that break it.
    pub violations: i64,
    /// Ids of some of them.
    pub samples: Vec<Uuid>,
}

/// Rules whose query does not depend on the code.
const RULES: &[(&str, &str)] = &[
    (
        "1 stock-bounds",
        "SELECT variant_id AS id FROM stock WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand",
    ),
    (
        "1 stock-movements",
        "SELECT s.variant_id AS id FROM stock s
         LEFT JOIN (SELECT variant_id, SUM(delta) AS moved FROM stock_movements GROUP BY variant_id) m
                ON m.variant_id = s.variant_id
         WHERE s.on_hand <> COALESCE(m.moved, 0)",
    ),
    (
        "1 stock-reservations",
        "SELECT s.variant_id AS id FROM stock s
         LEFT JOIN (SELECT variant_id, SUM(quantity) AS held FROM order_lines
                    WHERE reservation = 'held' AND portion_date IS NULL GROUP BY variant_id) l
                ON l.variant_id = s.variant_id
         WHERE s.reserved <> COALESCE(l.held, 0)",
    ),
    (
        "1 portions-bounds",
        // More than is planned only as far as it was ordered before.
        "SELECT product_id AS id FROM meal_days
         WHERE taken < 0 OR taken > capacity OR capacity <> CASE WHEN taken > planned THEN taken ELSE planned END",
    ),
    (
        "1 portions-taken",
        "SELECT d.product_id AS id FROM meal_days d
         LEFT JOIN (SELECT product_id, portion_date, SUM(quantity) AS live FROM order_lines
                    WHERE portion_date IS NOT NULL AND reservation IN ('held', 'committed')
                    GROUP BY product_id, portion_date) l ON l.product_id = d.product_id AND l.portion_date = d.day
         WHERE d.taken <> COALESCE(l.live, 0)
         UNION ALL
         SELECT l.product_id AS id FROM order_lines l
         LEFT JOIN meal_days d ON d.product_id = l.product_id AND d.day = l.portion_date
         WHERE l.portion_date IS NOT NULL AND l.reservation IN ('held', 'committed') AND d.day IS NULL",
    ),
    (
        // Parts cost nothing by themselves, and stand under a line of their own order.
        "1 bundle-lines",
        "SELECT l.id FROM order_lines l
         LEFT JOIN order_lines p ON p.id = l.parent_id AND p.order_id = l.order_id
         WHERE l.parent_id IS NOT NULL AND (l.line_total <> 0 OR p.id IS NULL OR p.parent_id IS NOT NULL)",
    ),
    (
        "1 bundle-parts",
        "SELECT b.bundle_id AS id FROM bundle_parts b
         JOIN variants whole ON whole.id = b.bundle_id JOIN variants part ON part.id = b.part_id
         WHERE part.is_bundle OR NOT whole.is_bundle OR part.vendor_id <> whole.vendor_id",
    ),
    (
        "2 ledger-transfers",
        "SELECT t.id FROM ledger_transfers t
         LEFT JOIN ledger_accounts d ON d.id = t.debit_account
         LEFT JOIN ledger_accounts c ON c.id = t.credit_account
         WHERE d.id IS NULL OR c.id IS NULL OR t.amount <= 0 OR t.debit_account = t.credit_account",
    ),
    (
        "2 ledger-balances",
        "SELECT a.id FROM ledger_accounts a
         LEFT JOIN (SELECT credit_account, SUM(amount) AS came FROM ledger_transfers GROUP BY credit_account) i
                ON i.credit_account = a.id
         LEFT JOIN (SELECT debit_account, SUM(amount) AS went FROM ledger_transfers GROUP BY debit_account) o
                ON o.debit_account = a.id
         WHERE a.balance IS NOT NULL AND a.balance <> COALESCE(i.came, 0) - COALESCE(o.went, 0)",
    ),
    ("3 ledger-limits", "SELECT id FROM ledger_accounts
         WHERE (kind <> 'vendor_debt' AND balance < 0) OR (kind = 'vendor_debt' AND balance > 0)"),
    (
        // captured = in escrow + assigned to orders, or owed back at once
        "4 payment-captured",
        "SELECT p.id FROM payments p
         LEFT JOIN (SELECT payment_id,
                           SUM(CASE WHEN kind = 'capture' THEN amount ELSE 0 END) AS captured,
                           SUM(CASE WHEN kind = 'hold' THEN amount ELSE 0 END) AS held,
                           SUM(CASE WHEN kind = 'refund_due' THEN amount ELSE 0 END) AS owed,
                           SUM(CASE WHEN kind = 'refund_paid' THEN amount ELSE 0 END) AS refunded
                    FROM ledger_transfers GROUP BY payment_id) t ON t.payment_id = p.id
         LEFT JOIN ledger_accounts e ON e.kind = 'escrow' AND e.owner_id = p.purchase_id
         WHERE p.refunded <> COALESCE(t.refunded, 0)
            OR COALESCE(t.refunded, 0) > COALESCE(t.owed, 0)
            OR COALESCE(t.owed, 0) > COALESCE(t.captured, 0)
            OR COALESCE(t.captured, 0) <> COALESCE(e.balance, 0)
               + CASE WHEN COALESCE(t.held, 0) > 0 THEN t.held ELSE COALESCE(t.owed, 0) END
            OR (p.method <> 'cod' AND COALESCE(t.captured, 0) <>
                CASE WHEN p.status IN ('pending', 'proof_submitted', 'expired', 'cancelled') THEN 0 ELSE p.amount END)",
    ),
    (
        // What was assigned to an order is still held, was released to those who earn by it, or is owed back.
        "4 order-held",
        "SELECT o.id FROM orders o
         JOIN (SELECT t.order_id,
                      SUM(CASE WHEN c.kind = 'vendor_held' THEN t.amount ELSE 0 END)
                    - SUM(CASE WHEN d.kind = 'vendor_held' THEN t.amount ELSE 0 END) AS still_held,
                      SUM(CASE WHEN d.kind = 'vendor_held'
                                AND t.kind NOT IN ('release', 'refund_due')
                               THEN 1 ELSE 0 END) AS strange
               FROM ledger_transfers t
               JOIN ledger_accounts d ON d.id = t.debit_account JOIN ledger_accounts c ON c.id = t.credit_account
               WHERE t.order_id IS NOT NULL GROUP BY t.order_id) h ON h.order_id = o.id
         WHERE h.still_held < 0 OR h.strange > 0 OR (o.status IN ('completed', 'returned') AND h.still_held <> 0)
            OR (o.status IN ('paid', 'accepted', 'shipped', 'delivered') AND o.payment_method <> 'cod'
                AND h.still_held <> o.total - o.refunded)",
    ),
    (
        "5 order-totals",
        "SELECT o.id FROM orders o
         LEFT JOIN (SELECT order_id, SUM(line_total) AS goods FROM order_lines GROUP BY order_id) l ON l.order_id = o.id
         WHERE o.goods_total <> COALESCE(l.goods, 0)
            OR o.total <> o.goods_total + o.shipping_total + o.tax_total - o.discount_total",
    ),
    (
        "5 purchase-totals",
        "SELECT p.id FROM purchases p
         LEFT JOIN (SELECT purchase_id, SUM(total) AS total FROM orders GROUP BY purchase_id) o ON o.purchase_id = p.id
         WHERE p.total <> COALESCE(o.total, 0)",
    ),
    (
        // Who gets what of an order is exactly what the buyer pays.
        "5 order-identity",
        "SELECT o.id FROM orders o JOIN order_terms t ON t.order_id = o.id
         LEFT JOIN (SELECT order_id, SUM(commission) AS commission, SUM(tax) AS tax FROM order_commissions GROUP BY order_id) c
                ON c.order_id = o.id
         LEFT JOIN (SELECT order_id, SUM(CASE WHEN payer = 'platform' THEN amount ELSE 0 END) AS platform,
                           SUM(CASE WHEN payer = 'treasurer' THEN amount ELSE 0 END) AS treasurer
                    FROM order_taxes GROUP BY order_id) x ON x.order_id = o.id
         WHERE o.total <> t.buyer_total
            OR t.buyer_total <> t.seller_net + t.courier_net + t.commission + t.commission_tax
                                + t.remitted_by_platform + t.withheld_by_treasurer - t.platform_discounts
            OR t.commission <> COALESCE(c.commission, 0) OR t.commission_tax <> COALESCE(c.tax, 0)
            OR t.remitted_by_platform <> COALESCE(x.platform, 0) OR t.withheld_by_treasurer <> COALESCE(x.treasurer, 0)",
    ),
    (
        "6 purchase-payment",
        "SELECT u.id FROM purchases u LEFT JOIN payments p ON p.purchase_id = u.id
         WHERE p.id IS NULL OR p.amount <> u.total OR p.buyer_id <> u.buyer_id",
    ),
    (
        "6 order-reservations",
        "SELECT DISTINCT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
         WHERE l.id IS NULL
            OR (l.reservation <> 'none' AND l.reservation <>
                CASE WHEN o.status IN ('awaiting_payment', 'placed') THEN 'held'
                     WHEN o.status IN ('paid', 'accepted', 'shipped', 'delivered', 'completed') THEN 'committed'
                     ELSE 'released' END)",
    ),
    (
        // Every order holds, has released, or has given back exactly its total, as its state says.
        "6 order-money",
        "SELECT o.id FROM orders o
         LEFT JOIN (SELECT order_id,
                           SUM(CASE WHEN kind = 'hold' THEN amount ELSE 0 END) AS held,
                           SUM(CASE WHEN kind = 'release' THEN amount WHEN kind = 'recalled' THEN -amount ELSE 0 END) AS released,
                           SUM(CASE WHEN kind = 'refund_due' THEN amount ELSE 0 END) AS owed
                    FROM ledger_transfers WHERE order_id IS NOT NULL GROUP BY order_id) t ON t.order_id = o.id
         LEFT JOIN (SELECT order_id, SUM(amount) AS refunds FROM refunds GROUP BY order_id) r ON r.order_id = o.id
         WHERE (o.status IN ('delivered', 'completed') AND COALESCE(t.held, 0) <> o.total)
            OR (o.status IN ('paid', 'accepted', 'shipped') AND COALESCE(t.held, 0) <>
                CASE WHEN o.payment_method = 'cod' THEN 0 ELSE o.total END)
            OR (o.status IN ('awaiting_payment', 'placed') AND COALESCE(t.held, 0) <> 0)
            OR (o.status = 'completed' AND COALESCE(t.released, 0) + COALESCE(t.owed, 0) < o.total)
            OR COALESCE(t.released, 0) > o.total
            OR (o.status NOT IN ('completed', 'returned') AND COALESCE(t.released, 0) <> 0)
            OR (o.status IN ('cancelled', 'declined', 'expired') AND COALESCE(t.held, 0) > COALESCE(t.owed, 0))
            OR o.refunded <> COALESCE(t.owed, 0) OR o.refunded <> COALESCE(r.refunds, 0) OR o.refunded > o.total",
    ),
    (
        "6 refund-ledger",
        "SELECT r.id FROM refunds r
         LEFT JOIN (SELECT cause_id, SUM(CASE WHEN kind = 'refund_due' THEN amount ELSE 0 END) AS due,
                           SUM(CASE WHEN kind = 'refund_paid' THEN amount ELSE 0 END) AS paid
                    FROM ledger_transfers WHERE cause_kind = 'refund' GROUP BY cause_id) t ON t.cause_id = r.id
         LEFT JOIN (SELECT refund_id, SUM(amount) AS shares FROM refund_lines GROUP BY refund_id) l ON l.refund_id = r.id
         WHERE r.amount <> COALESCE(t.due, 0) OR r.amount <> COALESCE(l.shares, 0)
            OR COALESCE(t.paid, 0) <> CASE WHEN r.status = 'done' THEN r.amount ELSE 0 END",
    ),
    (
        "6 ledger-causes",
        "SELECT t.id FROM ledger_transfers t
         LEFT JOIN refunds r ON r.id = t.cause_id LEFT JOIN orders o ON o.id = t.cause_id
         LEFT JOIN payments p ON p.id = t.cause_id LEFT JOIN payouts y ON y.id = t.cause_id
         WHERE (t.cause_kind = 'refund' AND r.id IS NULL) OR (t.cause_kind = 'order' AND o.id IS NULL)
            OR (t.cause_kind = 'payment' AND p.id IS NULL) OR (t.cause_kind = 'payout' AND y.id IS NULL)",
    ),
    (
        // A payout was claimed once, and ended at most once, as its state says.
        "6 payout-ledger",
        "SELECT p.id FROM payouts p
         LEFT JOIN (SELECT cause_id, SUM(CASE WHEN kind = 'payout_due' THEN amount ELSE 0 END) AS due,
                           SUM(CASE WHEN kind = 'payout_paid' THEN amount ELSE 0 END) AS paid,
                           SUM(CASE WHEN kind = 'payout_returned' THEN amount ELSE 0 END) AS returned
                    FROM ledger_transfers WHERE cause_kind = 'payout' GROUP BY cause_id) t ON t.cause_id = p.id
         WHERE p.amount <> COALESCE(t.due, 0)
            OR COALESCE(t.paid, 0) <> CASE WHEN p.status = 'paid' THEN p.amount ELSE 0 END
            OR COALESCE(t.returned, 0) <> CASE WHEN p.status = 'failed' THEN p.amount ELSE 0 END",
    ),
    (
        "7 payout-attempts",
        "SELECT id FROM payouts WHERE attempts > 1 OR (attempts = 0 AND status <> 'pending')",
    ),
    (
        "7 refund-keys",
        "SELECT r.id FROM refunds r JOIN (SELECT key FROM refunds GROUP BY key HAVING COUNT(*) > 1) k ON k.key = r.key",
    ),
    (
        "7 transfers-once",
        "SELECT t.cause_id AS id FROM ledger_transfers t
         GROUP BY t.cause_id, t.cause_kind, t.kind, t.debit_account, t.credit_account, t.order_id HAVING COUNT(*) > 1",
    ),
    (
        // Finished jobs are forgotten after a while; moves that are younger must have theirs.
        "9 order-jobs",
        "SELECT e.id FROM order_events e LEFT JOIN jobs j ON j.id = e.job_id WHERE j.id IS NULL AND e.created_at > $1",
    ),
    (
        "11 order-paths",
        "SELECT DISTINCT s.order_id AS id FROM (
             SELECT e.order_id, e.from_status, o.payment_method,
                    LAG(e.to_status) OVER (PARTITION BY e.order_id ORDER BY e.id) AS came_from
             FROM order_events e JOIN orders o ON o.id = e.order_id) s
         WHERE s.from_status <> COALESCE(s.came_from,
               CASE s.payment_method WHEN 'cod' THEN 'placed' WHEN 'cash' THEN 'completed' ELSE 'awaiting_payment' END)",
    ),
    (
        "11 order-ends",
        "SELECT o.id FROM orders o
         LEFT JOIN (SELECT order_id, to_status,
                           ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY id DESC) AS back FROM order_events) e
                ON e.order_id = o.id AND e.back = 1
         WHERE o.status <> COALESCE(e.to_status,
               CASE o.payment_method WHEN 'cod' THEN 'placed' WHEN 'cash' THEN 'completed' ELSE 'awaiting_payment' END)",
    ),
];

/// How every rule stands.
pub async fn findings(app: &App) -> Result<Vec<Finding>, DbErr> {
    let db = app.db.read();
    // Moves of orders after this moment must still have their job.
    let since =
        app.now() - Duration::from_std(app.config.jobs.keep_done).unwrap_or_default() + Duration::days(1);
    let mut findings = Vec::with_capacity(RULES.len() + 4);
    for (rule, sql) in RULES {
        findings.push(find(db, rule, sql, since).await?);
    }
    findings.push(find(db, "11 order-moves", &illegal_moves(), since).await?);
    findings.push(index_count(app).await?);
    findings.push(find(db, "12 seal-rows", &lost_rows(), since).await?);
    findings.push(seal_chain(app).await?);
    Ok(findings)
}

async fn find(
    db: &impl ConnectionTrait,
    rule: &'static str,
    sql: &str,
    since: DateTime<Utc>,
) -> Result<Finding, DbErr> {
    let sql = format!("SELECT id, COUNT(*) OVER () AS violations FROM ({sql}) broken LIMIT {SAMPLES}");
    let values: Vec<Value> = if sql.contains("$1") { vec![since.into()] } else { Vec::new() };
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let samples = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    let violations = rows.first().map_or(Ok(0), |row| row.try_get("", "violations"))?;
    Ok(Finding { rule, violations, samples })
}

/// Products that the index lacks or has too many; `lapak reindex --verify` names them.
///
/// The index follows the database a moment later, so a difference counts only if it stays.
async fn index_count(app: &App) -> Result<Finding, DbErr> {
    let mut difference = 0;
    for _ in 0..10 {
        let wanted = search::query::public_count(app.db.read()).await?;
        // An engine that cannot answer holds nothing that could be found.
        let held = match app.search.engine().await {
            Ok(engine) => engine.doc_count().await.unwrap_or(0),
            Err(_) => 0,
        };
        difference = wanted.abs_diff(held);
        if difference == 0 {
            break;
        }
        tokio::time::sleep(app.config.search.poll).await;
    }
    let violations = i64::try_from(difference).unwrap_or(i64::MAX);
    Ok(Finding { rule: "10 index-count", violations, samples: Vec::new() })
}

/// The chain of all seals, and the rows under the latest; `lapak audit verify` compares all rows.
async fn seal_chain(app: &App) -> Result<Finding, DbErr> {
    let db = app.db.read();
    let last = seals::last(db).await?.map_or(0, |last| last.number);
    let broken = seals::verify(db, SEALED, last - LATEST_SEALS).await?.broken;
    let samples = broken.iter().filter_map(|broken| broken.row.as_ref().map(|(_, id)| *id)).collect();
    Ok(Finding { rule: "12 seal-chain", violations: broken.is_some().into(), samples })
}

/// Rows that were sealed and are gone.
fn lost_rows() -> String {
    let lost = |source: &Source| {
        let table = source.table;
        format!(
            "SELECT s.row_id AS id FROM sealed_rows s LEFT JOIN {table} t ON t.id = s.row_id
             WHERE s.source = '{table}' AND t.id IS NULL"
        )
    };
    SEALED.iter().map(lost).collect::<Vec<_>>().join(" UNION ALL ")
}

/// Moves that are not in the table of `orders/model.rs`, the only list there is.
fn illegal_moves() -> String {
    let legal: Vec<String> = Status::iter()
        .flat_map(|from| Status::iter().map(move |to| (from, to)))
        .filter(|(from, to)| from.is_legal(*to))
        .map(|(from, to)| format!("'{}>{}'", from.to_value(), to.to_value()))
        .collect();
    format!("SELECT id FROM order_events WHERE from_status || '>' || to_status NOT IN ({})", legal.join(", "))
}
