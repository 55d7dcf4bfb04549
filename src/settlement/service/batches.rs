//! Batches of payouts: opened by finance or by the calendar, filled shop by shop, sent once.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::Datelike;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use crate::app::App;
use crate::config::Disburser as Chosen;
use crate::kernel::clock::business_date;
use crate::kernel::{PayoutBatchId, PayoutId, Problem, Rupiah, UserId, VendorId};
use crate::orders;
use crate::payments::entity::account;
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{self, JobError, NewJob};
use crate::platform::sheets::{self, Cell};
use crate::settlement::entity::{batch, payout};
use crate::settlement::error::SettlementError;
use crate::settlement::http::PayoutBatchOut;
use crate::settlement::jobs::{FillBatch, SendPayout};
use crate::settlement::query;
use crate::settlement::service::square;
use crate::vendors;
use crate::vendors::service::bank;
use crate::web::idempotency::Request;

/// Opens a batch; shops are added by a job.
pub async fn open_batch(
    app: &App,
    (finance, who): (UserId, &Who),
    request: Request<'_>,
) -> Result<Response, Problem> {
    app.once(request, async |txn| -> Result<_, SettlementError> {
        let id = PayoutBatchId::generate();
        let row = new_batch(id, format!("hand:{id}"), Some(finance), app);
        batch::Entity::insert(batch::ActiveModel::from(row.clone())).exec_without_returning(txn).await?;
        jobs::enqueue(txn, vec![NewJob::now::<App, _>(app.now(), &FillBatch { batch_id: id })?]).await?;
        let deed =
            Deed { action: "payout_batch.opened", object: ("payout_batch", id.into()), detail: json!({}) };
        audit::record(txn, &app.sealer, who, deed, app.now()).await?;
        Ok((StatusCode::CREATED, PayoutBatchOut::of(row, &[])))
    })
    .await
}

/// Opens the batch of a day that the settings name, once however many processes try; periodic.
pub async fn scheduled(app: App) -> Result<(), JobError> {
    let today = business_date(app.now());
    let day = today.weekday().to_string().to_lowercase();
    if !app.config.settlement.payout_days.contains(&day) {
        return Ok(());
    }
    let id = PayoutBatchId::generate();
    let txn = app.db.begin().await?;
    let row = batch::ActiveModel::from(new_batch(id, format!("day:{today}"), None, &app));
    let once = OnConflict::column(batch::Column::RunKey).do_nothing().to_owned();
    match batch::Entity::insert(row).on_conflict(once).exec_without_returning(&txn).await {
        Ok(1) => {}
        Ok(_) | Err(DbErr::RecordNotInserted) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    jobs::enqueue(&txn, vec![NewJob::now::<App, _>(app.now(), &FillBatch { batch_id: id })?]).await?;
    app.commit(txn).await?;
    Ok(())
}

fn new_batch(id: PayoutBatchId, run_key: String, created_by: Option<UserId>, app: &App) -> batch::Model {
    let status = batch::Status::Filling;
    batch::Model { id, run_key, status, created_by, created_at: app.now(), sent_at: None }
}

/// Adds every shop that is owed enough; each in a transaction of its own, so that nobody waits for a whole batch.
pub async fn fill(app: &App, id: PayoutBatchId) -> Result<(), SettlementError> {
    for vendor in owed(app).await? {
        claim(app, id, vendor).await?;
    }
    let txn = app.db.begin().await?;
    let ready = move_batch(&txn, id, (batch::Status::Filling, batch::Status::Ready)).await?;
    // What a program does needs nobody to carry it.
    if ready && app.config.settlement.disburser != Chosen::BankFile {
        send(app, &txn, id).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// Shops that are owed something, in a fixed order.
async fn owed(app: &App) -> Result<Vec<VendorId>, DbErr> {
    let owners: Vec<uuid::Uuid> = account::Entity::find()
        .select_only()
        .column(account::Column::OwnerId)
        .filter(account::Column::Kind.eq(account::Kind::VendorPayable))
        .filter(account::Column::Balance.gt(0))
        .order_by_asc(account::Column::OwnerId)
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(owners.into_iter().map(VendorId).collect())
}

/// Claims what a shop is owed for a payout. The guard is the balance of the shop: what is claimed is not there any more.
pub async fn claim(
    app: &App,
    batch_id: PayoutBatchId,
    vendor: VendorId,
) -> Result<Option<PayoutId>, SettlementError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    // Nobody is added to a batch that is closed, and it is not closed while somebody is added.
    if !move_batch(&txn, batch_id, (batch::Status::Filling, batch::Status::Filling)).await? {
        return Ok(None);
    }
    while square(&txn, vendor, now).await? {}
    let standing = ledger::lock_shop(&txn, vendor, now).await?;
    let netted = standing.payable.min(standing.debt).max(0);
    // What a buyer may get back stays until it is decided.
    let contested = orders::query::claims::contested(&txn, vendor).await?;
    let amount = Rupiah::new((standing.payable - netted - contested.get()).max(0))?;
    let (counts, waiting) = bank::standing(vendors::query::bank_accounts(&txn, vendor).await?, now);
    // After a change of the account nothing is paid until the new one counts.
    let account = counts.filter(|_| waiting.is_none());
    let Some(account) = account.filter(|_| amount >= app.config.settlement.payout_minimum) else {
        app.commit(txn).await?;
        return Ok(None);
    };
    let id = PayoutId::generate();
    let row = payout::ActiveModel {
        id: Set(id),
        batch_id: Set(batch_id),
        vendor_id: Set(vendor),
        bank_account_id: Set(account.id),
        amount: Set(amount),
        status: Set(payout::Status::Pending),
        attempts: Set(0),
        note: Set(None),
        created_at: Set(now),
        sent_at: Set(None),
        done_at: Set(None),
    };
    let once =
        OnConflict::columns([payout::Column::BatchId, payout::Column::VendorId]).do_nothing().to_owned();
    match payout::Entity::insert(row).on_conflict(once).exec_without_returning(&txn).await {
        Ok(1) => {}
        Ok(_) | Err(DbErr::RecordNotInserted) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let payable = Account::payable(vendor);
    let entry = |kind, credit, amount| Entry { kind, debit: payable, credit, amount, order_id: None };
    let entries = [
        entry(Kind::Netted, Account::debt(vendor), Rupiah::new(netted)?),
        entry(Kind::PayoutDue, Account::PAYOUTS_DUE, amount),
    ];
    ledger::post(&txn, Cause::Payout(id), &entries, now).await?;
    app.commit(txn).await?;
    Ok(Some(id))
}

/// Sends a batch: by program, or says that its file went to the bank.
pub async fn send_batch(
    app: &App,
    who: &Who,
    request: Request<'_>,
    id: PayoutBatchId,
) -> Result<Response, Problem> {
    app.once(request, async |txn| -> Result<_, SettlementError> {
        query::batch(txn, id).await?.ok_or(SettlementError::NotFound)?;
        if !send(app, txn, id).await? {
            return Err(SettlementError::BatchState);
        }
        let payouts = query::of_batch(txn, id).await?;
        let deed = Deed {
            action: "payout_batch.sent",
            object: ("payout_batch", id.into()),
            detail: json!({"payouts": payouts.len()}),
        };
        audit::record(txn, &app.sealer, who, deed, app.now()).await?;
        let row = query::batch(txn, id).await?.ok_or(SettlementError::NotFound)?;
        Ok((StatusCode::OK, PayoutBatchOut::of(row, &payouts)))
    })
    .await
}

/// True if this call was the one that sent it.
async fn send(app: &App, txn: &DatabaseTransaction, id: PayoutBatchId) -> Result<bool, SettlementError> {
    if !move_batch(txn, id, (batch::Status::Ready, batch::Status::Sent)).await? {
        return Ok(false);
    }
    let now = app.now();
    batch::Entity::update_many()
        .col_expr(batch::Column::SentAt, Expr::value(now))
        .filter(batch::Column::Id.eq(id))
        .exec(txn)
        .await?;
    if app.config.settlement.disburser == Chosen::BankFile {
        payout::Entity::update_many()
            .col_expr(payout::Column::Status, Expr::value(payout::Status::Sent))
            .col_expr(payout::Column::Attempts, Expr::value(1))
            .col_expr(payout::Column::SentAt, Expr::value(now))
            .filter(payout::Column::BatchId.eq(id))
            .filter(payout::Column::Status.eq(payout::Status::Pending))
            .exec(txn)
            .await?;
        return Ok(true);
    }
    let payouts = query::of_batch(txn, id).await?;
    let jobs = payouts.iter().map(|row| NewJob::now::<App, _>(now, &SendPayout { payout_id: row.id }));
    jobs::enqueue(txn, jobs.collect::<Result<Vec<_>, _>>()?).await?;
    Ok(true)
}

async fn move_batch(
    txn: &DatabaseTransaction,
    id: PayoutBatchId,
    (from, to): (batch::Status, batch::Status),
) -> Result<bool, DbErr> {
    let moved = batch::Entity::update_many()
        .col_expr(batch::Column::Status, Expr::value(to))
        .filter(batch::Column::Id.eq(id))
        .filter(batch::Column::Status.eq(from))
        .exec(txn)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// The file for the bank: account numbers are opened for it, and that is recorded.
pub async fn bank_file(app: &App, who: &Who, id: PayoutBatchId) -> Result<Vec<u8>, Problem> {
    let txn = app.db.begin().await?;
    let row = query::batch(&txn, id).await?.ok_or(SettlementError::NotFound)?;
    // A file that was drawn too early would leave out the shops that are still to come.
    if row.status == batch::Status::Filling {
        return Err(SettlementError::BatchState.into());
    }
    let mut payouts = query::of_batch(&txn, id).await?;
    // What failed is owed anew and stands in the file of another batch; a file that is drawn again must not pay it twice.
    payouts.retain(|row| matches!(row.status, payout::Status::Pending | payout::Status::Sent));
    let ids = payouts.iter().map(|row| row.bank_account_id);
    let accounts = vendors::query::accounts_by_id(&txn, ids).await?;
    let mut rows = Vec::with_capacity(payouts.len());
    for row in &payouts {
        let account = accounts.iter().find(|account| account.id == row.bank_account_id);
        let account = account.ok_or(SettlementError::NotFound)?;
        let (number, holder) = bank::opened(&app.sealer, account).map_err(Problem::internal)?;
        rows.push(vec![
            Cell::from(account.bank_code.as_str()),
            Cell::from(number),
            Cell::from(holder),
            Cell::from(row.amount.get()),
            Cell::from(row.id.to_string()),
        ]);
    }
    let deed = Deed {
        action: "payout_batch.file_drawn",
        object: ("payout_batch", id.into()),
        detail: json!({"payouts": rows.len()}),
    };
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    sheets::csv(&["bank_code", "account_number", "holder", "amount", "reference"], &rows)
        .map_err(Problem::internal)
}
