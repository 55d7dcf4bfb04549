//! Messages to people. Until a mail server is set up they are written to the log; tests collect them.

use std::sync::{Arc, Mutex, PoisonError};

/// One message to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// E-mail address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Sends messages.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// Into the log: that something was sent and about what, never to whom.
    Log,
    /// Into memory, for tests.
    Memory(Arc<Mutex<Vec<Mail>>>),
}

impl Mailer {
    /// A mailer that keeps what it is given.
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// Sends a message.
    pub fn send(&self, mail: Mail) {
        match self {
            // Addresses are personal data and have no place in a log.
            Self::Log => tracing::info!(mail.subject = mail.subject, "mail"),
            Self::Memory(sent) => sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail),
        }
    }

    /// What was sent so far; nothing where messages go to the log.
    pub fn sent(&self) -> Vec<Mail> {
        match self {
            Self::Log => Vec::new(),
            Self::Memory(sent) => sent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
