//! The tables of taxes, commissions and payouts, and the rules of taxes that every installation starts with.

use sea_orm_migration::prelude::*;

use crate::sql::{self, Cell, Seeds};

/// Taxes, commissions and payouts.
pub const TABLES: &str = "
CREATE TABLE tax_rules (
    id {uuid} PRIMARY KEY,
    code text NOT NULL,
    scheme text NOT NULL,
    kind text NOT NULL,
    tax_class text,
    base_num bigint NOT NULL,
    base_den bigint NOT NULL,
    rate_num bigint NOT NULL,
    rate_den bigint NOT NULL,
    flat bigint NOT NULL,
    threshold bigint,
    no_npwp_factor integer NOT NULL,
    valid_from text NOT NULL,
    valid_to text,
    source text NOT NULL,
    created_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL,
    CONSTRAINT tax_rules_rate CHECK (base_num > 0 AND base_den > 0 AND rate_num >= 0 AND rate_den > 0
                                     AND base_num * rate_num <= base_den * rate_den AND flat >= 0 AND no_npwp_factor > 0)
);
CREATE UNIQUE INDEX tax_rules_code ON tax_rules (code, valid_from);

CREATE TABLE order_taxes (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    order_line_id {uuid} REFERENCES order_lines (id),
    rule_id {uuid} NOT NULL REFERENCES tax_rules (id),
    kind text NOT NULL,
    net bigint NOT NULL,
    base bigint NOT NULL,
    rate_num bigint NOT NULL,
    rate_den bigint NOT NULL,
    amount bigint NOT NULL,
    payer text NOT NULL,
    in_price {bool} NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT order_taxes_amount CHECK (amount > 0 AND net >= amount)
);
CREATE INDEX order_taxes_order ON order_taxes (order_id);

CREATE TABLE tax_profiles (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    owes_pbjt {bool} NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE tax_letters (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    document_no text,
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    recorded_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX tax_letters_once ON tax_letters (vendor_id, kind, valid_from);

CREATE TABLE tax_years (
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    year integer NOT NULL,
    turnover bigint NOT NULL,
    crossed_at {time},
    PRIMARY KEY (vendor_id, year)
);

CREATE TABLE commission_rules (
    id {uuid} PRIMARY KEY,
    scope text NOT NULL,
    scope_id {uuid} NOT NULL,
    rate_bp integer NOT NULL,
    floor bigint NOT NULL,
    cap bigint,
    on_shipping {bool} NOT NULL,
    tax_bp integer NOT NULL,
    valid_from text NOT NULL,
    valid_to text,
    note text,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    CONSTRAINT commission_rules_rate CHECK (rate_bp >= 0 AND rate_bp <= 10000 AND tax_bp >= 0 AND tax_bp <= 10000
                                            AND floor >= 0 AND (cap IS NULL OR cap >= floor))
);
CREATE UNIQUE INDEX commission_rules_place ON commission_rules (scope, scope_id, valid_from);

CREATE TABLE order_commissions (
    order_id {uuid} NOT NULL REFERENCES orders (id),
    rule_id {uuid} NOT NULL REFERENCES commission_rules (id),
    base bigint NOT NULL,
    rate_bp integer NOT NULL,
    commission bigint NOT NULL,
    tax bigint NOT NULL,
    PRIMARY KEY (order_id, rule_id),
    CONSTRAINT order_commissions_amount CHECK (commission >= 0 AND tax >= 0 AND commission + tax <= base)
);

CREATE TABLE order_terms (
    order_id {uuid} PRIMARY KEY REFERENCES orders (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    buyer_total bigint NOT NULL,
    seller_net bigint NOT NULL,
    courier_net bigint NOT NULL,
    commission bigint NOT NULL,
    commission_tax bigint NOT NULL,
    remitted_by_platform bigint NOT NULL,
    withheld_by_treasurer bigint NOT NULL,
    platform_discounts bigint NOT NULL,
    net_total bigint NOT NULL,
    cash_due {bool} NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT order_terms_identity CHECK (buyer_total + platform_discounts = seller_net + courier_net + commission
                                           + commission_tax + remitted_by_platform + withheld_by_treasurer)
);
CREATE INDEX order_terms_cash ON order_terms (vendor_id) WHERE cash_due;

CREATE TABLE payout_batches (
    id {uuid} PRIMARY KEY,
    run_key text NOT NULL,
    status text NOT NULL,
    created_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL,
    sent_at {time}
);
CREATE UNIQUE INDEX payout_batches_run ON payout_batches (run_key);

CREATE TABLE payouts (
    id {uuid} PRIMARY KEY,
    batch_id {uuid} NOT NULL REFERENCES payout_batches (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    bank_account_id {uuid} NOT NULL REFERENCES vendor_bank_accounts (id),
    amount bigint NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    note text,
    created_at {time} NOT NULL,
    sent_at {time},
    done_at {time},
    CONSTRAINT payouts_amount CHECK (amount > 0),
    CONSTRAINT payouts_attempts CHECK (attempts >= 0 AND attempts <= 1)
);
CREATE UNIQUE INDEX payouts_once ON payouts (batch_id, vendor_id);
CREATE INDEX payouts_vendor ON payouts (vendor_id, id);
CREATE INDEX payouts_status ON payouts (status, id);
";

pub const NO_TABLES: &str = "
DROP TABLE payouts;
DROP TABLE payout_batches;
DROP TABLE order_terms;
DROP TABLE order_commissions;
DROP TABLE commission_rules;
DROP TABLE tax_years;
DROP TABLE tax_letters;
DROP TABLE tax_profiles;
DROP TABLE order_taxes;
DROP TABLE tax_rules;
";

/// The rules that every installation starts with. Later ones are added by operators.
const RULES: &str = include_str!("../../../config/data/tax_rules.csv");

/// Ids are the same everywhere: UUIDv7 of 2026-11-24 with the number of the row.
const FIRST_ID: u128 = 0x019a_b30d_d800_7000_8000_0000_0002_0000;

pub fn tax_rules() -> Result<InsertStatement, DbErr> {
    sql::seeds(&Seeds {
        table: "tax_rules",
        columns: &[
            ("code", Cell::Text),
            ("scheme", Cell::Text),
            ("kind", Cell::Text),
            ("tax_class", Cell::SomeText),
            ("base_num", Cell::Amount),
            ("base_den", Cell::Amount),
            ("rate_num", Cell::Amount),
            ("rate_den", Cell::Amount),
            ("flat", Cell::Amount),
            ("threshold", Cell::SomeAmount),
            ("no_npwp_factor", Cell::Number),
            ("valid_from", Cell::Text),
            ("valid_to", Cell::SomeText),
            ("source", Cell::Text),
        ],
        file: ("config/data/tax_rules.csv", RULES),
        first_id: FIRST_ID,
    })
}
