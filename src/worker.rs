//! Which code does which kind of job, and the worker that runs it.

use std::sync::Arc;
use std::time::Duration;

use crate::admin;
use crate::app::App;
use crate::catalog;
use crate::identity::service::{contacts, invitations, secrets, sessions, throttle};
use crate::notifications::service::{own as notices, tickets};
use crate::platform::jobs::{self, JobError, Registry, Worker};
use crate::platform::{feed, news};
use crate::web::idempotency;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// An index that has not looked for so long is built anew.
const KEEP_CHANGES: chrono::Duration = chrono::Duration::days(7);
/// What somebody was told half a year ago is no news.
const KEEP_NOTICES: chrono::Duration = chrono::Duration::days(180);

/// Every kind of job and all periodic work.
pub fn registry() -> Registry<App> {
    let registry = money(after_the_sale(shops(Registry::default())));
    registry
        .job::<crate::identity::jobs::SendRequested>()
        .job::<crate::identity::jobs::SendVerification>()
        .job::<crate::identity::jobs::SendChange>()
        .job::<crate::identity::jobs::AccountLocked>()
        .job::<crate::identity::jobs::PasswordChanged>()
        .job::<crate::identity::jobs::AccountSecured>()
        .job::<crate::identity::jobs::ContactChanged>()
        .job::<crate::identity::jobs::SendInvitation>()
        .every(HOUR, "forget_old", forget_old)
        .every(MINUTE, "seal_new", admin::seal_new)
        .every(DAY, "seal_all", admin::seal_all)
        .job::<crate::platform::news::Carry>()
        .job::<crate::notifications::jobs::SendNotice>()
        .job::<crate::documents::jobs::IssueDocuments>()
        .job::<crate::documents::jobs::RenderDocument>()
        .job::<crate::documents::jobs::DeleteDocumentFile>()
}

/// Shops, what they list, and the office that looks after them.
fn shops(registry: Registry<App>) -> Registry<App> {
    registry
        .job::<crate::vendors::jobs::VendorMoved>()
        .job::<crate::vendors::jobs::PaperDecided>()
        .job::<crate::vendors::jobs::PaperExpires>()
        .job::<crate::vendors::jobs::BankAccountChanged>()
        .job::<crate::vendors::jobs::DeleteShopPicture>()
        .job::<crate::vendors::jobs::DeletePaperFile>()
        .job::<crate::vendors::jobs::FactsReviewed>()
        .every(HOUR, "warn_papers", crate::vendors::service::wallet::warn)
        .every(HOUR, "end_papers", crate::catalog::service::end_papers)
        .every(HOUR, "settle_listings", crate::catalog::service::settle_all)
        .job::<crate::catalog::jobs::DeleteImage>()
        .job::<crate::catalog::jobs::RefreshPrices>()
        .job::<crate::catalog::jobs::RefreshProducts>()
        .job::<crate::catalog::jobs::TellLowStock>()
        .job::<crate::catalog::jobs::RunImport>()
        .job::<crate::catalog::jobs::AddPicture>()
        .job::<crate::catalog::jobs::EndImport>()
        .job::<crate::catalog::jobs::PublishScheduled>()
        .job::<crate::catalog::jobs::ProductDecided>()
        .job::<crate::catalog::jobs::RevisionDecided>()
        .every(5 * MINUTE, "find_low_stock", catalog::jobs::find_low)
        .job::<crate::office::jobs::ImportVendors>()
        .job::<crate::office::jobs::ComputeTurnover>()
        .job::<crate::office::jobs::SendClaimCode>()
        .job::<crate::office::jobs::TellClaimed>()
        .job::<crate::office::jobs::DeleteList>()
}

/// Payments, refunds and payouts.
fn money(registry: Registry<App>) -> Registry<App> {
    registry
        .job::<crate::settlement::jobs::FillBatch>()
        .job::<crate::settlement::jobs::SendPayout>()
        .job::<crate::settlement::jobs::AskPayout>()
        .every(HOUR, "square_cash", crate::settlement::service::square_all)
        .every(HOUR, "open_payouts", crate::settlement::service::scheduled)
        .job::<crate::payments::jobs::PayRefund>()
        .job::<crate::payments::jobs::PayBack>()
        .job::<crate::payments::jobs::CreateCharge>()
        .job::<crate::payments::jobs::CloseCharge>()
        .job::<crate::payments::jobs::DeleteProof>()
        .job::<crate::checkout::jobs::HandleEvent>()
        .job::<crate::checkout::jobs::MatchStatement>()
        .every(MINUTE, "reconcile_payments", crate::checkout::jobs::reconcile)
        .job::<crate::checkout::jobs::ExpirePurchase>()
}

/// What happens between an order and its end.
fn after_the_sale(registry: Registry<App>) -> Registry<App> {
    registry
        .job::<crate::orders::jobs::Deadline>()
        .job::<crate::orders::jobs::DeleteOrderFile>()
        .job::<crate::checkout::jobs::ReturnDeadline>()
}

/// Forgets what nobody needs any more, a little at a time.
async fn forget_old(app: App) -> Result<(), JobError> {
    let now = app.now();
    let keep_done = chrono::Duration::from_std(app.config.jobs.keep_done).map_err(JobError::new)?;
    while jobs::forget_done(&app.db, now - keep_done).await? > 0 {}
    while feed::forget(&app.db, now - KEEP_CHANGES).await? > 0 {}
    while news::forget(&app.db, now - keep_done).await? > 0 {}
    while notices::forget(&app.db, now - KEEP_NOTICES).await? > 0 {}
    tickets::forget(&app.db, now).await?;
    idempotency::forget(&app.db, now).await?;
    while sessions::forget(&app).await? > 0 {}
    while throttle::forget(&app).await? > 0 {}
    while secrets::forget(&app).await? > 0 {}
    while crate::orders::service::files::forget_loose(&app).await? > 0 {}
    invitations::forget(&app).await?;
    contacts::forget(&app).await?;
    Ok(())
}

/// The worker of this process.
pub fn worker(app: &App) -> Worker<App> {
    Worker {
        db: app.db.clone(),
        clock: app.clock.clone(),
        context: app.clone(),
        registry: Arc::new(registry()),
        wake: app.jobs_wake.clone(),
        name: app.instance.clone(),
        poll: app.config.jobs.poll,
        parallel: app.config.jobs.parallel,
    }
}
