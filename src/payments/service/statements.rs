//! Lines of bank statements: stored once, booked as unmatched money until somebody knows what they are.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::kernel::{BankLineId, BankStatementId, PaymentId, UserId};
use crate::payments::entity::bank_line::{self, Column, Direction, Entity, Model, Outcome};
use crate::payments::entity::transfer::Kind;
use crate::payments::entity::{bank_statement, payment};
use crate::payments::error::PaymentError;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::payments::model::statement::Line;
use crate::payments::news;
use crate::platform::news::tell;

/// Rows of one statement.
const AT_ONCE: usize = 200;

/// Stores the lines of a statement that are not known yet and says how many those were.
pub async fn store(
    txn: &DatabaseTransaction,
    (by, lines): (UserId, Vec<Line>),
    now: DateTime<Utc>,
) -> Result<bank_statement::Model, PaymentError> {
    let id = BankStatementId::generate();
    let total = i32::try_from(lines.len()).unwrap_or(i32::MAX);
    let row = bank_statement::ActiveModel {
        id: Set(id),
        imported_by: Set(by),
        lines_total: Set(total),
        lines_new: Set(0),
        created_at: Set(now),
    };
    bank_statement::Entity::insert(row).exec_without_returning(txn).await?;
    let mut new = 0;
    for chunk in lines.chunks(AT_ONCE) {
        let rows = chunk.iter().map(|line| self::row(id, line, now));
        let once = OnConflict::column(Column::LineKey).do_nothing().to_owned();
        new += match Entity::insert_many(rows).on_conflict(once).exec_without_returning(txn).await {
            Err(DbErr::RecordNotInserted) => 0,
            made => made?,
        };
    }
    let new = i32::try_from(new).unwrap_or(i32::MAX);
    bank_statement::Entity::update_many()
        .col_expr(bank_statement::Column::LinesNew, Expr::value(new))
        .filter(bank_statement::Column::Id.eq(id))
        .exec(txn)
        .await?;
    Ok(bank_statement::Model { id, imported_by: by, lines_total: total, lines_new: new, created_at: now })
}

fn row(statement: BankStatementId, line: &Line, now: DateTime<Utc>) -> bank_line::ActiveModel {
    let outgoing = line.direction == Direction::Debit;
    bank_line::ActiveModel {
        id: Set(BankLineId::generate()),
        statement_id: Set(statement),
        line_key: Set(line.key.clone()),
        position: Set(line.position),
        booked_on: Set(line.date.to_string()),
        description: Set(line.description.clone()),
        direction: Set(line.direction),
        amount: Set(line.amount),
        outcome: Set(if outgoing { Outcome::Outgoing } else { Outcome::New }),
        reason: Set(None),
        payment_id: Set(None),
        decided_by: Set(None),
        note: Set(None),
        created_at: Set(now),
        decided_at: Set(None),
    }
}

/// Lines that nobody has looked at, in their order.
pub async fn new_lines(
    db: &impl ConnectionTrait,
    statement: BankStatementId,
) -> Result<Vec<BankLineId>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::StatementId.eq(statement).and(Column::Outcome.eq(Outcome::New)))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await
}

/// Tells finance how many lines of a statement fit nothing; the line is the last that was looked at.
pub async fn tell_unmatched(
    txn: &DatabaseTransaction,
    last: &Model,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let of_statement = Column::StatementId.eq(last.statement_id).and(Column::Outcome.eq(Outcome::Unmatched));
    let lines = Entity::find().filter(of_statement).count(txn).await?;
    if lines > 0 {
        tell(txn, &[news::lines_unmatched(last, lines)], now).await?;
    }
    Ok(())
}

/// A line that still stands there, while nobody else decides about it.
pub async fn locked(
    txn: &DatabaseTransaction,
    id: BankLineId,
    outcome: Outcome,
) -> Result<Model, PaymentError> {
    let line = Entity::find_by_id(id).lock_exclusive().one(txn).await?.ok_or(PaymentError::NotFound)?;
    if line.outcome == outcome { Ok(line) } else { Err(PaymentError::LineDecided(line.outcome)) }
}

/// The payments that carry one of these references.
pub async fn by_reference(
    db: &impl ConnectionTrait,
    references: Vec<String>,
) -> Result<Vec<payment::Model>, DbErr> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    payment::Entity::find().filter(payment::Column::Reference.is_in(references)).limit(2).all(db).await
}

/// The line that is the money of a payment.
pub async fn line_of(db: &impl ConnectionTrait, payment: PaymentId) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::PaymentId.eq(payment)).one(db).await
}

/// What is decided about a line.
pub struct Decision<'a> {
    pub outcome: Outcome,
    pub reason: Option<&'a str>,
    pub payment: Option<PaymentId>,
    /// The person and what the person said; nobody if the reference decided.
    pub by: Option<(UserId, Option<String>)>,
}

/// Decides about a line and books it: what nobody knows stands as unmatched, and leaves there once it is known.
pub async fn decide(
    txn: &DatabaseTransaction,
    line: &Model,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let (by, note) = decision.by.map_or((None, None), |(by, note)| (Some(by), note));
    let decided = Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(decision.outcome))
        .col_expr(Column::Reason, Expr::value(decision.reason.map(str::to_owned)))
        .col_expr(Column::PaymentId, Expr::value(decision.payment))
        .col_expr(Column::DecidedBy, Expr::value(by))
        .col_expr(Column::Note, Expr::value(note))
        .col_expr(Column::DecidedAt, Expr::value(now))
        .filter(Column::Id.eq(line.id).and(Column::Outcome.eq(line.outcome)))
        .exec(txn)
        .await?;
    if decided.rows_affected != 1 {
        return Err(PaymentError::LineDecided(line.outcome));
    }
    let (kind, debit, credit) = match (line.outcome, decision.outcome) {
        (Outcome::New, Outcome::Unmatched) => (Kind::Unmatched, Account::CLEARING, Account::UNMATCHED),
        (Outcome::Unmatched, _) => (Kind::Matched, Account::UNMATCHED, Account::CLEARING),
        _ => return Ok(()),
    };
    let entry = Entry { kind, debit, credit, amount: line.amount, order_id: None };
    ledger::post(txn, Cause::BankLine(line.id.0, decision.payment), &[entry], now).await
}
