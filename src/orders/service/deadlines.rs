//! Watching deadlines: a chain of jobs, each of which queues the next one. A job that comes after a move finds that it is stale.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use serde_json::json;

use super::news;
use crate::app::App;
use crate::kernel::OrderId;
use crate::orders::entity::order;
use crate::orders::jobs::Deadline;
use crate::orders::model::deadline::{Stage, Step, first_step, next_step};
use crate::platform::jobs::{self, NewJob};

/// The first job of the deadline that an order has now; none if it waits for nothing.
pub fn watch(order: &order::Model, now: DateTime<Utc>) -> Result<Option<NewJob>, DbErr> {
    let waits = Stage::of(order.status).and_then(|stage| Some((stage, stage.end(order)?)));
    let Some((stage, end)) = waits else {
        return Ok(None);
    };
    first(order.id, stage, end, now).map(Some)
}

/// The first job of a deadline.
pub fn first(
    order_id: OrderId,
    stage: Stage,
    end: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<NewJob, DbErr> {
    let (step, at) = first_step(now, end);
    NewJob::at::<App, _>(now, at, &Deadline { order_id, stage, step, end })
}

/// Takes a step of a deadline: true for whoever is first while the order still waits for it.
pub async fn take_step(
    txn: &DatabaseTransaction,
    deadline: &Deadline,
    now: DateTime<Utc>,
) -> Result<Option<order::Model>, DbErr> {
    let Some(order) = order::Entity::find_by_id(deadline.order_id).one(txn).await? else {
        return Ok(None);
    };
    if Stage::of(order.status) != Some(deadline.stage) || deadline.stage.end(&order) != Some(deadline.end) {
        return Ok(None);
    }
    let taken = order::Entity::update_many()
        .col_expr(order::Column::Reminded, Expr::value(deadline.step.number()))
        .col_expr(order::Column::UpdatedAt, Expr::value(now))
        .filter(order::Column::Id.eq(order.id))
        .filter(order::Column::Status.eq(order.status))
        .filter(order::Column::Reminded.lt(deadline.step.number()))
        .exec(txn)
        .await?;
    Ok((taken.rows_affected == 1).then_some(order))
}

/// Reminds whoever the order waits for, and queues the next step.
pub async fn remind(app: &App, deadline: Deadline) -> Result<(), DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let Some(order) = take_step(&txn, &deadline, now).await? else {
        return Ok(());
    };
    let kind = match deadline.stage {
        Stage::Accept => "order.accept_reminder",
        Stage::Ship => "order.ship_reminder",
        Stage::Complete => "order.complete_reminder",
    };
    let detail = json!({"until": deadline.end, "step": deadline.step});
    news::tell_both(&txn, &order, (kind, ("order", order.id.0)), detail, now).await?;
    if let Some((step, at)) = next_step(deadline.step, now, deadline.end) {
        let next = NewJob::at::<App, _>(now, at, &Deadline { step, ..deadline })?;
        jobs::enqueue(&txn, vec![next]).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// The order of a deadline that is over, if it still waits.
pub fn is_over(order: &order::Model, deadline: &Deadline, now: DateTime<Utc>) -> bool {
    let waits = Stage::of(order.status) == Some(deadline.stage);
    waits && deadline.step == Step::End && deadline.stage.end(order).is_some_and(|end| end <= now)
}
