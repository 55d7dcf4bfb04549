//! Adapters to the outside world.

pub mod search;
