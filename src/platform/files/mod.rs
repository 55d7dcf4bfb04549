//! Pictures and papers: a local folder, or a bucket that speaks S3.
//!
//! Keys below `public/` may be read by anybody and never change; keys below `private/` are served by the feature
//! that owns them, to whom it allows.

mod key;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::{
    Attribute, Attributes, ClientOptions, Error, ObjectStore, ObjectStoreExt, PutOptions, RetryConfig,
};
use secrecy::ExposeSecret;
use url::Url;

use crate::config::{Config, Environment};

pub use key::FileKey;

/// Read and written by [`Files::check`]; no feature uses it.
const PROBE: &str = "private/probe.txt";

/// Why a file could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// `files.url` cannot be used.
    #[error("files.url: {0}")]
    Settings(String),
    /// The store did not do it.
    #[error("file store: {0}")]
    Store(#[from] Error),
    /// What was read is not what was written.
    #[error("file store: a file came back changed")]
    Changed,
}

/// Where files live.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    // A local folder keeps no attributes; there the type follows from the name alone.
    attributes: bool,
}

impl Files {
    /// Opens the store that the settings name; makes the folder of a local one.
    pub fn open(config: &Config) -> Result<Self, FilesError> {
        let url = config.files.url.as_str();
        if url.starts_with("s3://") {
            return Ok(Self {
                store: Arc::new(s3(url, config.files.secret_access_key.expose_secret())?),
                attributes: true,
            });
        }
        let folder = match url.strip_prefix("file://") {
            Some(path) => path.into(),
            None if url.is_empty() => config.data.dir.join("files"),
            None => {
                return Err(FilesError::Settings("it starts with neither file:// nor s3://".into()));
            }
        };
        std::fs::create_dir_all(&folder).map_err(|error| {
            FilesError::Settings(format!("the folder {} cannot be made: {error}", folder.display()))
        })?;
        let store = LocalFileSystem::new_with_prefix(folder)?
            .with_automatic_cleanup(true)
            .with_fsync(config.environment != Environment::Test);
        Ok(Self { store: Arc::new(store), attributes: false })
    }

    /// Stores a file under its key; an older one is replaced, never half.
    pub async fn put(&self, key: &FileKey, content: Bytes) -> Result<(), FilesError> {
        let mut options = PutOptions::default();
        if self.attributes {
            options.attributes = Attributes::from_iter([
                (Attribute::ContentType, key.content_type()),
                (Attribute::CacheControl, key.cache_control()),
            ]);
        }
        self.store.put_opts(key.path(), content.into(), options).await?;
        Ok(())
    }

    /// The content of a file, if there is one.
    pub async fn get(&self, key: &FileKey) -> Result<Option<Bytes>, FilesError> {
        match self.store.get(key.path()).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file; fine if it is gone already.
    pub async fn delete(&self, key: &FileKey) -> Result<(), FilesError> {
        match self.store.delete(key.path()).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Answers if the store does; for readiness.
    pub async fn ping(&self) -> Result<(), FilesError> {
        match self.store.head(&object_store::path::Path::from(PROBE)).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes, reads and removes a file; for `lapak doctor`.
    pub async fn check(&self) -> Result<(), FilesError> {
        let key = FileKey::parse(PROBE).ok_or(FilesError::Changed)?;
        let content = Bytes::from_static(b"lapak");
        self.put(&key, content.clone()).await?;
        let back = self.get(&key).await?;
        self.delete(&key).await?;
        if back == Some(content) { Ok(()) } else { Err(FilesError::Changed) }
    }
}

/// `s3://BUCKET?endpoint=URL&region=NAME&access_key_id=ID`.
fn s3(url: &str, secret: &str) -> Result<impl ObjectStore, FilesError> {
    let bad = |reason: &str| FilesError::Settings(reason.to_owned());
    let url = Url::parse(url).map_err(|_| bad("it is not a URL"))?;
    let bucket = url.host_str().ok_or_else(|| bad("it names no bucket"))?;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        // Not every server knows how to delete many at once.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig {
            max_retries: 3,
            retry_timeout: Duration::from_secs(10),
            ..Default::default()
        });
    let mut options = ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(3))
        .with_timeout(Duration::from_secs(10));
    for (name, value) in url.query_pairs() {
        builder = match name.as_ref() {
            "endpoint" => {
                // Servers on the same machine or network often speak plain HTTP.
                options = options.with_allow_http(value.starts_with("http://"));
                builder.with_endpoint(value)
            }
            "region" => builder.with_region(value),
            "access_key_id" => builder.with_access_key_id(value).with_secret_access_key(secret),
            _ => return Err(FilesError::Settings(format!("unknown parameter \"{name}\""))),
        };
    }
    Ok(builder.with_client_options(options).build()?)
}

#[cfg(test)]
mod tests;
