//! What other processes say through PostgreSQL: a transaction of theirs has left work.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::Error;
use sea_orm::sqlx::postgres::PgListener;
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
    listener
        .listen_all(channels.iter().map(|(name, _)| *name))
        .await?;
    loop {
        // What was said while nobody listened is lost, so everybody looks once.
        channels.iter().for_each(|(_, wake)| wake.notify_one());
        while let Some(notification) = listener.try_recv().await? {
            let woken = channels
                .iter()
                .filter(|(name, _)| *name == notification.channel());
            woken.for_each(|(_, wake)| wake.notify_one());
        }
    }
}
