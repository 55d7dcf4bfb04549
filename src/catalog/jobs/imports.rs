//! `catalog.run_import` and `catalog.add_picture`: a shop's list of products, a step at a time.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::catalog::{import, service};
use crate::kernel::{ProductId, ProductImportId};
use crate::platform::jobs::{Job, JobError};

/// Does the next step of an import.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunImport {
    /// Which one.
    pub import_id: ProductImportId,
}

impl Job<App> for RunImport {
    const KIND: &'static str = "catalog.run_import";

    async fn run(self, app: App) -> Result<(), JobError> {
        import::step(&app, self.import_id).await.map_err(JobError::new)
    }
}

/// Adds a picture that an import names.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddPicture {
    pub import_id: ProductImportId,
    pub product_id: ProductId,
    /// Where it is named.
    pub line: u64,
    /// An address, or a name in the archive.
    pub source: String,
}

impl Job<App> for AddPicture {
    const KIND: &'static str = "catalog.add_picture";

    async fn run(self, app: App) -> Result<(), JobError> {
        let place = (self.product_id, self.line);
        let added = service::add_named_picture(&app, self.import_id, place, self.source).await;
        added.map_err(JobError::new)
    }
}
