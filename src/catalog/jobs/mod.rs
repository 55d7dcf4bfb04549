//! Jobs of the catalogue.

mod decided;
mod imports;
mod stock;

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::service;
use crate::app::App;
use crate::identity::entity::user;
use crate::kernel::{ImageId, ProductId, UserId};
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};

pub use decided::{ProductDecided, RevisionDecided};
pub use imports::{AddPicture, EndImport, RunImport};
pub use stock::{TellLowStock, find_low};

/// Sends a message to somebody; whoever was erased is told nothing.
async fn send(app: &App, to: UserId, subject: String, text: String) -> Result<(), JobError> {
    let person = user::Entity::find_by_id(to).one(app.db.read()).await?;
    let to = person.and_then(|person| Address::of(person.email.as_deref(), person.phone.as_deref()));
    let Some(to) = to else {
        return Ok(());
    };
    app.messenger.send(Message { to, subject, text }, app.now()).await.map_err(JobError::new)
}

/// Removes the files of a picture that no product has any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteImage {
    /// The picture that was removed.
    pub image_id: ImageId,
}

/// Publishes a product whose time has come.
#[derive(Debug, Serialize, Deserialize)]
pub struct PublishScheduled {
    /// Which one.
    pub product_id: ProductId,
}

impl Job<App> for PublishScheduled {
    const KIND: &'static str = "catalog.publish_scheduled";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::publish_due(&app, self.product_id).await.map_err(JobError::new)
    }
}

impl Job<App> for DeleteImage {
    const KIND: &'static str = "catalog.delete_image";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::discard_image(&app, self.image_id).await.map_err(JobError::new)
    }
}

/// Makes what is derived from products anew, behind one of them. The first one is due when a database from before is brought up
/// to date.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshProducts {
    /// Where the job before ended.
    pub after: Option<ProductId>,
}

impl Job<App> for RefreshProducts {
    const KIND: &'static str = "catalog.refresh_products";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::refresh_products(&app, self.after).await.map_err(JobError::new)
    }
}

/// Brings the figures of a product in step when a sale begins or ends.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshPrices {
    /// The product of the sale.
    pub product_id: ProductId,
}

impl Job<App> for RefreshPrices {
    const KIND: &'static str = "catalog.refresh_prices";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::refresh_prices(&app, self.product_id).await.map_err(JobError::new)
    }
}
