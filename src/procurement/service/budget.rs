//! Keeping the lines of a budget.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::app::App;
use crate::kernel::{BudgetLineId, Rupiah, UserId, WorkUnitId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::procurement::entity::budget_line::{self, Column};
use crate::procurement::error::ProcurementError;
use crate::procurement::model::FundSource;
use crate::procurement::query;

const ONCE: Unique = Unique {
    name: "budget_lines_once",
    columns: "budget_lines.unit_id, budget_lines.year, budget_lines.sub_activity, budget_lines.account_code, \
              budget_lines.fund_source, budget_lines.rup_code",
};

/// A line that is about to be added.
#[derive(Clone, Debug)]
pub struct NewLine {
    pub year: i32,
    pub sub_activity: String,
    pub title: String,
    pub account_code: String,
    pub fund_source: FundSource,
    /// Empty without one.
    pub rup_code: String,
    pub ceiling: Rupiah,
}

/// Adds a line to the budget of a work unit.
pub async fn add_line(
    app: &App,
    (actor, who): (UserId, &Who),
    unit_id: WorkUnitId,
    new: NewLine,
) -> Result<budget_line::Model, ProcurementError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    query::unit(&txn, unit_id).await?.ok_or(ProcurementError::NotFound)?;
    let row = budget_line::Model {
        id: BudgetLineId::generate(),
        unit_id,
        year: new.year,
        sub_activity: new.sub_activity,
        title: new.title,
        account_code: new.account_code,
        fund_source: new.fund_source,
        rup_code: new.rup_code,
        ceiling: new.ceiling,
        reserved: Rupiah::ZERO,
        committed: Rupiah::ZERO,
        spent: Rupiah::ZERO,
        version: 1,
        created_by: actor,
        created_at: now,
        updated_at: now,
    };
    let added = budget_line::Entity::insert(budget_line::ActiveModel::from(row.clone()).reset_all());
    match added.exec_without_returning(&txn).await {
        Ok(_) => {}
        Err(error) if ONCE.broken_by(&error) => return Err(ProcurementError::BudgetLineExists),
        Err(error) => return Err(error.into()),
    }
    let detail = json!({
        "work_unit_id": unit_id, "year": row.year, "account_code": row.account_code, "ceiling": row.ceiling,
    });
    let deed = Deed { action: "budget_line.added", object: ("budget_line", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Changes the ceiling of a line, but not below what is in use; the reason is kept in the audit trail.
pub async fn change_ceiling(
    app: &App,
    who: &Who,
    ids: (WorkUnitId, BudgetLineId),
    seen: i32,
    (ceiling, reason): (Rupiah, &str),
) -> Result<budget_line::Model, ProcurementError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let before = query::budget_line(&txn, ids).await?.ok_or(ProcurementError::NotFound)?;
    let in_use = Expr::col(Column::Reserved).add(Expr::col(Column::Committed)).add(Expr::col(Column::Spent));
    let changed = budget_line::Entity::update_many()
        .col_expr(Column::Ceiling, Expr::value(ceiling.get()))
        .col_expr(Column::Version, Expr::value(seen.saturating_add(1)))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(ids.1))
        .filter(Column::Version.eq(seen))
        .filter(in_use.lte(ceiling.get()))
        .exec(&txn)
        .await?;
    let row = query::budget_line(&txn, ids).await?.ok_or(ProcurementError::NotFound)?;
    if changed.rows_affected != 1 {
        let stale = row.version != seen;
        return Err(if stale { ProcurementError::Stale } else { ProcurementError::CeilingInUse });
    }
    let detail = json!({
        "work_unit_id": ids.0, "before": before.ceiling, "after": ceiling, "reason": reason,
    });
    let deed = Deed { action: "budget_line.changed", object: ("budget_line", row.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}
