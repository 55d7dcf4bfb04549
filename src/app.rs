//! What a process works with: built once, cheap to clone.

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::config::Config;
use crate::kernel::Clock;
use crate::platform::db::Db;

/// The service's parts; every handler and job gets a clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// Settings.
    pub config: Config,
    /// Time.
    pub clock: Clock,
    /// Database.
    pub db: Db,
    /// Wakes the workers of this process.
    pub jobs_wake: Arc<Notify>,
    /// Wakes the index feed of this process.
    pub feed_wake: Arc<Notify>,
    /// Unique name of this process, for locks and leases.
    pub instance: String,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
