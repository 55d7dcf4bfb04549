//! Government buying: kinds of work units, dated rules about people and approvals, budgets.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::{ChronoDateTimeUtc, Uuid};

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE work_units ADD COLUMN kind text NOT NULL DEFAULT 'skpd';

CREATE TABLE duty_rules (
    id {uuid} PRIMARY KEY,
    code text NOT NULL,
    unit_kind text,
    above bigint NOT NULL,
    apart text NOT NULL,
    valid_from text NOT NULL,
    valid_to text,
    source text NOT NULL,
    created_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL,
    CONSTRAINT duty_rules_above CHECK (above >= 0)
);
CREATE UNIQUE INDEX duty_rules_code ON duty_rules (code, valid_from);

CREATE TABLE approval_rules (
    id {uuid} PRIMARY KEY,
    code text NOT NULL,
    unit_kind text,
    above bigint NOT NULL,
    steps text NOT NULL,
    form text NOT NULL,
    valid_from text NOT NULL,
    valid_to text,
    source text NOT NULL,
    created_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL,
    CONSTRAINT approval_rules_above CHECK (above >= 0)
);
CREATE UNIQUE INDEX approval_rules_code ON approval_rules (code, valid_from);

CREATE TABLE budget_lines (
    id {uuid} PRIMARY KEY,
    unit_id {uuid} NOT NULL REFERENCES work_units (id),
    year integer NOT NULL,
    sub_activity text NOT NULL,
    title text NOT NULL,
    account_code text NOT NULL,
    fund_source text NOT NULL,
    rup_code text NOT NULL,
    ceiling bigint NOT NULL,
    reserved bigint NOT NULL,
    committed bigint NOT NULL,
    spent bigint NOT NULL,
    version integer NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT budget_lines_parts CHECK (reserved >= 0 AND committed >= 0 AND spent >= 0),
    CONSTRAINT budget_lines_ceiling CHECK (reserved + committed + spent <= ceiling)
);
CREATE UNIQUE INDEX budget_lines_once ON budget_lines (unit_id, year, sub_activity, account_code, fund_source, rup_code);
CREATE INDEX budget_lines_unit ON budget_lines (unit_id, id);
";

/// Ids are the same everywhere: UUIDv7 of 2026-11-24 with the number of the row.
const FIRST_ID: u128 = 0x019a_b30d_d800_7000_8000_0000_0003_0000;
const SINCE: &str = "2026-01-01";
/// Code, above, duties that different people have.
const DUTIES: (&str, i64, &str) = (
    "duties",
    0,
    "requester-approver requester-receiver requester-payer approver-receiver approver-payer receiver-payer",
);
/// Code, above, who approves in turn, form of the contract. Later ones are added by operators.
const LADDER: &[(&str, i64, &str, &str)] = &[
    ("up-to-10", 0, "procurement_officer", "purchase_receipt"),
    ("up-to-50", 10_000_000, "procurement_officer", "receipt"),
    ("up-to-200", 50_000_000, "procurement_officer commitment_officer", "work_order"),
    ("over-200", 200_000_000, "commitment_officer", "agreement"),
];

fn id(number: u128) -> SimpleExpr {
    Uuid::from_u128(FIRST_ID + number).into()
}

fn duties() -> Result<InsertStatement, DbErr> {
    let (code, above, apart) = DUTIES;
    let row = [id(1), code.into(), above.into(), apart.into(), SINCE.into(), "Perpres 16/2018".into()];
    let mut insert = Query::insert();
    insert
        .into_table("duty_rules")
        .columns(["id", "code", "above", "apart", "valid_from", "source", "created_at"])
        .values(row.into_iter().chain([ChronoDateTimeUtc::UNIX_EPOCH.into()]))
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(insert)
}

fn ladder() -> Result<InsertStatement, DbErr> {
    let mut insert = Query::insert();
    insert.into_table("approval_rules").columns([
        "id",
        "code",
        "above",
        "steps",
        "form",
        "valid_from",
        "source",
        "created_at",
    ]);
    for (number, (code, above, steps, form)) in (11..).zip(LADDER) {
        let source = "Perpres 16/2018 art. 28";
        insert
            .values([
                id(number),
                (*code).into(),
                (*above).into(),
                (*steps).into(),
                (*form).into(),
                SINCE.into(),
                source.into(),
                ChronoDateTimeUtc::UNIX_EPOCH.into(),
            ])
            .map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    Ok(insert)
}

const DOWN: &str = "
DROP TABLE budget_lines;
DROP TABLE approval_rules;
DROP TABLE duty_rules;
ALTER TABLE work_units DROP COLUMN kind;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        manager.execute(duties()?).await?;
        manager.execute(ladder()?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, DOWN).await
    }
}
