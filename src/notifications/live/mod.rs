//! Live events: what a person is told, as it happens.
//!
//! Each process with listeners follows the table of notifications, whoever writes to it, and wakes the streams whose person is
//! concerned; a stream reads its own rows. Rows are read in the order of `(xid, seq)` and only once nothing before them can
//! still be committed (see `search/feed/changes.rs`), so that a stream which is taken up again misses nothing.

mod place;
mod stream;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::{Notify, broadcast};

use super::entity::notification::{Column, Entity};
use crate::app::App;
use crate::kernel::UserId;

pub use place::Place;
pub use stream::{Opening, open};

/// Wake-ups that a stream may fall behind before it simply looks for itself.
const BACKLOG: usize = 64;
/// Rows of one look.
const BATCH: u64 = 500;

/// Whom a wake-up concerns; nothing: everybody.
type Concerned = Option<Arc<HashSet<UserId>>>;

/// The listeners of this process; clones are the same.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    /// Told by whoever writes notifications, here or elsewhere.
    wake: Arc<Notify>,
    calls: broadcast::Sender<Concerned>,
    listeners: Mutex<Listeners>,
}

#[derive(Default)]
struct Listeners {
    of: HashMap<UserId, usize>,
    /// Somebody follows the table.
    followed: bool,
}

impl Default for Live {
    fn default() -> Self {
        let (calls, _) = broadcast::channel(BACKLOG);
        Self(Arc::new(Inner { wake: Arc::default(), calls, listeners: Mutex::default() }))
    }
}

impl Live {
    /// Something was written.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// What wakes the follower, for whoever hears of other processes.
    pub fn waker(&self) -> Arc<Notify> {
        self.0.wake.clone()
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a stream of a person in, unless there are `most` already; with the first one somebody begins to follow the table.
    fn enter(&self, app: &App, user_id: UserId, most: usize) -> Option<Listener> {
        let mut listeners = self.listeners();
        let mine = listeners.of.entry(user_id).or_default();
        if *mine >= most {
            return None;
        }
        *mine += 1;
        let calls = self.0.calls.subscribe();
        if !std::mem::replace(&mut listeners.followed, true) {
            tokio::spawn(follow(app.clone()));
        }
        drop(listeners);
        Some(Listener { live: self.clone(), user_id, calls })
    }

    /// True if nobody listens any more; then nobody follows.
    fn is_quiet(&self) -> bool {
        let mut listeners = self.listeners();
        listeners.followed = !listeners.of.is_empty();
        !listeners.followed
    }

    /// Wakes the streams of those who are concerned.
    fn call(&self, concerned: Concerned) {
        // Nobody may be listening just now.
        self.0.calls.send(concerned).ok();
    }
}

/// One stream's place among the listeners.
struct Listener {
    live: Live,
    user_id: UserId,
    calls: broadcast::Receiver<Concerned>,
}

impl Listener {
    /// Waits until there may be something for the person.
    async fn called(&mut self) {
        loop {
            match self.calls.recv().await {
                Ok(Some(concerned)) if !concerned.contains(&self.user_id) => {}
                // Called, or fallen behind: look.
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listeners = self.live.listeners();
        if let Some(mine) = listeners.of.get_mut(&self.user_id) {
            *mine = mine.saturating_sub(1);
            if *mine == 0 {
                listeners.of.remove(&self.user_id);
            }
        }
    }
}

/// Follows the table while somebody listens.
async fn follow(app: App) {
    let mut place = None;
    while !app.stop.is_cancelled() && !app.live.is_quiet() {
        match turn(&app, place).await {
            Ok((next, more)) => {
                place = Some(next);
                if more {
                    continue;
                }
            }
            Err(error) => tracing::warn!(%error, "live events cannot be followed"),
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = app.live.0.wake.notified() => {}
            () = tokio::time::sleep(app.config.events.poll) => {}
        }
    }
}

/// One look at the table: where to go on, and whether there may be more at once.
async fn turn(app: &App, place: Option<Place>) -> Result<(Place, bool), DbErr> {
    let Some(place) = place else {
        let start = Place::now(app).await?;
        // What was committed before the follower looked for the first time is seen by nobody else.
        app.live.call(None);
        return Ok((start, true));
    };
    let rows: Vec<(i64, i64, UserId)> = Entity::find()
        .select_only()
        .columns([Column::Xid, Column::Seq, Column::UserId])
        .filter(place.later())
        .filter(place::settled(app.db.backend()))
        .order_by_asc(Column::Xid)
        .order_by_asc(Column::Seq)
        .limit(BATCH)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let Some((xid, seq, _)) = rows.last() else {
        return Ok((place, false));
    };
    let next = Place { xid: *xid, seq: *seq };
    app.live.call(Some(Arc::new(rows.iter().map(|(_, _, user_id)| *user_id).collect())));
    Ok((next, rows.len() as u64 == BATCH))
}
