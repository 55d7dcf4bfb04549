//! A shop's list of products: its rows, a step at a time, its pictures, one at a time, and what is left of it.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::catalog::import::list::{self, Named};
use crate::catalog::service;
use crate::kernel::{ProductId, ProductImportId};
use crate::platform::jobs::{Job, JobError};

/// Does the next step of a run.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunImport {
    /// Which one.
    pub import_id: ProductImportId,
}

impl Job<App> for RunImport {
    const KIND: &'static str = "catalog.run_import";

    async fn run(self, app: App) -> Result<(), JobError> {
        list::step(&app, self.import_id).await.map_err(JobError::new)
    }
}

/// Adds the first of these pictures; the others follow in their order.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddPicture {
    pub import_id: ProductImportId,
    pub product_id: ProductId,
    /// Where they are named.
    pub line: u64,
    pub pictures: Vec<Named>,
}

impl Job<App> for AddPicture {
    const KIND: &'static str = "catalog.add_picture";

    async fn run(self, app: App) -> Result<(), JobError> {
        list::add_picture(&app, self).await.map_err(JobError::new)
    }
}

/// Removes the files of a run that is done; its report stays.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndImport {
    /// Which one.
    pub import_id: ProductImportId,
}

impl Job<App> for EndImport {
    const KIND: &'static str = "catalog.end_import";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::end_import(&app, self.import_id).await.map_err(JobError::new)
    }
}
