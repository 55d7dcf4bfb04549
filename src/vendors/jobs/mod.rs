//! What owners are told: `vendors.moved`, `vendors.paper_decided`, `vendors.paper_expires`, `vendors.bank_account_changed`,
//! `vendors.facts_reviewed`; `vendors.delete_picture` and `vendors.delete_paper_file` remove files.
//!
//! A message may go out twice when a worker dies between sending and finishing; it is never lost.

mod texts;

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::entity::paper::PaperStatus;
use super::entity::{paper, review, vendor};
use super::query;
use super::service::{storefront, wallet};
use crate::app::App;
use crate::kernel::{ImageId, PaperId, UserId, VendorId, VendorReviewId};
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};

/// Tells the owners that their shop moved; whoever moved it knows.
#[derive(Debug, Serialize, Deserialize)]
pub struct VendorMoved {
    /// The decision.
    pub review_id: VendorReviewId,
}

impl Job<App> for VendorMoved {
    const KIND: &'static str = "vendors.moved";

    async fn run(self, app: App) -> Result<(), JobError> {
        let db = app.db.read();
        let review = review::Entity::find_by_id(self.review_id).one(db).await?;
        let review = review.ok_or_else(|| JobError(format!("decision {} is gone", self.review_id)))?;
        let shop = query::find(db, review.vendor_id).await?;
        let shop = shop.ok_or_else(|| JobError(format!("shop {} is gone", review.vendor_id)))?;
        let Some(text) = texts::moved(&shop.name, &review) else {
            return Ok(());
        };
        tell(&app, &shop, Some(review.actor_id), text).await
    }
}

/// Tells the owners that a paper was taken or refused, or that its time is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct PaperDecided {
    /// The paper.
    pub paper_id: PaperId,
    /// What was decided; it may have changed again since.
    #[serde(default)]
    pub status: Option<PaperStatus>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Job<App> for PaperDecided {
    const KIND: &'static str = "vendors.paper_decided";

    async fn run(self, app: App) -> Result<(), JobError> {
        let (mut paper, shop) = paper_with_shop(&app, self.paper_id).await?;
        if let Some(status) = self.status {
            (paper.status, paper.reason) = (status, self.reason);
        }
        match texts::decided(&shop.name, &paper) {
            Some(text) => tell(&app, &shop, None, text).await,
            None => Ok(()),
        }
    }
}

/// Warns the owners that a paper ends soon.
#[derive(Debug, Serialize, Deserialize)]
pub struct PaperExpires {
    /// The paper.
    pub paper_id: PaperId,
    /// The threshold that was reached.
    pub days: i32,
}

impl Job<App> for PaperExpires {
    const KIND: &'static str = "vendors.paper_expires";

    async fn run(self, app: App) -> Result<(), JobError> {
        let (paper, shop) = paper_with_shop(&app, self.paper_id).await?;
        tell(&app, &shop, None, texts::expires(&shop.name, &paper, self.days)).await
    }
}

/// Removes the files of a picture that no shop shows any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteShopPicture {
    /// The picture that was replaced.
    pub image_id: ImageId,
}

impl Job<App> for DeleteShopPicture {
    const KIND: &'static str = "vendors.delete_picture";

    async fn run(self, app: App) -> Result<(), JobError> {
        storefront::discard_picture(&app, self.image_id).await.map_err(JobError::new)
    }
}

/// Removes a file that no paper names any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeletePaperFile {
    /// Key of the file that was replaced.
    pub file_key: String,
}

impl Job<App> for DeletePaperFile {
    const KIND: &'static str = "vendors.delete_paper_file";

    async fn run(self, app: App) -> Result<(), JobError> {
        wallet::discard_file(&app, &self.file_key).await.map_err(JobError::new)
    }
}

/// Tells the owners what the office says of facts that changed after it had looked.
#[derive(Debug, Serialize, Deserialize)]
pub struct FactsReviewed {
    /// The shop.
    pub vendor_id: VendorId,
    /// They are in order; otherwise something is to be put right.
    pub confirmed: bool,
    /// In the officer's words.
    pub note: Option<String>,
}

impl Job<App> for FactsReviewed {
    const KIND: &'static str = "vendors.facts_reviewed";

    async fn run(self, app: App) -> Result<(), JobError> {
        let shop = query::find(app.db.read(), self.vendor_id).await?;
        let shop = shop.ok_or_else(|| JobError(format!("shop {} is gone", self.vendor_id)))?;
        let text = texts::facts(&shop.name, self.confirmed, self.note.as_deref());
        tell(&app, &shop, None, text).await
    }
}

/// Tells all owners, whoever did it, that the shop is to be paid elsewhere.
#[derive(Debug, Serialize, Deserialize)]
pub struct BankAccountChanged {
    /// The shop.
    pub vendor_id: VendorId,
}

impl Job<App> for BankAccountChanged {
    const KIND: &'static str = "vendors.bank_account_changed";

    async fn run(self, app: App) -> Result<(), JobError> {
        let shop = query::find(app.db.read(), self.vendor_id).await?;
        let shop = shop.ok_or_else(|| JobError(format!("shop {} is gone", self.vendor_id)))?;
        tell(&app, &shop, None, texts::bank_account(&shop.name)).await
    }
}

async fn paper_with_shop(app: &App, id: PaperId) -> Result<(paper::Model, vendor::Model), JobError> {
    let paper = query::paper(app.db.read(), id).await?;
    let paper = paper.ok_or_else(|| JobError(format!("paper {id} is gone")))?;
    let shop = query::find(app.db.read(), paper.vendor_id).await?;
    let shop = shop.ok_or_else(|| JobError(format!("shop {} is gone", paper.vendor_id)))?;
    Ok((paper, shop))
}

/// Sends the same to every owner but one.
async fn tell(app: &App, shop: &vendor::Model, but: Option<UserId>, text: String) -> Result<(), JobError> {
    for owner in query::owners(app.db.read(), shop.id).await? {
        let to = Address::of(owner.email.as_deref(), owner.phone.as_deref());
        // Whoever was erased is told nothing.
        let Some(to) = to.filter(|_| Some(owner.id) != but) else {
            continue;
        };
        let message = Message { to, subject: format!("Toko {}", shop.name), text: text.clone() };
        app.messenger.send(message, app.now()).await.map_err(JobError::new)?;
    }
    Ok(())
}
