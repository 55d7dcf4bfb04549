//! A fresh generation filled beside the one in use.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::task::spawn_blocking;

use super::Shared;
use super::generation::Generation;
use crate::platform::search::{FeedPosition, ProductDoc, Rebuild, Result, SearchError};

/// The new generation; its folder goes when it is dropped unfinished.
pub struct FreshGeneration {
    pub(super) shared: Arc<Shared>,
    pub(super) number: u64,
    pub(super) generation: Option<Arc<Generation>>,
}

impl FreshGeneration {
    fn generation(&self) -> Result<Arc<Generation>> {
        self.generation.clone().ok_or_else(|| SearchError::Unexpected("the rebuild has ended".to_owned()))
    }
}

#[async_trait]
impl Rebuild for FreshGeneration {
    async fn add(&mut self, docs: &[ProductDoc]) -> Result<()> {
        let (generation, shared, docs) = (self.generation()?, Arc::clone(&self.shared), docs.to_vec());
        spawn_blocking(move || generation.add(&docs, shared.analysis.as_ref())).await?
    }

    async fn finish(mut self: Box<Self>, expected: u64, position: FeedPosition) -> Result<()> {
        let (generation, shared, number) = (self.generation()?, Arc::clone(&self.shared), self.number);
        spawn_blocking(move || {
            generation.apply(&[], &[], position, shared.analysis.as_ref())?;
            let found = generation.count();
            if found != expected {
                return Err(SearchError::Incomplete { expected, found });
            }
            shared.adopt(number, generation)
        })
        .await??;
        self.generation = None;
        Ok(())
    }
}

impl Drop for FreshGeneration {
    fn drop(&mut self) {
        if let Some(generation) = self.generation.take()
            && let Err(error) = std::fs::remove_dir_all(generation.folder())
        {
            tracing::warn!(%error, "an unfinished search index stays behind until the next start");
        }
    }
}
