//! What can go wrong with notifications and live events.

use axum::http::StatusCode;

use crate::kernel::Problem;

/// A refusal about notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// No such notification, or somebody else's.
    #[error("there is no such notification")]
    NotFound,
    /// The ticket was never given, was used, or is too old.
    #[error("the ticket is worth nothing")]
    TicketUnknown,
    /// One person listens too often at once.
    #[error("too many streams of one person")]
    TooManyStreams,
}

impl From<NotificationError> for Problem {
    fn from(error: NotificationError) -> Self {
        match error {
            NotificationError::NotFound => Self::not_found(),
            NotificationError::TicketUnknown => Self::new(
                StatusCode::UNAUTHORIZED,
                "ticket-unknown",
                "Tiket ini tidak berlaku; minta yang baru.",
                "This ticket is worth nothing; get a new one.",
            ),
            NotificationError::TooManyStreams => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-streams",
                "Terlalu banyak aliran peristiwa yang terbuka.",
                "Too many streams of events are open.",
            ),
        }
    }
}
