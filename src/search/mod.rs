//! Finding products: the language of search, the feed of the index, the answers.
//!
//! Tables: none of its own; it follows `catalog_changes` (`platform::feed`), whose run it names in `settings`
//! (`search.feed`). Invariant: the index holds exactly the products the public sees ([`query::public_count`]).
//! An index can be lost at any time; it is rebuilt from the catalogue.

pub mod analysis;
pub mod cli;
pub mod eval;
pub mod feed;
pub mod http;
mod model;
pub mod query;

use std::sync::Arc;

use crate::app::App;
use crate::config::{Config, Engine};
use crate::kernel::Clock;
use crate::platform::search::{EngineSettings, Search};
use crate::web::Api;
use analysis::Indonesian;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    http::routes()
}

/// The search of a process, as the settings want it. Nothing is opened before it is needed.
pub fn of(config: &Config, clock: Clock) -> Search {
    let settings = match config.search.engine {
        Engine::Embedded => EngineSettings::Embedded { root: config.data_path("index") },
        Engine::Meilisearch => EngineSettings::Meilisearch {
            url: config.search.meilisearch_url.clone(),
            key: config.search.meilisearch_key.clone(),
            index: config.search.meilisearch_index.clone(),
        },
    };
    Search::new(settings, Arc::new(Indonesian::new()), clock)
}
