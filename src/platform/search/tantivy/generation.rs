//! One index on disk: opening, writing with its feed position, counting.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, Term};
use uuid::Uuid;

use super::schema::{Fields, SCHEMA_VERSION, column, document, schema};
use crate::platform::search::{FeedPosition, ProductDoc, Result, TextAnalysis};

/// Memory for documents not yet on disk; a bigger batch is cut into segments.
const WRITER_MEMORY: usize = 50_000_000;

/// What is stored with each commit.
#[derive(Serialize, Deserialize)]
struct Payload {
    schema: u32,
    rules: u32,
    position: FeedPosition,
}

/// An index in its own folder.
pub struct Generation {
    folder: PathBuf,
    index: Index,
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
}

impl Generation {
    /// Makes an empty index in `folder`, deleting what was there.
    pub fn create(folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let (schema, _) = schema();
        Self::over(Index::create_in_dir(folder, schema)?, folder)
    }

    /// Opens an index; `None` when it is damaged or of another version.
    pub fn open(folder: &Path, rules: u32) -> Option<Self> {
        let index = Index::open_in_dir(folder).ok()?;
        if index.schema() != schema().0 || !index.validate_checksum().is_ok_and(|damaged| damaged.is_empty())
        {
            return None;
        }
        let opened = Self::over(index, folder).ok()?;
        match opened.payload() {
            Ok(Some(payload)) if payload.schema == SCHEMA_VERSION && payload.rules == rules => Some(opened),
            _ => None,
        }
    }

    fn over(index: Index, folder: &Path) -> Result<Self> {
        let (_, fields) = schema();
        let writer = index.writer_with_num_threads(1, WRITER_MEMORY)?;
        // Reloaded by hand after each commit, so that a change is findable when `apply` returns.
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { folder: folder.to_owned(), index, fields, reader, writer: Mutex::new(writer) })
    }

    /// Handles of the fields.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The folder the index lives in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A view of the last commit.
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    fn payload(&self) -> Result<Option<Payload>> {
        let stored = self.index.load_metas()?.payload;
        Ok(stored.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// The position of the last commit; `None` before the first.
    pub fn position(&self) -> Result<Option<FeedPosition>> {
        Ok(self.payload()?.map(|payload| payload.position))
    }

    fn writer(&self) -> MutexGuard<'_, IndexWriter> {
        // A panic between two commits leaves only uncommitted work behind, which the next commit's rollback drops.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds products without committing; for filling a fresh index.
    pub fn add(&self, docs: &[ProductDoc], analysis: &dyn TextAnalysis) -> Result<()> {
        let writer = self.writer();
        for product in docs {
            writer.add_document(document(&self.fields, product, &analysis.document(product)))?;
        }
        Ok(())
    }

    /// Replaces and deletes products and commits with the position.
    pub fn apply(
        &self,
        upserts: &[ProductDoc],
        deletes: &[Uuid],
        position: FeedPosition,
        analysis: &dyn TextAnalysis,
    ) -> Result<()> {
        let mut writer = self.writer();
        let written = self.write(&mut writer, upserts, deletes, position, analysis);
        if written.is_err() {
            // Half a batch must not slip into the next commit.
            writer.rollback()?;
        }
        drop(writer);
        written?;
        self.reader.reload()?;
        Ok(())
    }

    fn write(
        &self,
        writer: &mut IndexWriter,
        upserts: &[ProductDoc],
        deletes: &[Uuid],
        position: FeedPosition,
        analysis: &dyn TextAnalysis,
    ) -> Result<()> {
        let replaced = upserts.iter().map(|product| &product.product_id);
        for id in replaced.chain(deletes) {
            writer.delete_term(Term::from_field_bytes(self.fields.id, id.as_bytes()));
        }
        for product in upserts {
            writer.add_document(document(&self.fields, product, &analysis.document(product)))?;
        }
        let payload = Payload { schema: SCHEMA_VERSION, rules: analysis.version(), position };
        let payload = serde_json::to_string(&payload).map_err(std::io::Error::from)?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        Ok(())
    }

    /// How many products it holds.
    pub fn count(&self) -> u64 {
        self.searcher().num_docs()
    }
}

/// The ids of all products in a view, ascending.
pub fn ids(searcher: &Searcher) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for segment in searcher.segment_readers() {
        let Some(column) = segment.fast_fields().bytes(column::ID)? else {
            continue;
        };
        let mut bytes = Vec::with_capacity(16);
        for doc in segment.doc_ids_alive() {
            let Some(ord) = column.term_ords(doc).next() else {
                continue;
            };
            bytes.clear();
            column.ord_to_bytes(ord, &mut bytes)?;
            found.extend(Uuid::from_slice(&bytes));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// A view of the index in `folder`, without writing to it; another process may be its owner.
pub fn look(folder: &Path) -> Result<Searcher> {
    let index = Index::open_in_dir(folder)?;
    let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok(reader.searcher())
}
