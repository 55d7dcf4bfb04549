//! `catalog.tell_low_stock`: an owner of a shop learns that something is running out.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::catalog::query::shelf::{self, LevelFilter};
use crate::catalog::service;
use crate::kernel::{UserId, VariantId, VendorId};
use crate::platform::jobs::{Job, JobError};
use crate::web::query::PageOf;

/// Most lines of a message.
const SHOWN: u64 = 20;

/// Looks for stock that fell to its threshold.
pub async fn find_low(app: App) -> Result<(), JobError> {
    service::find_low(&app).await.map_err(JobError::new)
}

/// Tells an owner of a shop what is running out.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellLowStock {
    /// Whose.
    pub vendor_id: VendorId,
    /// Whom.
    pub owner_id: UserId,
    /// What.
    pub variants: Vec<VariantId>,
}

impl Job<App> for TellLowStock {
    const KIND: &'static str = "catalog.tell_low_stock";

    async fn run(self, app: App) -> Result<(), JobError> {
        let count = self.variants.len();
        let filter = LevelFilter { variants: self.variants, ..LevelFilter::default() };
        let page = PageOf { limit: SHOWN, after: None };
        let levels = shelf::levels(app.db.read(), self.vendor_id, &filter, &page).await?;
        let mut text = format!("Stok {count} barang hampir habis / {count} articles are running out:\n");
        for level in &levels.items {
            text.push_str(&format!("- {} ({}): {}\n", level.title, level.sku, level.available()));
        }
        if count > levels.items.len() {
            let more = count - levels.items.len();
            text.push_str(&format!("- dan {more} lainnya / and {more} more\n"));
        }
        super::send(&app, self.owner_id, "Stok hampir habis / Low stock".to_owned(), text).await
    }
}
