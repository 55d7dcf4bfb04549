//! E-mail over SMTP.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;

use super::{Message, MessagesError, SendError};
use crate::config;
use crate::kernel::Email;

/// A mail server that takes longer is asked again by the next attempt of the job.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Reads the address of the server and of the sender; connects with the first message.
    pub fn new(settings: &config::Messages) -> Result<Self, MessagesError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.smtp_url.expose_secret())
            .map_err(|error| MessagesError::new("messages.smtp_url", error))?
            .timeout(Some(PATIENCE))
            .build();
        let from =
            settings.mail_from.parse().map_err(|error| MessagesError::new("messages.mail_from", error))?;
        Ok(Self { transport, from })
    }

    /// Hands a mail to the server.
    pub async fn send(&self, to: &Email, message: &Message) -> Result<(), SendError> {
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(to.as_str().parse().map_err(SendError::new)?)
            .subject(&message.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(SendError::new)?;
        self.transport.send(mail).await.map_err(SendError::new)?;
        Ok(())
    }
}
