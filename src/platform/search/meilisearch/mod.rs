//! Meilisearch behind the same trait.
