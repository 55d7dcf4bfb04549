//! The ledger: transfers between accounts, balanced by construction and immutable.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE ledger_accounts (
    id {uuid} PRIMARY KEY,
    kind text NOT NULL,
    owner_id {uuid} NOT NULL,
    balance bigint,
    created_at {time} NOT NULL,
    CONSTRAINT ledger_accounts_limit CHECK (balance IS NULL OR balance >= 0)
) {hot};
CREATE UNIQUE INDEX ledger_accounts_owner ON ledger_accounts (kind, owner_id);

CREATE TABLE ledger_transfers (
    id {uuid} PRIMARY KEY,
    transaction_id {uuid} NOT NULL,
    debit_account {uuid} NOT NULL REFERENCES ledger_accounts (id),
    credit_account {uuid} NOT NULL REFERENCES ledger_accounts (id),
    amount bigint NOT NULL,
    kind text NOT NULL,
    payment_id {uuid} NOT NULL REFERENCES payments (id),
    order_id {uuid} REFERENCES orders (id),
    created_at {time} NOT NULL,
    CONSTRAINT ledger_transfers_amount CHECK (amount > 0),
    CONSTRAINT ledger_transfers_sides CHECK (debit_account <> credit_account)
);
CREATE UNIQUE INDEX ledger_transfers_once ON ledger_transfers (kind, payment_id, order_id);
CREATE UNIQUE INDEX ledger_transfers_once_per_payment ON ledger_transfers (kind, payment_id) WHERE order_id IS NULL;
CREATE INDEX ledger_transfers_debit ON ledger_transfers (debit_account);
CREATE INDEX ledger_transfers_credit ON ledger_transfers (credit_account);
CREATE INDEX ledger_transfers_payment ON ledger_transfers (payment_id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        // Books are corrected by a further transfer, never by changing one.
        sql::only(
            manager,
            DbBackend::Postgres,
            &[
                "CREATE FUNCTION lapak_ledger_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'ledger transfers are immutable'; END $$",
                "CREATE TRIGGER ledger_transfers_frozen BEFORE UPDATE OR DELETE ON ledger_transfers
             FOR EACH ROW EXECUTE FUNCTION lapak_ledger_frozen()",
                "CREATE TRIGGER ledger_transfers_kept BEFORE TRUNCATE ON ledger_transfers
             FOR EACH STATEMENT EXECUTE FUNCTION lapak_ledger_frozen()",
            ],
        )
        .await?;
        sql::only(
            manager,
            DbBackend::Sqlite,
            &[
                "CREATE TRIGGER ledger_transfers_frozen BEFORE UPDATE ON ledger_transfers
             BEGIN SELECT RAISE(ABORT, 'ledger transfers are immutable'); END",
                "CREATE TRIGGER ledger_transfers_kept BEFORE DELETE ON ledger_transfers
             BEGIN SELECT RAISE(ABORT, 'ledger transfers are immutable'); END",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, &["ledger_transfers", "ledger_accounts"]).await?;
        sql::only(manager, DbBackend::Postgres, &["DROP FUNCTION lapak_ledger_frozen()"]).await
    }
}
