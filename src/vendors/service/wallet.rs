//! Papers of shops: given by members, looked at by officers, warned of and ended by jobs.
//!
//! What an officer decides, and the end of a paper, pause or resume listings: `catalog` takes those steps in its own
//! transaction. Here are the steps that take one.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::profile::{looked_at, send_back};
use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::{CategoryId, FileId, PaperId, UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::files::FileKey;
use crate::platform::jobs::{NewJob, enqueue};
use crate::platform::sealed::Sealer;
use crate::vendors::entity::paper::{self, Column, Entity, PaperKind, PaperStatus};
use crate::vendors::entity::vendor::{self, Status};
use crate::vendors::error::VendorError;
use crate::vendors::jobs::{DeletePaperFile, PaperDecided};
use crate::vendors::model::NewPaper;
use crate::vendors::query;
use crate::web::Caller;
use crate::web::authz::Scope;

pub use super::warnings::warn;

/// Files that a paper may be.
const TYPES: [&str; 3] = ["pdf", "png", "jpg"];
/// Papers of one transaction of a job.
const BATCH: u64 = 200;
/// Most papers of a shop, without those that ran out.
const MOST: u64 = 50;

/// What an officer says about a paper.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The version that was looked at.
    pub seen: i32,
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
    /// What the shop lists in this category only; everything if there is none.
    pub category_id: Option<CategoryId>,
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
    let vendor = open_shop(&txn, vendor_id).await?;
    // What has run out makes room for what takes its place.
    let kept = Entity::find()
        .filter(Column::VendorId.eq(vendor_id))
        .filter(Column::Status.ne(PaperStatus::Expired))
        .count(&txn)
        .await?;
    if kept >= MOST {
        return Err(VendorError::TooManyPapers);
    }
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
        version: 1,
        category_id: None,
        created_by: actor,
        created_at: now,
        updated_at: now,
    };
    Entity::insert(whole(row.clone())).exec_without_returning(&txn).await?;
    send_back(&txn, &vendor, &[&fact(row.kind)], now).await?;
    record(&txn, &app.sealer, who, ("paper.added", &row), now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// The shop, held, so that papers are counted and facts named one after the other.
async fn open_shop(txn: &DatabaseTransaction, id: VendorId) -> Result<vendor::Model, VendorError> {
    let vendor = query::locked(txn, id).await?.ok_or(VendorError::NotFound)?;
    match vendor.status {
        Status::Suspended | Status::Withdrawn => Err(VendorError::Locked(vendor.status)),
        _ => Ok(vendor),
    }
}

/// How the office's list of changed facts names a paper.
fn fact(kind: PaperKind) -> String {
    format!("paper:{}", kind.name())
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
    let kept = keep(app, who, &before, &key).await;
    if matches!(kept, Err(VendorError::PaperState(_) | VendorError::Locked(_) | VendorError::NotFound)) {
        // Nothing names it.
        app.files.delete(&key).await?;
    }
    kept
}

/// Names the new file in the row of a paper; the one before goes.
async fn keep(
    app: &App,
    who: &Who,
    before: &paper::Model,
    key: &FileKey,
) -> Result<paper::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = open_shop(&txn, before.vendor_id).await?;
    let locked = Entity::find_by_id(before.id).filter(Column::VendorId.eq(vendor.id)).lock_exclusive();
    let before = locked.one(&txn).await?.ok_or(VendorError::NotFound)?;
    open_for_files(&before)?;
    let changed = Entity::update_many()
        .set(paper::ActiveModel {
            file_key: Set(Some(key.as_str().to_owned())),
            status: Set(PaperStatus::Pending),
            version: Set(before.version + 1),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Id.eq(before.id))
        .exec_with_returning(&txn)
        .await?;
    let paper = changed.into_iter().next().ok_or(VendorError::NotFound)?;
    send_back(&txn, &vendor, &[&fact(paper.kind)], now).await?;
    if let Some(file_key) = before.file_key {
        enqueue(&txn, vec![NewJob::now(now, &DeletePaperFile { file_key })?]).await?;
    }
    record(&txn, &app.sealer, who, ("paper.file_attached", &paper), now).await?;
    app.commit(txn).await?;
    Ok(paper)
}

/// Removes a file that no paper names.
pub async fn discard_file(app: &App, key: &str) -> Result<(), VendorError> {
    match FileKey::parse(key) {
        Some(key) => Ok(app.files.delete(&key).await?),
        None => Ok(()),
    }
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
    may_be_judged(&before, &verdict, now)?;
    let to = if verdict.accept { PaperStatus::Accepted } else { PaperStatus::Rejected };
    let changed = Entity::update_many()
        .set(paper::ActiveModel {
            status: Set(to),
            reason: Set(verdict.reason.clone()),
            reviewer_id: Set(Some(caller.user_id)),
            reviewed_at: Set(Some(now)),
            version: Set(before.version + 1),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(verdict.seen))
        .exec_with_returning(txn)
        .await?;
    let paper = changed.into_iter().next().ok_or(VendorError::Stale)?;
    let waits = Entity::find()
        .filter(Column::VendorId.eq(paper.vendor_id))
        .filter(Column::Kind.eq(paper.kind))
        .filter(Column::Status.eq(PaperStatus::Pending));
    if waits.count(txn).await? == 0 {
        looked_at(txn, paper.vendor_id, &fact(paper.kind), now).await?;
    }
    let action = if verdict.accept { "paper.accepted" } else { "paper.rejected" };
    record(txn, sealer, who, (action, &paper), now).await?;
    enqueue(
        txn,
        vec![NewJob::now(now, &PaperDecided { paper_id: id, status: Some(to), reason: verdict.reason })?],
    )
    .await?;
    Ok(paper)
}

fn may_be_judged(paper: &paper::Model, verdict: &Verdict, now: DateTime<Utc>) -> Result<(), VendorError> {
    if paper.version != verdict.seen {
        return Err(VendorError::Stale);
    }
    if !paper.status.is_decided_upon(verdict.accept) {
        return Err(VendorError::PaperState(paper.status));
    }
    if verdict.accept && paper.file_key.is_none() {
        return Err(VendorError::PaperFileMissing);
    }
    // Days are written so that they compare as text.
    let today = business_date(now).to_string();
    if verdict.accept && paper.expires_on.as_ref().is_some_and(|last| *last < today) {
        return Err(VendorError::PaperOver);
    }
    Ok(())
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
        version: 1,
        category_id: exemption.category_id,
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
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.is_in(over.iter().map(|paper| paper.id)))
        .exec(txn)
        .await?;
    let counting =
        query::counting_papers(txn, over.iter().map(|paper| paper.vendor_id), business_date(now)).await?;
    let mut told = Vec::with_capacity(over.len());
    for paper in &over {
        record(txn, sealer, &Who::system(), ("paper.expired", paper), now).await?;
        // Where another one took its place nothing is held back, and nobody has to do anything.
        if !counting.iter().any(|other| paper.is_replaced_by(other)) {
            let status = Some(PaperStatus::Expired);
            told.push(NewJob::now(now, &PaperDecided { paper_id: paper.id, status, reason: None })?);
        }
    }
    enqueue(txn, told).await?;
    Ok(over)
}
