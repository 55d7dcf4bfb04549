//! One stream of live events.

use std::collections::VecDeque;
use std::convert::Infallible;

use axum::response::sse::Event;
use futures_util::Stream;
use futures_util::stream::unfold;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::time::Instant;

use super::{Listener, Place, place};
use crate::app::App;
use crate::identity;
use crate::kernel::{Lang, SessionId, UserId};
use crate::notifications::entity::notification::{Column, Entity};
use crate::notifications::http::NotificationOut;
use crate::notifications::query;

/// Rows of one look.
const BATCH: u64 = 100;

/// Who listens, and from where on.
pub struct Opening {
    /// The person.
    pub user_id: UserId,
    /// The login that the stream lives by.
    pub session_id: SessionId,
    /// The place of the last event that arrived; nothing: from now on.
    pub after: Option<Place>,
}

struct Open {
    app: App,
    listener: Listener,
    session_id: SessionId,
    lang: Lang,
    place: Place,
    ready: VecDeque<Event>,
    beat: Instant,
}

/// Opens a stream; nothing if the person has too many, or the session is over.
pub async fn open(
    app: &App,
    opening: Opening,
) -> Result<Option<impl Stream<Item = Result<Event, Infallible>> + Send + use<>>, DbErr> {
    let most = app.config.events.streams_per_user;
    let Some(listener) = app.live.enter(app, opening.user_id, most) else {
        return Ok(None);
    };
    let lang = query::language(app.db.read(), opening.user_id).await?;
    let place = match opening.after {
        Some(place) => place,
        None => Place::now(app).await?,
    };
    let hello = Event::default().comment("hello").retry(app.config.events.poll);
    let open = Open {
        app: app.clone(),
        listener,
        session_id: opening.session_id,
        lang,
        place,
        ready: VecDeque::from([hello]),
        beat: Instant::now() + app.config.events.heartbeat,
    };
    Ok(Some(unfold(open, next)))
}

/// The next event. The stream ends when the service stops, the session is over, or the database is away; the client comes back.
async fn next(mut open: Open) -> Option<(Result<Event, Infallible>, Open)> {
    loop {
        if let Some(event) = open.ready.pop_front() {
            return Some((Ok(event), open));
        }
        let outcome = open.look().await;
        if !outcome.inspect_err(|error| tracing::warn!(%error, "a stream ends")).unwrap_or(false) {
            return None;
        }
        if open.ready.is_empty() && !open.wait().await {
            return None;
        }
    }
}

impl Open {
    /// Reads what is new; false if the session is over.
    async fn look(&mut self) -> Result<bool, DbErr> {
        let db = self.app.db.read();
        if !identity::query::session_lives(db, self.session_id, self.app.now()).await? {
            return Ok(false);
        }
        let rows = Entity::find()
            .filter(Column::UserId.eq(self.listener.user_id))
            .filter(Column::Listed.eq(true))
            .filter(self.place.later())
            .filter(place::settled(self.app.db.backend()))
            .order_by_asc(Column::Xid)
            .order_by_asc(Column::Seq)
            .limit(BATCH)
            .all(db)
            .await?;
        for row in rows {
            self.place = Place { xid: row.xid, seq: row.seq };
            let event = Event::default().event("notification").id(self.place.to_string());
            let shown = NotificationOut::of(row, self.lang);
            self.ready.extend(event.json_data(shown).ok());
        }
        Ok(true)
    }

    /// Waits for news or the next heartbeat; false if the service stops.
    async fn wait(&mut self) -> bool {
        let app = self.app.clone();
        tokio::select! {
            biased;
            () = app.stop.cancelled() => return false,
            () = self.listener.called() => {}
            () = tokio::time::sleep_until(self.beat) => {
                self.beat = Instant::now() + app.config.events.heartbeat;
                self.ready.push_back(Event::default().comment("beat"));
            }
        }
        true
    }
}
