//! Keeping the index in step with the catalogue.
//!
//! An index remembers its place in the table of changes. A process with an index of its own follows the table by
//! itself; a shared engine is fed by whoever holds the lease `search.feed`. A new index, one of another database, one
//! that fell behind what is kept of the table, and one whose feed was ended by `lapak reindex` are built afresh.

pub mod changes;
mod rebuild;
pub mod verify;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::query::documents;
use crate::app::App;
use crate::platform::lease;
use crate::platform::search::{FeedPosition, SearchEngine, SearchError};

pub use changes::begin_new_feed;

/// Changes taken at once.
const BATCH: u64 = 500;

/// The lease of whoever feeds a shared engine.
const LEASE: &str = "search.feed";

/// How long the lease lasts without being renewed.
const LEASE_TTL: Duration = Duration::from_secs(15);

/// How often the lease is renewed, and the identity of the feed looked at again.
const LOOK_AGAIN: chrono::TimeDelta = chrono::TimeDelta::seconds(2);

/// Rest after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// How often [`catch_up`] looks again, and how long it rests before each look, when a transaction is under way.
const MOST_WAITS: usize = 500;
const WAIT: Duration = Duration::from_millis(10);

/// What can go wrong on the way from the table to the index.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
    /// The engine failed.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// What one look at the table brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// There may be more at once.
    More,
    /// The index holds everything.
    CaughtUp,
    /// Something is committed that may be read only when an older transaction has ended.
    Waiting,
    /// Another process feeds the engine.
    Watching,
}

/// Follows the table until `stop`.
pub async fn run(app: App, stop: CancellationToken) {
    let mut feed = Feed::new(app);
    while !stop.is_cancelled() {
        let rest = match feed.turn().await {
            Ok(Turn::More) => continue,
            Ok(Turn::CaughtUp | Turn::Waiting) => feed.app.config.search.poll,
            Ok(Turn::Watching) => feed.app.config.search.poll * 5,
            Err(error) => {
                tracing::warn!(%error, "the search index cannot follow the catalogue");
                feed.forget();
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = feed.app.feed_wake.notified() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
    if feed.held_since.is_some()
        && let Err(error) = lease::release(&feed.app.db, LEASE, &feed.app.instance).await
    {
        tracing::warn!(%error, "the lease of the search feed stays until it expires");
    }
}

/// Brings the index up to now and returns; for commands and tests. Gives up on changes that wait for a transaction
/// which does not end.
pub async fn catch_up(app: &App) -> Result<(), FeedError> {
    let mut feed = Feed::new(app.clone());
    let mut waits = 0;
    while waits < MOST_WAITS {
        match feed.turn().await? {
            Turn::More => {}
            Turn::CaughtUp | Turn::Watching => break,
            Turn::Waiting => {
                waits += 1;
                tokio::time::sleep(WAIT).await;
            }
        }
    }
    Ok(())
}

struct Feed {
    app: App,
    /// Where the index is, once looked up.
    position: Option<FeedPosition>,
    /// The identity of the feed, and when it was looked up.
    identity: Option<(Uuid, chrono::DateTime<chrono::Utc>)>,
    /// When the lease was last renewed.
    held_since: Option<chrono::DateTime<chrono::Utc>>,
}

impl Feed {
    fn new(app: App) -> Self {
        Self { app, position: None, identity: None, held_since: None }
    }

    /// After a failure nothing that was remembered is sure.
    fn forget(&mut self) {
        self.position = None;
        self.identity = None;
    }

    async fn turn(&mut self) -> Result<Turn, FeedError> {
        let engine = Arc::clone(self.app.search.engine().await?);
        if !self.app.search.is_per_process() && !self.may_feed().await? {
            self.position = None;
            return self.watch(engine.as_ref()).await;
        }
        let identity = self.identity().await?;
        let Some(position) = self.usable_position(engine.as_ref(), identity).await? else {
            self.position = Some(rebuild::rebuild(&self.app, engine.as_ref(), identity).await?);
            return Ok(Turn::More);
        };
        self.follow(engine.as_ref(), position).await
    }

    /// Whether this process holds the lease of a shared engine.
    async fn may_feed(&mut self) -> Result<bool, DbErr> {
        let now = self.app.now();
        if self.held_since.is_some_and(|since| now - since < LOOK_AGAIN) {
            return Ok(true);
        }
        let held = lease::hold(&self.app.db, LEASE, &self.app.instance, LEASE_TTL, now).await?;
        self.held_since = held.then_some(now);
        Ok(held)
    }

    async fn identity(&mut self) -> Result<Uuid, DbErr> {
        let now = self.app.now();
        if let Some((identity, _)) = self.identity.filter(|(_, looked)| now - *looked < LOOK_AGAIN) {
            return Ok(identity);
        }
        let identity = changes::identity(&self.app).await?;
        self.identity = Some((identity, now));
        Ok(identity)
    }

    /// Where the index is; `None` if it has to be built afresh.
    async fn usable_position(
        &mut self,
        engine: &dyn SearchEngine,
        identity: Uuid,
    ) -> Result<Option<FeedPosition>, FeedError> {
        let position = match self.position {
            Some(position) => position,
            None => {
                let Some(stored) = engine.position().await? else {
                    return Ok(None);
                };
                let kept = changes::kept(&self.app).await?;
                if !kept.contains(&stored.place()) {
                    tracing::info!("the search index is not within the kept changes");
                    return Ok(None);
                }
                stored
            }
        };
        self.position = Some(position).filter(|position| position.feed == identity);
        Ok(self.position)
    }

    async fn follow(&mut self, engine: &dyn SearchEngine, position: FeedPosition) -> Result<Turn, FeedError> {
        // Whatever committed before this moment is seen by the statements below.
        let moment = self.app.now();
        let batch = changes::after(&self.app, position, BATCH).await?;
        if let Some(end) = batch.end {
            let found = documents::load(self.app.db.read(), &batch.products).await?;
            engine.apply(&found.upserts, &found.deletes, end).await?;
            self.position = Some(end);
        }
        if batch.complete {
            self.app.search.caught_up(moment);
            return Ok(Turn::CaughtUp);
        }
        Ok(if batch.full && batch.end.is_some() { Turn::More } else { Turn::Waiting })
    }

    /// Another process feeds the engine: only see whether it keeps up.
    async fn watch(&mut self, engine: &dyn SearchEngine) -> Result<Turn, FeedError> {
        let moment = self.app.now();
        if let Some(position) = engine.position().await? {
            let batch = changes::after(&self.app, position, 1).await?;
            if batch.complete && batch.end.is_none() {
                self.app.search.caught_up(moment);
            }
        }
        Ok(Turn::Watching)
    }
}
