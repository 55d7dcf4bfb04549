//! Gateways: attempts at them, what they say, money that goes back; statements of the bank; how shops are paid themselves.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE payments ADD COLUMN reference text;
CREATE UNIQUE INDEX payments_reference ON payments (reference);

CREATE TABLE charges (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payments (id),
    provider text NOT NULL,
    method text NOT NULL,
    status text NOT NULL,
    amount bigint NOT NULL,
    provider_ref text,
    pay_by text,
    error text,
    attempts integer NOT NULL,
    check_at {time},
    expires_at {time} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT charges_amount CHECK (amount > 0)
);
CREATE INDEX charges_payment ON charges (payment_id);
CREATE UNIQUE INDEX charges_live ON charges (payment_id) WHERE status IN ('creating', 'open');
CREATE INDEX charges_check ON charges (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE provider_events (
    id {uuid} PRIMARY KEY,
    provider text NOT NULL,
    event_id text NOT NULL,
    reference text NOT NULL,
    provider_ref text NOT NULL,
    charge_id {uuid} REFERENCES charges (id),
    state text NOT NULL,
    amount bigint,
    currency text NOT NULL,
    body text NOT NULL,
    outcome text NOT NULL,
    reason text,
    note text,
    resolved_by {uuid} REFERENCES users (id),
    received_at {time} NOT NULL,
    handled_at {time}
);
CREATE UNIQUE INDEX provider_events_once ON provider_events (provider, event_id);
CREATE INDEX provider_events_outcome ON provider_events (outcome, id);
CREATE INDEX provider_events_charge ON provider_events (charge_id);

CREATE TABLE repayments (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payments (id),
    refund_id {uuid} REFERENCES refunds (id),
    charge_id {uuid} REFERENCES charges (id),
    way text NOT NULL,
    status text NOT NULL,
    amount bigint NOT NULL,
    error text,
    attempts integer NOT NULL,
    check_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT repayments_amount CHECK (amount > 0)
);
CREATE UNIQUE INDEX repayments_refund ON repayments (refund_id);
CREATE UNIQUE INDEX repayments_surplus ON repayments (charge_id) WHERE refund_id IS NULL;
CREATE INDEX repayments_payment ON repayments (payment_id);
CREATE INDEX repayments_check ON repayments (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE refund_accounts (
    payment_id {uuid} PRIMARY KEY REFERENCES payments (id),
    buyer_id {uuid} NOT NULL REFERENCES users (id),
    bank_code text NOT NULL,
    number_sealed text NOT NULL,
    holder_sealed text NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE bank_statements (
    id {uuid} PRIMARY KEY,
    imported_by {uuid} NOT NULL REFERENCES users (id),
    lines_total integer NOT NULL,
    lines_new integer NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT bank_statements_lines CHECK (lines_new >= 0 AND lines_total >= lines_new)
);

CREATE TABLE bank_lines (
    id {uuid} PRIMARY KEY,
    statement_id {uuid} NOT NULL REFERENCES bank_statements (id),
    line_key text NOT NULL,
    position integer NOT NULL,
    booked_on text NOT NULL,
    description text NOT NULL,
    direction text NOT NULL,
    amount bigint NOT NULL,
    outcome text NOT NULL,
    reason text,
    payment_id {uuid} REFERENCES payments (id),
    decided_by {uuid} REFERENCES users (id),
    note text,
    created_at {time} NOT NULL,
    decided_at {time},
    CONSTRAINT bank_lines_amount CHECK (amount > 0)
);
CREATE UNIQUE INDEX bank_lines_key ON bank_lines (line_key);
CREATE UNIQUE INDEX bank_lines_payment ON bank_lines (payment_id);
CREATE INDEX bank_lines_statement ON bank_lines (statement_id);
CREATE INDEX bank_lines_outcome ON bank_lines (outcome, id);

CREATE TABLE vendor_payment_settings (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    bank_account {bool} NOT NULL,
    qris text,
    updated_by {uuid} NOT NULL REFERENCES users (id),
    updated_at {time} NOT NULL
);

CREATE TABLE sandbox_charges (
    reference text PRIMARY KEY,
    amount bigint NOT NULL,
    state text NOT NULL,
    pay_by text NOT NULL,
    refunds text NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT sandbox_charges_amount CHECK (amount > 0)
);
";

const TABLES: [&str; 8] = [
    "sandbox_charges",
    "vendor_payment_settings",
    "bank_lines",
    "bank_statements",
    "refund_accounts",
    "repayments",
    "provider_events",
    "charges",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, &TABLES).await?;
        sql::run(manager, "DROP INDEX payments_reference;\nALTER TABLE payments DROP COLUMN reference").await
    }
}
