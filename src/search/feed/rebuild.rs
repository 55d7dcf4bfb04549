//! Building an index afresh from the catalogue, beside the one in use.

use sea_orm::DbErr;
use uuid::Uuid;

use super::{FeedError, changes};
use crate::app::App;
use crate::kernel::ProductId;
use crate::platform::search::{FeedPosition, SearchEngine};
use crate::search::query::{documents, public_ids};

/// Products read at once.
const BATCH: u64 = 500;

/// Fills a fresh index and puts it in place. What changes meanwhile comes after the returned position.
pub async fn rebuild(app: &App, engine: &dyn SearchEngine, feed: Uuid) -> Result<FeedPosition, FeedError> {
    let start = changes::start(app, feed).await?;
    let mut fresh = engine.begin_rebuild().await?;
    let (mut after, mut expected) = (None, 0);
    loop {
        let ids = next_ids(app, after).await?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        let found = documents::load(app.db.read(), &ids).await?;
        expected += found.upserts.len() as u64;
        fresh.add(&found.upserts).await?;
    }
    fresh.finish(expected, start).await?;
    tracing::info!(products = expected, "the search index was built afresh");
    Ok(start)
}

async fn next_ids(app: &App, after: Option<ProductId>) -> Result<Vec<ProductId>, DbErr> {
    public_ids(app.db.read(), after, BATCH).await
}
