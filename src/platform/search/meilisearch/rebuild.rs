//! A fresh index filled beside the one in use, then swapped with it in one task of the server.

use std::sync::Arc;

use async_trait::async_trait;
use meilisearch_sdk::client::SwapIndexes;
use meilisearch_sdk::indexes::Index;

use super::http::Http;
use super::{Server, is_missing};
use crate::platform::search::{FeedPosition, ProductDoc, Rebuild, Result, SearchError};

/// The new index. One left behind by a crash is deleted by the next rebuild.
pub struct FreshIndex {
    server: Arc<Server>,
    name: String,
}

impl FreshIndex {
    pub(super) async fn begin(server: &Arc<Server>) -> Result<Self> {
        let fresh = Self { server: Arc::clone(server), name: format!("{}_fresh", server.name) };
        fresh.delete().await?;
        fresh.create(&fresh.name).await?;
        server.apply_settings(&fresh.index()).await?;
        Ok(fresh)
    }

    fn index(&self) -> Index<Http> {
        self.server.client.index(&self.name)
    }

    async fn create(&self, name: &str) -> Result<()> {
        self.server.done(self.server.client.create_index(name, Some("id")).await).await
    }

    /// Deletes the index; that there is none is fine.
    async fn delete(&self) -> Result<()> {
        if self.exists(&self.name).await? {
            self.server.done(self.server.client.delete_index(&self.name).await).await?;
        }
        Ok(())
    }

    async fn exists(&self, name: &str) -> Result<bool> {
        match self.server.client.get_raw_index(name).await {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Rebuild for FreshIndex {
    async fn add(&mut self, docs: &[ProductDoc]) -> Result<()> {
        self.server.add(&self.index(), docs).await
    }

    async fn finish(self: Box<Self>, expected: u64, position: FeedPosition) -> Result<()> {
        let stats = self.index().get_stats().await?;
        let found = stats.number_of_documents as u64;
        if found != expected {
            self.delete().await?;
            return Err(SearchError::Incomplete { expected, found });
        }
        // Only what exists can be swapped.
        if !self.exists(&self.server.name).await? {
            self.create(&self.server.name).await?;
        }
        let swap = SwapIndexes { indexes: (self.server.name.clone(), self.name.clone()), rename: None };
        self.server.done(self.server.client.swap_indexes([&swap]).await).await?;
        self.server.store_position(position).await?;
        self.delete().await
    }
}
