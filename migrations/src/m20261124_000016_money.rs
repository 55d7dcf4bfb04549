//! Money moves for more reasons than payments: transfers name their cause, and a shop can owe the platform.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

mod tables;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A debt is an account that stands at zero or below; every other account with a limit at zero or above.
const LIMIT: &str =
    "balance IS NULL OR (kind = 'vendor_debt' AND balance <= 0) OR (kind <> 'vendor_debt' AND balance >= 0)";

/// What caused transfers that are there already.
const CAUSE_KIND: &str = "CASE WHEN t.kind IN ('capture', 'hold') THEN 'payment'
          WHEN t.kind IN ('refund_due', 'refund_paid') THEN 'refund' ELSE 'order' END";
const CAUSE_ID: &str = "CASE WHEN t.kind IN ('capture', 'hold') THEN t.payment_id
          WHEN t.kind IN ('refund_due', 'refund_paid') THEN
               (SELECT r.id FROM refunds r WHERE r.order_id = t.order_id AND r.payment_id = t.payment_id)
          ELSE t.order_id END";

const INDEXES: &str = "
CREATE UNIQUE INDEX ledger_transfers_once
    ON ledger_transfers (cause_id, cause_kind, kind, debit_account, credit_account, order_id);
CREATE UNIQUE INDEX ledger_transfers_once_per_cause
    ON ledger_transfers (cause_id, cause_kind, kind, debit_account, credit_account) WHERE order_id IS NULL;
CREATE INDEX ledger_transfers_order ON ledger_transfers (order_id);
";

/// Indexes that a rebuilt table has as before.
const KEPT_INDEXES: &str = "
CREATE UNIQUE INDEX ledger_accounts_owner ON ledger_accounts (kind, owner_id);
CREATE INDEX ledger_transfers_debit ON ledger_transfers (debit_account);
CREATE INDEX ledger_transfers_credit ON ledger_transfers (credit_account);
CREATE INDEX ledger_transfers_payment ON ledger_transfers (payment_id);
";

/// An order may be refunded in parts; a key names each refund.
const REFUNDS: &str = "
ALTER TABLE orders ADD COLUMN refunded bigint NOT NULL DEFAULT 0
    CONSTRAINT orders_refunded CHECK (refunded >= 0 AND refunded <= total);
UPDATE orders SET refunded = (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.order_id = orders.id);
ALTER TABLE refunds ADD COLUMN kind text NOT NULL DEFAULT 'whole';
ALTER TABLE refunds ADD COLUMN key text NOT NULL DEFAULT '';
ALTER TABLE refunds ADD COLUMN reason text;
UPDATE refunds SET key = 'first:' || {text_id};
DROP INDEX refunds_order;
CREATE INDEX refunds_order ON refunds (order_id);
CREATE UNIQUE INDEX refunds_key ON refunds (key);
CREATE TABLE refund_lines (
    id {uuid} PRIMARY KEY,
    refund_id {uuid} NOT NULL REFERENCES refunds (id),
    order_line_id {uuid} REFERENCES order_lines (id),
    quantity integer NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT refund_lines_amount CHECK (quantity >= 0 AND amount >= 0)
);
CREATE INDEX refund_lines_refund ON refund_lines (refund_id);
CREATE INDEX refund_lines_line ON refund_lines (order_line_id);
INSERT INTO refund_lines (id, refund_id, order_line_id, quantity, amount)
SELECT l.id, r.id, l.id, l.quantity, l.line_total FROM refunds r JOIN order_lines l ON l.order_id = r.order_id
WHERE l.parent_id IS NULL;
INSERT INTO refund_lines (id, refund_id, order_line_id, quantity, amount)
SELECT r.id, r.id, NULL, 0, o.shipping_total FROM refunds r JOIN orders o ON o.id = r.order_id WHERE o.shipping_total > 0;
";

const NO_REFUNDS: &str = "
DROP TABLE refund_lines;
DROP INDEX refunds_key;
DROP INDEX refunds_order;
CREATE UNIQUE INDEX refunds_order ON refunds (order_id);
ALTER TABLE refunds DROP COLUMN kind;
ALTER TABLE refunds DROP COLUMN key;
ALTER TABLE refunds DROP COLUMN reason;
";

const FORMER_INDEXES: &str = "
CREATE UNIQUE INDEX ledger_transfers_once ON ledger_transfers (kind, payment_id, order_id);
CREATE UNIQUE INDEX ledger_transfers_once_per_payment ON ledger_transfers (kind, payment_id) WHERE order_id IS NULL;
";

const FREEZE_ON_SQLITE: [&str; 2] = [
    "CREATE TRIGGER ledger_transfers_frozen BEFORE UPDATE ON ledger_transfers
     BEGIN SELECT RAISE(ABORT, 'ledger transfers are immutable'); END",
    "CREATE TRIGGER ledger_transfers_kept BEFORE DELETE ON ledger_transfers
     BEGIN SELECT RAISE(ABORT, 'ledger transfers are immutable'); END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild(manager, true).await?,
            _ => alter(manager).await?,
        }
        sql::run(manager, INDEXES).await?;
        let text_id = match manager.get_database_backend() {
            DbBackend::Sqlite => "lower(hex(id))",
            _ => "id::text",
        };
        sql::run(manager, &REFUNDS.replace("{text_id}", text_id)).await?;
        sql::run(manager, tables::TABLES).await?;
        manager.execute(tables::tax_rules()?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, tables::NO_TABLES).await?;
        sql::run(manager, NO_REFUNDS).await?;
        sql::run(manager, "ALTER TABLE orders DROP COLUMN refunded").await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild(manager, false).await?,
            _ => alter_back(manager).await?,
        }
        sql::run(manager, FORMER_INDEXES).await
    }
}

async fn alter(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let text = format!(
        "
ALTER TABLE ledger_accounts DROP CONSTRAINT ledger_accounts_limit;
ALTER TABLE ledger_accounts ADD CONSTRAINT ledger_accounts_limit CHECK ({LIMIT});
DROP TRIGGER ledger_transfers_frozen ON ledger_transfers;
DROP INDEX ledger_transfers_once;
DROP INDEX ledger_transfers_once_per_payment;
ALTER TABLE ledger_transfers ADD COLUMN cause_kind text;
ALTER TABLE ledger_transfers ADD COLUMN cause_id uuid;
UPDATE ledger_transfers t SET cause_kind = {CAUSE_KIND}, cause_id = {CAUSE_ID};
ALTER TABLE ledger_transfers ALTER COLUMN cause_kind SET NOT NULL;
ALTER TABLE ledger_transfers ALTER COLUMN cause_id SET NOT NULL;
ALTER TABLE ledger_transfers ALTER COLUMN payment_id DROP NOT NULL;
CREATE TRIGGER ledger_transfers_frozen BEFORE UPDATE OR DELETE ON ledger_transfers
    FOR EACH ROW EXECUTE FUNCTION lapak_ledger_frozen();
"
    );
    sql::run(manager, &text).await
}

async fn alter_back(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    sql::run(
        manager,
        "
DROP INDEX ledger_transfers_once;
DROP INDEX ledger_transfers_once_per_cause;
DROP INDEX ledger_transfers_order;
ALTER TABLE ledger_transfers ALTER COLUMN payment_id SET NOT NULL;
ALTER TABLE ledger_transfers DROP COLUMN cause_kind;
ALTER TABLE ledger_transfers DROP COLUMN cause_id;
ALTER TABLE ledger_accounts DROP CONSTRAINT ledger_accounts_limit;
ALTER TABLE ledger_accounts ADD CONSTRAINT ledger_accounts_limit CHECK (balance IS NULL OR balance >= 0);
",
    )
    .await
}

/// SQLite cannot change a constraint: both tables are made anew and filled from the old ones.
async fn rebuild(manager: &SchemaManager<'_>, forth: bool) -> Result<(), DbErr> {
    let limit = if forth { LIMIT } else { "balance IS NULL OR balance >= 0" };
    let null = if forth { "" } else { "NOT NULL" };
    let columns = if forth { "cause_kind text NOT NULL,\n    cause_id {uuid} NOT NULL,\n" } else { "" };
    let causes = if forth { format!("{CAUSE_KIND}, {CAUSE_ID},") } else { String::new() };
    let text = format!(
        "
CREATE TABLE new_accounts (
    id {{uuid}} PRIMARY KEY,
    kind text NOT NULL,
    owner_id {{uuid}} NOT NULL,
    balance bigint,
    created_at {{time}} NOT NULL,
    CONSTRAINT ledger_accounts_limit CHECK ({limit})
);
INSERT INTO new_accounts SELECT id, kind, owner_id, balance, created_at FROM ledger_accounts;
CREATE TABLE new_transfers (
    id {{uuid}} PRIMARY KEY,
    transaction_id {{uuid}} NOT NULL,
    {columns}debit_account {{uuid}} NOT NULL REFERENCES new_accounts (id),
    credit_account {{uuid}} NOT NULL REFERENCES new_accounts (id),
    amount bigint NOT NULL,
    kind text NOT NULL,
    payment_id {{uuid}} {null} REFERENCES payments (id),
    order_id {{uuid}} REFERENCES orders (id),
    created_at {{time}} NOT NULL,
    CONSTRAINT ledger_transfers_amount CHECK (amount > 0),
    CONSTRAINT ledger_transfers_sides CHECK (debit_account <> credit_account)
);
INSERT INTO new_transfers
SELECT t.id, t.transaction_id, {causes} t.debit_account, t.credit_account, t.amount, t.kind, t.payment_id, t.order_id,
       t.created_at FROM ledger_transfers t ORDER BY t.id;
DROP TABLE ledger_transfers;
DROP TABLE ledger_accounts;
ALTER TABLE new_accounts RENAME TO ledger_accounts;
ALTER TABLE new_transfers RENAME TO ledger_transfers;
"
    );
    sql::run(manager, &text).await?;
    sql::run(manager, KEPT_INDEXES).await?;
    sql::only(manager, DbBackend::Sqlite, &FREEZE_ON_SQLITE).await
}
