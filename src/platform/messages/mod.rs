//! Messages to people: e-mail over SMTP, short messages (SMS, WhatsApp) over a gateway.
//!
//! On a desk and in tests nothing leaves the machine: messages are kept for whoever may look.

mod gateway;
mod smtp;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::config::{self, Channel};
use crate::kernel::{Cursor, Email, Page, Phone};

pub use gateway::Gateway;
pub use smtp::Smtp;

/// Messages that are kept at most where they are kept.
const KEPT: usize = 500;

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// By e-mail.
    Email(Email),
    /// As a short message.
    Phone(Phone),
}

impl Address {
    /// As people write it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    /// The best way to reach a person: e-mail costs nothing. Nobody can be reached at `.invalid`, which stands in for an address
    /// that was erased (RFC 2606).
    pub fn of(email: Option<&str>, phone: Option<&str>) -> Option<Self> {
        let email = email.filter(|email| !email.ends_with(".invalid"));
        let email = email.and_then(|email| Email::parse(email).ok()).map(Self::Email);
        email.or_else(|| phone.and_then(|phone| Phone::parse(phone).ok()).map(Self::Phone))
    }
}

/// One message to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who gets it.
    pub to: Address,
    /// One line; short messages go without.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// A message that went nowhere but into memory.
#[derive(Clone, Debug)]
pub struct Kept {
    /// In the order of keeping.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub message: Message,
}

/// Why a message was not sent; whoever sends it tries again later.
#[derive(Debug, thiserror::Error)]
#[error("the message was not sent: {0}")]
pub struct SendError(String);

impl SendError {
    fn new(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// Settings with which no message can be sent.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {cause}")]
pub struct MessagesError {
    key: &'static str,
    cause: String,
}

impl MessagesError {
    fn new(key: &'static str, cause: impl std::fmt::Display) -> Self {
        Self { key, cause: cause.to_string() }
    }
}

/// Sends messages.
pub struct Messenger {
    mail: Option<Smtp>,
    phone: Option<Gateway>,
    /// Where a channel is `log`: what would have been sent.
    kept: Mutex<VecDeque<Kept>>,
    numbers: AtomicI64,
    settings: config::Messages,
}

impl Messenger {
    /// Sets up the channels of the settings; nothing is sent yet.
    pub fn new(settings: &config::Messages) -> Result<Self, MessagesError> {
        let mail = (settings.mail == Channel::Live).then(|| Smtp::new(settings)).transpose()?;
        let phone = (settings.phone == Channel::Live).then(|| Gateway::new(settings)).transpose()?;
        Ok(Self {
            mail,
            phone,
            kept: Mutex::default(),
            numbers: AtomicI64::new(1),
            settings: settings.clone(),
        })
    }

    /// Sends a message. It may arrive twice if the answer of the other side is lost.
    pub async fn send(&self, message: Message, now: DateTime<Utc>) -> Result<(), SendError> {
        let (channel, kind) = match message.to {
            Address::Email(_) => (self.settings.mail, "mail"),
            Address::Phone(_) => (self.settings.phone, "short message"),
        };
        // Addresses and codes are nobody's business in a log that is kept; `log` is refused in production.
        tracing::info!(message.kind = kind, message.subject = message.subject, "message");
        match (&message.to, &self.mail, &self.phone) {
            (Address::Email(to), Some(smtp), _) => smtp.send(to, &message).await,
            (Address::Phone(to), _, Some(gateway)) => gateway.send(to, &message.text).await,
            _ if channel == Channel::Log => {
                let number = self.numbers.fetch_add(1, Ordering::Relaxed);
                self.keep(Kept { number, at: now, message });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn keep(&self, kept: Kept) {
        tracing::info!(to = kept.message.to.as_str(), text = kept.message.text, "message kept");
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == KEPT {
            all.pop_front();
        }
        all.push_back(kept);
    }

    /// True if messages of a channel stay here, for an operator to read.
    pub fn keeps(&self) -> bool {
        [self.settings.mail, self.settings.phone].contains(&Channel::Log)
    }

    /// What stayed here before a number, the newest first.
    pub fn kept_page(&self, before: Option<i64>, limit: u64) -> Page<Kept> {
        let mut rows = self.kept();
        rows.retain(|kept| before.is_none_or(|before| kept.number < before));
        rows.reverse();
        let key = |kept: &Kept| Cursor { id: uuid::Uuid::nil(), by: Some(kept.number) };
        Page::cut(rows, limit, key)
    }

    /// What stayed here so far, the oldest first.
    pub fn kept(&self) -> Vec<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_reached_at_an_erased_address() {
        let of = |email, phone| Address::of(email, phone).map(|address| address.as_str().to_owned());
        assert_eq!(of(Some("ani@contoh.id"), Some("081234567890")).unwrap(), "ani@contoh.id");
        assert_eq!(of(None, Some("081234567890")).unwrap(), "+6281234567890");
        assert_eq!(of(Some("erased-1@erased.invalid"), None), None);
    }
}
