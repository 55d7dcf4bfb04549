//! `notifications.carry` takes news to the people they are for; `notifications.mail` sends one of them by mail.
//!
//! A message may go out twice when a worker dies between sending and finishing; it is never lost.

use serde::{Deserialize, Serialize};

use super::query;
use super::service::carry;
use super::texts;
use crate::app::App;
use crate::kernel::NotificationId;
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};
use crate::platform::news::{self, Carry};

impl Job<App> for Carry {
    const KIND: &'static str = news::CARRY;

    async fn run(self, app: App) -> Result<(), JobError> {
        carry::carry(&app, self.job_id).await.map_err(JobError::from)
    }
}

/// Sends a notification by mail, or to the phone of those who have no address.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendNotice {
    /// Which one.
    pub notification_id: NotificationId,
}

impl Job<App> for SendNotice {
    const KIND: &'static str = "notifications.mail";

    async fn run(self, app: App) -> Result<(), JobError> {
        let Some(letter) = query::letter(app.db.read(), self.notification_id).await? else {
            // Whoever was erased is told nothing.
            return Ok(());
        };
        let Some(words) = texts::words(&letter.notification, letter.lang) else {
            return Err(JobError(format!("no text for {}", letter.notification.kind)));
        };
        let Some(to) = Address::of(letter.email.as_deref(), letter.phone.as_deref()) else {
            return Ok(());
        };
        let message = Message { to, subject: words.title, text: words.text };
        app.messenger.send(message, app.now()).await.map_err(JobError::new)
    }
}
