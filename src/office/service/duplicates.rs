//! A human decides whether a row is a shop that is there already.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use super::imports::{Extras, cells_of, reread};
use super::surveys::became;
use crate::app::App;
use crate::catalog::import::Entry;
use crate::kernel::{UserId, VendorDuplicateId, VendorId};
use crate::office::entity::duplicate::{Column, Entity, Model, Status};
use crate::office::entity::import;
use crate::office::error::OfficeError;
use crate::office::model::Period;
use crate::platform::audit::{self, Deed, Who};
use crate::vendors::VendorError;
use crate::vendors::entity::vendor::Status as VendorStatus;
use crate::vendors::service::{Imported, Outcome, create_imported, fill};

/// What an officer says of a row.
#[derive(Clone, Copy, Debug)]
pub struct Decision {
    /// The same shop, or another one.
    pub same: bool,
    /// What the shop lacks is taken from the row.
    pub merge: bool,
}

/// Decides, once. Another shop is written; of the same one nothing is, unless what it lacks is to be taken from the row.
pub async fn decide(
    app: &App,
    (user_id, who): (UserId, &Who),
    id: VendorDuplicateId,
    decision: Decision,
) -> Result<Model, OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let found = Entity::find_by_id(id).one(&txn).await?.ok_or(OfficeError::NotFound)?;
    let status = if decision.same { Status::Same } else { Status::Different };
    let decided = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::Merged, Expr::value(decision.same && decision.merge))
        // What was decided about is not kept: it holds numbers of a person.
        .col_expr(Column::RowSealed, Expr::value(""))
        .col_expr(Column::DecidedBy, Expr::value(user_id))
        .col_expr(Column::DecidedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(Status::Pending))
        .exec_with_returning(&txn)
        .await?;
    let decided = decided.into_iter().next().ok_or(OfficeError::Decided)?;
    let entry = row_of(app, &found)?;
    let detail = match decision {
        Decision { same: true, merge: false } => json!({"decision": status}),
        Decision { same: true, merge: true } => {
            let shop = became(&txn).await?.get(&found.vendor_id).copied().unwrap_or(found.vendor_id);
            let filled = fill(&txn, &app.sealer, shop, &entry.facts, now).await?;
            json!({"decision": status, "filled": filled})
        }
        Decision { same: false, .. } => {
            let made = create(app, &txn, &found, &entry).await?;
            json!({"decision": status, "vendor_id": made})
        }
    };
    let deed =
        Deed { action: "vendor_duplicate.decided", object: ("vendor", found.vendor_id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(decided)
}

/// The row as it stood in the list.
fn row_of(app: &App, found: &Model) -> Result<Entry, OfficeError> {
    let cells = cells_of(&app.sealer, found)?;
    let line = u64::try_from(found.line).unwrap_or(0);
    reread(&app.sealer, cells, line).ok_or_else(|| OfficeError::Unreadable("the row".to_owned()))
}

async fn create(
    app: &App,
    txn: &DatabaseTransaction,
    found: &Model,
    entry: &Entry,
) -> Result<VendorId, OfficeError> {
    let now = app.now();
    let list = import::Entity::find_by_id(found.import_id).one(txn).await?.ok_or(OfficeError::NotFound)?;
    let period = Period::parse(&list.survey_period)
        .map_err(|fault| OfficeError::Unreadable(fault.detail.en.into_owned()))?;
    let (facts, source_key) = (entry.facts.clone(), entry.source_key.clone());
    let imported = Imported { facts, status: VendorStatus::Unclaimed, source_key };
    let id = match create_imported(txn, &app.sealer, imported, now).await? {
        Outcome::Created(id) => id,
        // Rows are told apart by their numbers: one that repeats a number is no other shop.
        Outcome::Known(_) if entry.facts.papers.nib.is_some() => return Err(VendorError::NibTaken.into()),
        Outcome::Known(_) => return Err(VendorError::NikTaken.into()),
    };
    let extras = Extras { sealer: &app.sealer, period, import_id: list.id, now };
    extras.write(txn, &[(id, &entry.extra)]).await?;
    Ok(id)
}
