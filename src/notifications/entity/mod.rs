//! What people were told, how they want to be told, and tickets for live events.

pub mod choice;
pub mod language;
pub mod notification;
pub mod ticket;
