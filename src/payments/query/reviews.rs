//! The lists that people in finance work through.

use std::collections::HashMap;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::kernel::{
    BankLineId, BankStatementId, Cursor, Page, PaymentId, ProviderEventId, RepaymentId, Rupiah,
};
use crate::orders::entity::purchase::PaymentMethod;
use crate::payments::entity::{bank_line, event, payment, repayment};
use crate::web::query::PageOf;

/// Payments of one amount that are looked at for a suggestion.
const CANDIDATES: u64 = 500;

/// What gateways said, the oldest first.
pub async fn events(
    db: &impl ConnectionTrait,
    outcome: Option<event::Outcome>,
    page: &PageOf,
) -> Result<Page<event::Model>, DbErr> {
    let after = page.after.as_ref().map(|cursor| event::Column::Id.gt(ProviderEventId(cursor.id)));
    let filter = Condition::all()
        .add_option(outcome.map(|outcome| event::Column::Outcome.eq(outcome)))
        .add_option(after);
    let rows = event::Entity::find().filter(filter).order_by_asc(event::Column::Id).limit(page.limit + 1);
    Ok(Page::cut(rows.all(db).await?, page.limit, |row| Cursor::after(row.id)))
}

/// Money on its way back, the oldest first.
pub async fn repayments(
    db: &impl ConnectionTrait,
    (status, way): (Option<repayment::Status>, Option<repayment::Way>),
    page: &PageOf,
) -> Result<Page<repayment::Model>, DbErr> {
    use repayment::{Column, Entity};
    let filter = Condition::all()
        .add_option(status.map(|status| Column::Status.eq(status)))
        .add_option(way.map(|way| Column::Way.eq(way)))
        .add_option(page.after.as_ref().map(|cursor| Column::Id.gt(RepaymentId(cursor.id))));
    let rows = Entity::find().filter(filter).order_by_asc(Column::Id).limit(page.limit + 1).all(db).await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// Lines of bank statements, the oldest first.
pub async fn lines(
    db: &impl ConnectionTrait,
    (outcome, statement): (Option<bank_line::Outcome>, Option<BankStatementId>),
    page: &PageOf,
) -> Result<Page<bank_line::Model>, DbErr> {
    use bank_line::{Column, Entity};
    let filter = Condition::all()
        .add_option(outcome.map(|outcome| Column::Outcome.eq(outcome)))
        .add_option(statement.map(|statement| Column::StatementId.eq(statement)))
        .add_option(page.after.as_ref().map(|cursor| Column::Id.gt(BankLineId(cursor.id))));
    let rows = Entity::find().filter(filter).order_by_asc(Column::Id).limit(page.limit + 1).all(db).await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// For each amount of these lines the payment by transfer that waits for it, where only one does; in one statement.
pub async fn waiting_for(
    db: &impl ConnectionTrait,
    lines: &[bank_line::Model],
) -> Result<HashMap<Rupiah, PaymentId>, DbErr> {
    use payment::{Column, Entity, Status};
    let open = Column::Status.is_in([Status::Pending, Status::ProofSubmitted]);
    let rows: Vec<(PaymentId, Rupiah)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Amount])
        .filter(Column::Method.eq(PaymentMethod::ManualTransfer).and(open))
        .filter(Column::Amount.is_in(lines.iter().map(|line| line.amount)))
        .limit(CANDIDATES)
        .into_tuple()
        .all(db)
        .await?;
    let mut count: HashMap<Rupiah, usize> = HashMap::new();
    for (_, amount) in &rows {
        *count.entry(*amount).or_default() += 1;
    }
    let single = |(id, amount): (PaymentId, Rupiah)| (count.get(&amount) == Some(&1)).then_some((amount, id));
    Ok(rows.into_iter().filter_map(single).collect())
}
