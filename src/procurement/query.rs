//! Reading rules and budgets.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{approval_rule, budget_line, duty_rule};
use super::model::{Apart, Dated, Form, Step, parse_pairs, parse_steps};
use crate::identity::entity::work_unit;
use crate::kernel::{BudgetLineId, Cursor, Page, WorkUnitId};
use crate::web::query::PageOf;

/// A work unit.
pub async fn unit(db: &impl ConnectionTrait, id: WorkUnitId) -> Result<Option<work_unit::Model>, DbErr> {
    work_unit::Entity::find_by_id(id).one(db).await
}

/// All rules about duties as stored, by code and day.
pub async fn duty_rows(db: &impl ConnectionTrait) -> Result<Vec<duty_rule::Model>, DbErr> {
    use duty_rule::Column;
    duty_rule::Entity::find().order_by_asc(Column::Code).order_by_asc(Column::ValidFrom).all(db).await
}

/// All rules about approvals as stored, by code and day.
pub async fn approval_rows(db: &impl ConnectionTrait) -> Result<Vec<approval_rule::Model>, DbErr> {
    use approval_rule::Column;
    approval_rule::Entity::find().order_by_asc(Column::Code).order_by_asc(Column::ValidFrom).all(db).await
}

/// Which duties are of different people.
pub async fn duties(db: &impl ConnectionTrait) -> Result<Vec<Dated<Vec<Apart>>>, DbErr> {
    let dated = |row: duty_rule::Model| {
        Some(Dated {
            code: row.code,
            unit_kind: row.unit_kind,
            above: row.above,
            valid_from: row.valid_from.parse().ok()?,
            valid_to: row.valid_to.map(|day| day.parse()).transpose().ok()?,
            rule: parse_pairs(&row.apart),
        })
    };
    Ok(duty_rows(db).await?.into_iter().filter_map(dated).collect())
}

/// Who approves, and what form the contract has.
pub async fn approvals(db: &impl ConnectionTrait) -> Result<Vec<Dated<(Vec<Step>, Form)>>, DbErr> {
    let dated = |row: approval_rule::Model| {
        Some(Dated {
            code: row.code,
            unit_kind: row.unit_kind,
            above: row.above,
            valid_from: row.valid_from.parse().ok()?,
            valid_to: row.valid_to.map(|day| day.parse()).transpose().ok()?,
            rule: (parse_steps(&row.steps), row.form),
        })
    };
    Ok(approval_rows(db).await?.into_iter().filter_map(dated).collect())
}

/// One page of the budget of a work unit, the oldest line first.
pub async fn budget_lines(
    db: &impl ConnectionTrait,
    (unit_id, year): (WorkUnitId, Option<i32>),
    page: PageOf,
) -> Result<Page<budget_line::Model>, DbErr> {
    use budget_line::Column;
    let mut select = budget_line::Entity::find()
        .filter(Column::UnitId.eq(unit_id))
        .order_by_asc(Column::Id)
        .limit(page.limit + 1);
    if let Some(year) = year {
        select = select.filter(Column::Year.eq(year));
    }
    if let Some(after) = page.after {
        select = select.filter(Column::Id.gt(BudgetLineId(after.id)));
    }
    Ok(Page::cut(select.all(db).await?, page.limit, |row| Cursor::after(row.id)))
}

/// One line of the budget of a work unit.
pub async fn budget_line(
    db: &impl ConnectionTrait,
    (unit_id, id): (WorkUnitId, BudgetLineId),
) -> Result<Option<budget_line::Model>, DbErr> {
    budget_line::Entity::find_by_id(id).filter(budget_line::Column::UnitId.eq(unit_id)).one(db).await
}
