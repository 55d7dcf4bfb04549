//! Talking to PostgreSQL beside the pool: what other processes say, and why there is no connection.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnection, PgListener};
use sea_orm::sqlx::{Connection, Error};
use sea_orm::{DbErr, RuntimeErr};
use tokio::sync::Notify;

/// Pause before the next attempt when the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// Who is woken by which channel.
pub type Channels = Vec<(&'static str, Arc<Notify>)>;

/// Wakes whoever waits for a channel, for ever; whoever waits also polls, so a lost connection delays but loses nothing.
pub async fn listen(url: &str, channels: Channels) {
    loop {
        if let Err(error) = follow(url, &channels).await {
            tracing::warn!(error = %error, "notifications are not heard; polling instead");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn follow(url: &str, channels: &Channels) -> Result<(), Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen_all(channels.iter().map(|(name, _)| *name)).await?;
    loop {
        // What was said while nobody listened is lost, so everybody looks once.
        channels.iter().for_each(|(_, wake)| wake.notify_one());
        while let Some(notification) = listener.try_recv().await? {
            let woken = channels.iter().filter(|(name, _)| *name == notification.channel());
            woken.for_each(|(_, wake)| wake.notify_one());
        }
    }
}

/// Why PostgreSQL cannot be reached. The pool only says that it waited in vain.
pub(super) async fn cause(url: &str) -> Option<DbErr> {
    let attempt = tokio::time::timeout(PAUSE, PgConnection::connect(url)).await.ok()?;
    attempt.err().map(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
}
