//! Papers of shops: given by members, looked at by officers, warned of and ended by jobs.
//!
//! What an officer decides, and the end of a paper, pause or resume listings: `catalog` takes those steps in its own
//! transaction. Here are the steps that take one.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::profile::to_be_reviewed;
use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::{FileId, PaperId, UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::files::FileKey;
use crate::platform::jobs::{JobError, NewJob, enqueue};
use crate::platform::sealed::Sealer;
use crate::vendors::entity::paper::{self, Column, Entity, PaperKind, PaperStatus};
use crate::vendors::error::VendorError;
use crate::vendors::jobs::{PaperDecided, PaperExpires};
use crate::vendors::model::{NewPaper, WARNINGS, warning};
use crate::vendors::query;
use crate::web::Caller;
use crate::web::authz::Scope;

/// Files that a paper may be.
const TYPES: [&str; 3] = ["pdf", "png", "jpg"];
/// Papers of one transaction of a job.
const BATCH: u64 = 200;

/// What an officer says about a paper.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Taken, or not.
    pub accept: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// A shop that needs no paper of a kind.
#[derive(Clone, Debug)]
pub struct Exemption {
    /// Which paper.
    pub kind: PaperKind,
    /// Why.
    pub reason: String,
    /// Last day, if it ends.
    pub expires_on: Option<NaiveDate>,
}

/// Adds a paper that waits for the office. On a verified shop a certificate is looked at while the shop stays open.
pub async fn add(
    app: &App,
    (actor, who): (UserId, &Who),
    vendor_id: VendorId,
    new: NewPaper,
) -> Result<paper::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = query::find(&txn, vendor_id).await?.ok_or(VendorError::NotFound)?;
    let row = paper::Model {
        id: PaperId::generate(),
        vendor_id,
        kind: new.kind,
        number: new.number,
        file_key: None,
        is_exemption: false,
        issued_on: new.issued_on.map(|day| day.to_string()),
        expires_on: new.expires_on.map(|day| day.to_string()),
        status: PaperStatus::Pending,
        reason: None,
        reviewer_id: None,
        reviewed_at: None,
        warned_days: None,
        created_by: actor,
        created_at: now,
        updated_at: now,
    };
    Entity::insert(whole(row.clone())).exec_without_returning(&txn).await?;
    to_be_reviewed(&txn, &vendor, &[&format!("paper:{}", row.kind.name())], now).await?;
    record(&txn, &app.sealer, who, ("paper.added", &row), now).await?;
    app.commit(txn).await?;
    Ok(row)
}

fn whole(row: paper::Model) -> paper::ActiveModel {
    sea_orm::IntoActiveModel::into_active_model(row)
}

async fn record(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    who: &Who,
    (action, paper): (&'static str, &paper::Model),
    now: DateTime<Utc>,
) -> Result<(), VendorError> {
    let detail = json!({"vendor_id": paper.vendor_id, "kind": paper.kind, "status": paper.status});
    let deed = Deed { action, object: ("paper", paper.id.into()), detail };
    Ok(audit::record(txn, sealer, who, deed, now).await?)
}

/// Keeps the file of a paper that the office has not accepted; a rejected one waits again.
pub async fn attach(
    app: &App,
    who: &Who,
    (vendor_id, id): (VendorId, PaperId),
    file: Bytes,
) -> Result<paper::Model, VendorError> {
    let extension = infer::get(&file).map(|kind| kind.extension()).filter(|name| TYPES.contains(name));
    let extension = extension.ok_or(VendorError::PaperFile)?;
    let before = query::paper_of(app.db.read(), vendor_id, id).await?.ok_or(VendorError::NotFound)?;
    open_for_files(&before)?;
    // Stored before the transaction: an orphaned file harms nobody, a paper without its file would.
    let name = format!("private/papers/{id}/{}.{extension}", FileId::generate());
    let key = FileKey::parse(&name).ok_or(VendorError::PaperFile)?;
    app.files.put(&key, file).await?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let changed = Entity::update_many()
        .set(paper::ActiveModel {
            file_key: Set(Some(key.as_str().to_owned())),
            status: Set(PaperStatus::Pending),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Id.eq(id))
        .filter(Column::VendorId.eq(vendor_id))
        .filter(Column::Status.is_in([PaperStatus::Pending, PaperStatus::Rejected]))
        .filter(Column::IsExemption.eq(false))
        .exec_with_returning(&txn)
        .await?;
    let paper = changed.into_iter().next().ok_or(VendorError::PaperState(before.status))?;
    record(&txn, &app.sealer, who, ("paper.file_attached", &paper), now).await?;
    app.commit(txn).await?;
    Ok(paper)
}

fn open_for_files(paper: &paper::Model) -> Result<(), VendorError> {
    match paper.status {
        PaperStatus::Pending | PaperStatus::Rejected if !paper.is_exemption => Ok(()),
        status => Err(VendorError::PaperState(status)),
    }
}

/// The file of a paper, for whoever the route lets in.
pub async fn file(app: &App, paper: &paper::Model) -> Result<(FileKey, Bytes), VendorError> {
    let key = paper.file_key.as_deref().and_then(FileKey::parse).ok_or(VendorError::NotFound)?;
    let content = app.files.get(&key).await?.ok_or(VendorError::NotFound)?;
    Ok((key, content))
}

/// Writes down what an officer says about a paper; the listings follow in the same transaction.
pub async fn judge(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    (caller, who): (&Caller, &Who),
    id: PaperId,
    (verdict, now): (Verdict, DateTime<Utc>),
) -> Result<paper::Model, VendorError> {
    let before = Entity::find_by_id(id).one(txn).await?.ok_or(VendorError::NotFound)?;
    outsider(caller, before.vendor_id)?;
    if !before.status.is_decided_upon(verdict.accept) {
        return Err(VendorError::PaperState(before.status));
    }
    if verdict.accept && before.file_key.is_none() {
        return Err(VendorError::PaperFileMissing);
    }
    let to = if verdict.accept { PaperStatus::Accepted } else { PaperStatus::Rejected };
    let changed = Entity::update_many()
        .set(paper::ActiveModel {
            status: Set(to),
            reason: Set(verdict.reason),
            reviewer_id: Set(Some(caller.user_id)),
            reviewed_at: Set(Some(now)),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(before.status))
        .filter(Column::UpdatedAt.eq(before.updated_at))
        .exec_with_returning(txn)
        .await?;
    let paper = changed.into_iter().next().ok_or(VendorError::PaperState(before.status))?;
    let action = if verdict.accept { "paper.accepted" } else { "paper.rejected" };
    record(txn, sealer, who, (action, &paper), now).await?;
    enqueue(txn, vec![NewJob::now(now, &PaperDecided { paper_id: id })?]).await?;
    Ok(paper)
}

/// Writes down that a shop needs no paper of a kind.
pub async fn exempt(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    (caller, who): (&Caller, &Who),
    vendor_id: VendorId,
    (exemption, now): (Exemption, DateTime<Utc>),
) -> Result<paper::Model, VendorError> {
    query::find(txn, vendor_id).await?.ok_or(VendorError::NotFound)?;
    outsider(caller, vendor_id)?;
    let row = paper::Model {
        id: PaperId::generate(),
        vendor_id,
        kind: exemption.kind,
        number: String::new(),
        file_key: None,
        is_exemption: true,
        issued_on: Some(business_date(now).to_string()),
        expires_on: exemption.expires_on.map(|day| day.to_string()),
        status: PaperStatus::Accepted,
        reason: Some(exemption.reason),
        reviewer_id: Some(caller.user_id),
        reviewed_at: Some(now),
        warned_days: None,
        created_by: caller.user_id,
        created_at: now,
        updated_at: now,
    };
    Entity::insert(whole(row.clone())).exec_without_returning(txn).await?;
    record(txn, sealer, who, ("paper.exempted", &row), now).await?;
    Ok(row)
}

/// An officer does not decide about a shop of one's own.
fn outsider(caller: &Caller, vendor_id: VendorId) -> Result<(), VendorError> {
    match caller.roles_in(Scope::Vendor, vendor_id.into()).next() {
        Some(_) => Err(VendorError::OwnShop),
        None => Ok(()),
    }
}

/// Ends papers whose last day is over, a few at a time.
pub async fn end(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    now: DateTime<Utc>,
) -> Result<Vec<paper::Model>, VendorError> {
    let today = business_date(now).to_string();
    let over = Entity::find()
        .filter(Column::Status.eq(PaperStatus::Accepted))
        .filter(Column::ExpiresOn.lt(today.as_str()))
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .lock_exclusive()
        .all(txn)
        .await?;
    if over.is_empty() {
        return Ok(over);
    }
    Entity::update_many()
        .set(paper::ActiveModel {
            status: Set(PaperStatus::Expired),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Id.is_in(over.iter().map(|paper| paper.id)))
        .exec(txn)
        .await?;
    let mut told = Vec::with_capacity(over.len());
    for paper in &over {
        record(txn, sealer, &Who::system(), ("paper.expired", paper), now).await?;
        told.push(NewJob::now(now, &PaperDecided { paper_id: paper.id })?);
    }
    enqueue(txn, told).await?;
    Ok(over)
}

/// Warns the owners of papers that end soon: at 60, 30 and 7 days, each once.
pub async fn warn(app: App) -> Result<(), JobError> {
    while warn_some(&app).await.map_err(JobError::new)? {}
    Ok(())
}

async fn warn_some(app: &App) -> Result<bool, VendorError> {
    let now = app.now();
    let today = business_date(now);
    let txn = app.db.begin().await?;
    // A paper is due for a threshold if it ends by then and was warned of none as near.
    let due = WARNINGS.into_iter().fold(Condition::any(), |any, days| {
        let last = (today + chrono::Duration::days(days.into())).to_string();
        let unsaid = Condition::any().add(Column::WarnedDays.is_null()).add(Column::WarnedDays.gt(days));
        any.add(Condition::all().add(Column::ExpiresOn.lte(last)).add(unsaid))
    });
    let papers = Entity::find()
        .filter(Column::Status.eq(PaperStatus::Accepted))
        .filter(Column::ExpiresOn.gte(today.to_string()))
        .filter(due)
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .lock_exclusive()
        .all(&txn)
        .await?;
    let mut jobs = Vec::new();
    for paper in &papers {
        let left = paper.expires_on.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
        let days = left.and_then(|last| warning((last - today).num_days(), paper.warned_days));
        let Some(days) = days else { continue };
        Entity::update_many()
            .set(paper::ActiveModel { warned_days: Set(Some(days)), ..Default::default() })
            .filter(Column::Id.eq(paper.id))
            .exec(&txn)
            .await?;
        jobs.push(NewJob::now(now, &PaperExpires { paper_id: paper.id, days })?);
    }
    let more = !jobs.is_empty();
    enqueue(&txn, jobs).await?;
    app.commit(txn).await?;
    Ok(more)
}
