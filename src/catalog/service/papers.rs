//! Which listings wait for a paper of their shop: decided with the paper, at publishing, and when a paper ends.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{ExprTrait, LockType, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult,
    JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
};

use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::category;
use crate::catalog::entity::product::{self, Column, Entity, Status};
use crate::catalog::error::{CatalogError, unknown_category};
use crate::catalog::query::categories;
use crate::catalog::query::relations::category_of_product;
use crate::kernel::clock::business_date;
use crate::kernel::{CategoryId, PaperId, ProductId, VendorId};
use crate::platform::audit::Who;
use crate::platform::jobs::JobError;
use crate::vendors::entity::paper::{self, PaperKind};
use crate::vendors::entity::vendor;
use crate::vendors::model::missing_papers;
use crate::vendors::query::{self, counting_papers};
use crate::vendors::service::wallet::{self, Exemption, Verdict};
use crate::web::Caller;

/// Listings of one transaction.
const AT_ONCE: usize = 500;

#[derive(FromQueryResult)]
struct Listing {
    id: ProductId,
    vendor_id: VendorId,
    category_id: CategoryId,
    status: Status,
    required_papers: String,
}

/// Pauses and resumes listings so that each stands as the papers of its shop say. Where the rule is off all resume.
async fn settle(
    txn: &DatabaseTransaction,
    required: bool,
    which: SimpleExpr,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let listings =
        listings(txn, which.and(Column::Status.is_in([Status::Published, Status::OnHold]))).await?;
    let shops: BTreeSet<VendorId> = listings.iter().map(|row| row.vendor_id).collect();
    let today = business_date(now);
    let papers = if required { counting_papers(txn, shops, today).await? } else { Vec::new() };
    let lacks = |row: &&Listing| required && !missing(row, &papers, today).is_empty();
    let ids = |from: Status, held: bool| -> Vec<ProductId> {
        listings.iter().filter(|row| row.status == from && lacks(row) == held).map(|row| row.id).collect()
    };
    shift(txn, (Status::Published, Status::OnHold), ids(Status::Published, true), now).await?;
    shift(txn, (Status::OnHold, Status::Published), ids(Status::OnHold, false), now).await
}

async fn listings(db: &impl ConnectionTrait, which: SimpleExpr) -> Result<Vec<Listing>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::VendorId, Column::CategoryId, Column::Status])
        .column(category::Column::RequiredPapers)
        .join(JoinType::InnerJoin, category_of_product())
        .filter(which)
        .into_model()
        .all(db)
        .await
}

fn missing(row: &Listing, papers: &[paper::Model], today: NaiveDate) -> Vec<String> {
    let held = papers.iter().filter(|paper| paper.vendor_id == row.vendor_id);
    let held = held.filter(|paper| paper.counts_in(row.category_id));
    let held: Vec<PaperKind> = held.map(|paper| paper.kind).collect();
    missing_papers(&row.required_papers, &held, today)
}

async fn shift(
    txn: &DatabaseTransaction,
    (from, to): (Status, Status),
    ids: Vec<ProductId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    // A statement has a limit of parameters.
    for some in ids.chunks(AT_ONCE) {
        let row = product::ActiveModel { status: Set(to), updated_at: Set(now), ..Default::default() };
        Entity::update_many()
            .set(row)
            .filter(Column::Id.is_in(some.iter().copied()))
            .filter(Column::Status.eq(from))
            .exec(txn)
            .await?;
    }
    // What is made of them is sold only while they are.
    changes::bundles_of(txn, &ids, now).await?;
    changes::touched(txn, ids, now).await
}

/// Holds a listing back that was just published, or resumes one. Where no rule applies nothing is asked.
pub async fn settle_one(
    txn: &DatabaseTransaction,
    app: &App,
    mut product: product::Model,
) -> Result<product::Model, CatalogError> {
    let required = app.config.vendors.papers_required;
    if product.status == Status::OnHold || (required && product.status == Status::Published) {
        settle(txn, required, Column::Id.eq(product.id), app.now()).await?;
        let now_at = Entity::find_by_id(product.id).one(txn).await?.ok_or(CatalogError::NotFound)?;
        (product.status, product.updated_at) = (now_at.status, now_at.updated_at);
    }
    Ok(product)
}

/// The same for products that were written in one go.
pub async fn settle_products(
    txn: &DatabaseTransaction,
    app: &App,
    ids: &[ProductId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if !app.config.vendors.papers_required || ids.is_empty() {
        return Ok(());
    }
    settle(txn, true, Column::Id.is_in(ids.iter().copied()), now).await
}

/// Which papers a listing on hold waits for.
pub async fn awaited(
    db: &impl ConnectionTrait,
    product: &product::Model,
    now: DateTime<Utc>,
) -> Result<Vec<String>, DbErr> {
    if product.status != Status::OnHold {
        return Ok(Vec::new());
    }
    let today = business_date(now);
    let papers = counting_papers(db, [product.vendor_id], today).await?;
    let rows = listings(db, Column::Id.eq(product.id)).await?;
    Ok(rows.iter().flat_map(|row| missing(row, &papers, today)).collect())
}

/// Writes down what an officer says about a paper; the listings of the shop follow.
pub async fn decide_paper(
    app: &App,
    (caller, who): (&Caller, &Who),
    id: PaperId,
    verdict: Verdict,
) -> Result<paper::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let judged = query::paper(&txn, id).await?.ok_or(CatalogError::NotFound)?;
    hold_shop(&txn, judged.vendor_id).await?;
    let paper = wallet::judge(&txn, &app.sealer, (caller, who), id, (verdict, now)).await?;
    settle_shop(&txn, app, paper.vendor_id, now).await?;
    app.commit(txn).await?;
    Ok(paper)
}

/// Writes down that a shop needs no paper of a kind, for one category or for all; its listings follow.
pub async fn exempt(
    app: &App,
    (caller, who): (&Caller, &Who),
    vendor_id: VendorId,
    (mut exemption, category): (Exemption, Option<String>),
) -> Result<paper::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    if let Some(slug) = category {
        let found = categories::by_slug(&txn, &slug).await?;
        let unknown = || CatalogError::Invalid(vec![unknown_category().at("/category")]);
        exemption.category_id = Some(found.ok_or_else(unknown)?.id);
    }
    hold_shop(&txn, vendor_id).await?;
    let paper = wallet::exempt(&txn, &app.sealer, (caller, who), vendor_id, (exemption, now)).await?;
    settle_shop(&txn, app, vendor_id, now).await?;
    app.commit(txn).await?;
    Ok(paper)
}

/// Holds a shop: whoever puts a product of it before the public looks at its papers before or after this, not meanwhile.
async fn hold_shop(txn: &DatabaseTransaction, vendor_id: VendorId) -> Result<(), DbErr> {
    vendor::Entity::find_by_id(vendor_id).lock(LockType::NoKeyUpdate).one(txn).await?;
    Ok(())
}

/// Pauses and resumes what a shop lists, as its papers say.
pub async fn settle_shop(
    txn: &DatabaseTransaction,
    app: &App,
    vendor_id: VendorId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    settle(txn, app.config.vendors.papers_required, Column::VendorId.eq(vendor_id), now).await
}

/// Ends papers whose last day is over, and pauses the listings that need them.
pub async fn end_papers(app: App) -> Result<(), JobError> {
    while end_some(&app).await.map_err(JobError::new)? {}
    Ok(())
}

async fn end_some(app: &App) -> Result<bool, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let over = wallet::end(&txn, &app.sealer, now).await?;
    let shops: Vec<VendorId> = over.iter().map(|paper| paper.vendor_id).collect();
    if !shops.is_empty() {
        settle(&txn, app.config.vendors.papers_required, Column::VendorId.is_in(shops), now).await?;
    }
    app.commit(txn).await?;
    Ok(!over.is_empty())
}

/// Goes through all listings: a rule may have been switched on, or have come into force, while nothing else happened to them.
pub async fn settle_all(app: App) -> Result<(), JobError> {
    let mut after = None;
    while let Some(last) = settle_some(&app, after).await.map_err(JobError::new)? {
        after = Some(last);
    }
    Ok(())
}

/// The next listings behind one of them; the last of these.
async fn settle_some(app: &App, after: Option<ProductId>) -> Result<Option<ProductId>, CatalogError> {
    let required = app.config.vendors.papers_required;
    // Where no paper is asked for, nothing can be held back.
    let asked = Column::Status.eq(Status::Published).and(category::Column::RequiredPapers.ne(""));
    let which = Condition::any().add(Column::Status.eq(Status::OnHold)).add_option(required.then_some(asked));
    let ids: Vec<ProductId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .join(JoinType::InnerJoin, category_of_product())
        .filter(which)
        .apply_if(after, |select, after| select.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE as u64)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let now = app.now();
    let txn = app.db.begin().await?;
    if !ids.is_empty() {
        settle(&txn, required, Column::Id.is_in(ids.iter().copied()), now).await?;
    }
    app.commit(txn).await?;
    Ok(ids.last().copied())
}
