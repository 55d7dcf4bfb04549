//! `catalog.product_decided`, `catalog.revision_decided`: an owner learns what the office decided about a listing.

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::catalog::entity::product::Status;
use crate::catalog::entity::{product, review, revision};
use crate::kernel::{ProductId, ProductReviewId, ProductRevisionId, UserId};
use crate::platform::jobs::{Job, JobError};

/// Tells an owner that a product was approved, sent back or taken down.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProductDecided {
    /// The decision.
    pub review_id: ProductReviewId,
    /// Whom.
    pub owner_id: UserId,
}

/// Tells an owner that an edit was made or rejected.
#[derive(Debug, Serialize, Deserialize)]
pub struct RevisionDecided {
    /// The edit.
    pub revision_id: ProductRevisionId,
    /// Whom.
    pub owner_id: UserId,
}

impl Job<App> for ProductDecided {
    const KIND: &'static str = "catalog.product_decided";

    async fn run(self, app: App) -> Result<(), JobError> {
        let found = review::Entity::find_by_id(self.review_id).one(app.db.read()).await?;
        let review = found.ok_or_else(|| JobError(format!("decision {} is gone", self.review_id)))?;
        let said = match (review.from_status, review.to_status) {
            (from, _) if from.was_shown() => ("diturunkan oleh Dinas.", "was taken down by the office."),
            (_, Status::Draft) => ("dikembalikan oleh Dinas.", "was sent back by the office."),
            _ => ("disetujui Dinas.", "was approved by the office."),
        };
        tell(&app, self.owner_id, review.product_id, ("Produk", "The product"), said, review.note).await
    }
}

impl Job<App> for RevisionDecided {
    const KIND: &'static str = "catalog.revision_decided";

    async fn run(self, app: App) -> Result<(), JobError> {
        let found = revision::Entity::find_by_id(self.revision_id).one(app.db.read()).await?;
        let revision = found.ok_or_else(|| JobError(format!("edit {} is gone", self.revision_id)))?;
        let said = match revision.status {
            revision::Status::Approved => ("disetujui Dinas.", "was approved by the office."),
            _ => ("tidak disetujui Dinas.", "was not approved by the office."),
        };
        let what = ("Perubahan produk", "The change of the product");
        tell(&app, self.owner_id, revision.product_id, what, said, revision.note).await
    }
}

async fn tell(
    app: &App,
    owner_id: UserId,
    product_id: ProductId,
    (what_id, what_en): (&str, &str),
    (said_id, said_en): (&str, &str),
    note: Option<String>,
) -> Result<(), JobError> {
    let product = product::Entity::find_by_id(product_id).one(app.db.read()).await?;
    let title = product.map(|product| product.title).unwrap_or_default();
    let note = note.map(|note| format!("\n{note}")).unwrap_or_default();
    let text = format!("{what_id} \"{title}\" {said_id}\n{what_en} \"{title}\" {said_en}{note}");
    super::send(app, owner_id, format!("Produk {title}"), text).await
}
