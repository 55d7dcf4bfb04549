//! What people say is wrong with products and shops, and what officers find.

use chrono::Duration;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;
use uuid::Uuid;

use super::moderate::take_down_in;
use crate::app::App;
use crate::catalog::entity::product;
use crate::catalog::entity::report::{self, Column, Entity, Kind, Outcome, Reason, Status};
use crate::catalog::error::{CatalogError, ListingError};
use crate::identity::query::lock_user;
use crate::kernel::fields::Fault;
use crate::kernel::{ContentReportId, ProductId, UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::vendors::entity::vendor;

const ONCE: Unique = Unique {
    name: "content_reports_once",
    columns: "content_reports.kind, content_reports.object_id, content_reports.reporter_id",
};
/// Reports of one person in a day.
const A_DAY: u64 = 20;

/// What is reported.
#[derive(Clone, Copy, Debug)]
pub enum Reported {
    Product(ProductId),
    Vendor(VendorId),
}

impl Reported {
    fn parts(self) -> (Kind, Uuid) {
        match self {
            Self::Product(id) => (Kind::Product, id.into()),
            Self::Vendor(id) => (Kind::Vendor, id.into()),
        }
    }
}

/// Writes a report: once per person and object unless there was nothing to it, and not too many a day.
pub async fn report(
    app: &App,
    reporter: UserId,
    about: Reported,
    (reason, text): (Reason, Option<String>),
) -> Result<report::Model, CatalogError> {
    let now = app.now();
    let (kind, object_id) = about.parts();
    let row = report::Model {
        id: ContentReportId::generate(),
        kind,
        object_id,
        reporter_id: reporter,
        reason,
        text,
        status: Status::Open,
        outcome: None,
        note: None,
        created_at: now,
        closed_by: None,
        closed_at: None,
    };
    let txn = app.db.begin().await?;
    // Their reports come one after the other, so that the count below holds.
    lock_user(&txn, reporter).await?;
    let there = match about {
        Reported::Product(id) => product::Entity::find_by_id(id)
            .filter(product::Column::Status.eq(product::Status::Published))
            .one(&txn)
            .await?
            .is_some(),
        Reported::Vendor(id) => vendor::Entity::find_by_id(id)
            .filter(vendor::Column::Status.is_in([vendor::Status::Active, vendor::Status::Unclaimed]))
            .one(&txn)
            .await?
            .is_some(),
    };
    if !there {
        return Err(CatalogError::NotFound);
    }
    let lately = Entity::find()
        .filter(Column::ReporterId.eq(reporter))
        .filter(Column::CreatedAt.gt(now - Duration::days(1)))
        .count(&txn)
        .await?;
    if lately >= A_DAY {
        return Err(ListingError::TooManyReports.into());
    }
    match Entity::insert(active(&row)).exec_without_returning(&txn).await {
        Err(error) if ONCE.broken_by(&error) => return Err(ListingError::ReportedBefore.into()),
        written => written?,
    };
    app.commit(txn).await?;
    Ok(row)
}

fn active(row: &report::Model) -> report::ActiveModel {
    report::ActiveModel {
        id: Set(row.id),
        kind: Set(row.kind),
        object_id: Set(row.object_id),
        reporter_id: Set(row.reporter_id),
        reason: Set(row.reason),
        text: Set(row.text.clone()),
        status: Set(row.status),
        outcome: Set(None),
        note: Set(None),
        created_at: Set(row.created_at),
        closed_by: Set(None),
        closed_at: Set(None),
    }
}

/// What an officer found.
#[derive(Clone, Debug)]
pub struct Finding {
    pub outcome: Outcome,
    /// For the office.
    pub note: Option<String>,
    /// Takes the product down, with a reason that its shop reads.
    pub take_down: Option<String>,
}

/// Closes a report with what was found.
pub async fn close_report(
    app: &App,
    (by, who): (UserId, &Who),
    id: ContentReportId,
    finding: Finding,
) -> Result<report::Model, CatalogError> {
    let now = app.now();
    let Finding { outcome, note, take_down } = finding;
    let txn = app.db.begin().await?;
    let before = Entity::find_by_id(id).one(&txn).await?.ok_or(CatalogError::NotFound)?;
    if let Some(reason) = take_down {
        if before.kind != Kind::Product {
            return Err(CatalogError::Invalid(vec![no_product().at("/take_down")]));
        }
        let product_id = ProductId(before.object_id);
        take_down_in(&txn, app, (by, who), (product_id, reason), now).await?;
    }
    let closed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Closed))
        .col_expr(Column::Outcome, Expr::value(outcome))
        .col_expr(Column::Note, Expr::value(note.clone()))
        .col_expr(Column::ClosedBy, Expr::value(by))
        .col_expr(Column::ClosedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(Status::Open))
        .exec(&txn)
        .await?;
    if closed.rows_affected != 1 {
        return Err(ListingError::ReportClosed.into());
    }
    let detail = json!({"kind": before.kind, "object_id": before.object_id, "outcome": outcome});
    let deed = Deed { action: "content_report.closed", object: ("content_report", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    let (status, outcome) = (Status::Closed, Some(outcome));
    Ok(report::Model { status, outcome, note, closed_by: Some(by), closed_at: Some(now), ..before })
}

fn no_product() -> Fault {
    Fault::new("no-product", "Laporan ini bukan tentang produk.", "The report is not about a product.")
}

/// Forgets what somebody wrote; that there was a report stays.
pub async fn forget_reporter(txn: &DatabaseTransaction, reporter: UserId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Text, Expr::value(None::<String>))
        .col_expr(Column::Note, Expr::value(None::<String>))
        .filter(Column::ReporterId.eq(reporter))
        .exec(txn)
        .await?;
    Ok(())
}
