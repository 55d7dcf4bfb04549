//! What people are told: the list, mails in both languages, choices, live events.

mod kinds;
mod list;
mod live;
mod money;
