//! Jobs of the catalogue.

use serde::{Deserialize, Serialize};

use super::service;
use crate::app::App;
use crate::kernel::ImageId;
use crate::platform::jobs::{Job, JobError};

/// Removes the files of a picture that no product has any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteImage {
    /// The picture that was removed.
    pub image_id: ImageId,
}

impl Job<App> for DeleteImage {
    const KIND: &'static str = "catalog.delete_image";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::discard_image(&app, self.image_id).await.map_err(JobError::new)
    }
}
