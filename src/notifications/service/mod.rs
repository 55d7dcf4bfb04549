//! Writing notifications: carrying news to people, marking them as read, choices, tickets.

pub mod carry;
pub mod own;
pub mod tickets;
