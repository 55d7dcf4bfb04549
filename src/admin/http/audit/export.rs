//! The audit trail as a file that is written while it is read, batch by batch.

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use uuid::Uuid;

use super::{AuditEventOut, ExportFormat};
use crate::admin::error::AdminError;
use crate::admin::query::audit::{self, Event, Filter};
use crate::app::App;
use crate::platform::sheets::harmless;

/// Events that are read at once.
const BATCH: u64 = 500;

const COLUMNS: [&str; 11] = [
    "id",
    "created_at",
    "actor_id",
    "acting_as",
    "api_key_id",
    "action",
    "object_kind",
    "object_id",
    "detail",
    "address",
    "request_id",
];

/// Why an export breaks off.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Read(#[from] AdminError),
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("a row cannot be written: {0}")]
    Unfinished(String),
}

/// Where an export stands.
struct Progress {
    app: App,
    filter: Filter,
    format: ExportFormat,
    after: Uuid,
    begun: bool,
}

/// The answer; its body is read from the database as the client takes it.
pub(super) fn stream(app: App, filter: Filter, format: ExportFormat) -> Response {
    let (kind, name) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        ExportFormat::Jsonl => ("application/jsonl", "attachment; filename=\"audit.jsonl\""),
    };
    let progress = Progress { app, filter, format, after: Uuid::nil(), begun: false };
    let body = Body::from_stream(stream::try_unfold(progress, next));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    (headers, body).into_response()
}

async fn next(mut progress: Progress) -> Result<Option<(Bytes, Progress)>, ExportError> {
    let app = &progress.app;
    let events = audit::batch(app.db.read(), &app.sealer, &progress.filter, (progress.after, BATCH)).await?;
    let last = events.last().map(|event| event.row.id.into());
    if last.is_none() && progress.begun {
        return Ok(None);
    }
    let text = match progress.format {
        ExportFormat::Csv => table(events, !progress.begun)?,
        ExportFormat::Jsonl => lines(events)?,
    };
    progress.begun = true;
    progress.after = last.unwrap_or(Uuid::max());
    Ok(Some((text.into(), progress)))
}

fn lines(events: Vec<Event>) -> Result<Vec<u8>, ExportError> {
    let mut text = Vec::new();
    for event in events {
        serde_json::to_writer(&mut text, &AuditEventOut::from(event))?;
        text.push(b'\n');
    }
    Ok(text)
}

fn table(events: Vec<Event>, with_header: bool) -> Result<Vec<u8>, ExportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    if with_header {
        table.write_record(COLUMNS)?;
    }
    for event in events {
        table.write_record(cells(event).map(|cell| harmless(&cell).into_owned()))?;
    }
    table.into_inner().map_err(|error| ExportError::Unfinished(error.to_string()))
}

/// The cells of an event in the order of [`COLUMNS`].
fn cells(event: Event) -> [String; 11] {
    let Event { row, address } = event;
    let text = |value: Option<String>| value.unwrap_or_default();
    [
        row.id.to_string(),
        row.created_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        text(row.actor_id.map(|id| id.to_string())),
        row.acting_as,
        text(row.api_key_id.map(|id| id.to_string())),
        row.action,
        row.object_kind,
        row.object_id.to_string(),
        row.detail,
        text(address.map(|address| address.to_string())),
        text(row.request_id),
    ]
}
