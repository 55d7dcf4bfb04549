//! `documents.issue` issues what an order needs at a moment, `documents.render` typesets an issued paper, `documents.delete_file`
//! removes the file of an erased person.

use serde::{Deserialize, Serialize};

use super::entity::document::Kind;
use super::error::DocumentError;
use super::service::issue::{self, For, Wanted};
use super::service::render;
use crate::app::App;
use crate::kernel::{DocumentId, OrderId};
use crate::platform::audit::Who;
use crate::platform::files::FileKey;
use crate::platform::jobs::{Job, JobError};

/// Issues papers of an order.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssueDocuments {
    /// Which order.
    pub order_id: OrderId,
    /// Which papers.
    pub kinds: Vec<Kind>,
}

impl IssueDocuments {
    /// The papers that an order needs when it has come so far; `kind` is the kind of the news about it.
    pub fn due(kind: &str, order_id: OrderId, on_delivery: bool) -> Option<Self> {
        let kinds = match (kind, on_delivery) {
            ("order.paid", _) => vec![Kind::Invoice, Kind::Receipt],
            ("order.accepted", true) => vec![Kind::Invoice],
            ("order.shipped", _) => vec![Kind::PackingSlip],
            ("order.delivered", true) => vec![Kind::Receipt],
            _ => return None,
        };
        Some(Self { order_id, kinds })
    }
}

impl Job<App> for IssueDocuments {
    const KIND: &'static str = "documents.issue";

    async fn run(self, app: App) -> Result<(), JobError> {
        for kind in self.kinds {
            let wanted = Wanted::OfOrder(kind, self.order_id);
            match issue::issue(&app, &Who::system(), (For::System, wanted)).await {
                // The order has moved on meanwhile, to where there is nothing to issue.
                Ok(_) | Err(DocumentError::TooEarly | DocumentError::NotFound) => {}
                Err(error) => return Err(JobError::new(error)),
            }
        }
        Ok(())
    }
}

/// Typesets an issued paper.
#[derive(Debug, Serialize, Deserialize)]
pub struct RenderDocument {
    /// Which one.
    pub document_id: DocumentId,
}

impl Job<App> for RenderDocument {
    const KIND: &'static str = "documents.render";

    async fn run(self, app: App) -> Result<(), JobError> {
        render::render(&app, self.document_id).await.map_err(JobError::new)
    }
}

/// Removes the file of a paper whose buyer was erased.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteDocumentFile {
    /// Where it is kept.
    pub file_key: String,
}

impl Job<App> for DeleteDocumentFile {
    const KIND: &'static str = "documents.delete_file";

    async fn run(self, app: App) -> Result<(), JobError> {
        let key = FileKey::parse(&self.file_key).ok_or_else(|| JobError::new("no key of a file"))?;
        app.files.delete(&key).await.map_err(JobError::new)
    }
}
