//! Whether a paper is genuine: by the code on it, or by the file itself. Shows only what is needed to compare.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::documents::entity::document::Kind;
use crate::documents::error::DocumentError;
use crate::documents::model;
use crate::documents::query::{self, Filed};
use crate::kernel::clock::business_date;
use crate::kernel::{Problem, Rupiah};
use crate::web::body::{FileForm, FilePart};
use crate::web::{PathId, Policy};

pub const CODE: Policy = Policy::PUBLIC;
pub const PAGE: Policy = Policy::PUBLIC;
pub const FILE: Policy = Policy::PUBLIC;

/// The page runs nothing and loads nothing.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is said in public about a genuine paper.
#[derive(Serialize, ToSchema)]
pub struct VerifiedOut {
    kind: Kind,
    number: String,
    issuer: String,
    date: NaiveDate,
    /// Nothing on papers without an amount and on statements of shops.
    total: Option<Rupiah>,
    /// The hash of the genuine file; nothing while it is being made.
    sha256: Option<String>,
}

/// What comes of comparing a file.
#[derive(Serialize, ToSchema)]
pub struct VerifiedFileOut {
    /// The file is a genuine paper, byte by byte.
    valid: bool,
    /// The hash of what was sent.
    sha256: String,
    /// The paper, if it is genuine.
    document: Option<VerifiedOut>,
}

impl VerifiedOut {
    fn of((row, file): Filed) -> Self {
        let data: Value = serde_json::from_str(&row.data).unwrap_or_default();
        Self {
            kind: row.kind,
            number: row.number,
            issuer: data["issuer"]["name"].as_str().unwrap_or_default().to_owned(),
            date: business_date(row.issued_at),
            // What a shop earns is not for whoever finds its paper.
            total: (!matches!(row.kind, Kind::PackingSlip | Kind::VendorStatement)).then_some(row.total),
            sha256: file.map(|file| file.sha256),
        }
    }
}

/// Check a paper by the code that its QR code names.
#[utoipa::path(get, path = "/v1/documents/verify/{code}", tag = "documents", params(("code" = String, Path)),
    responses((status = 200, body = VerifiedOut), (status = 404, description = "No paper has this code")))]
pub(super) async fn verify_document(
    State(app): State<App>,
    PathId(code): PathId<String>,
) -> Result<Json<VerifiedOut>, Problem> {
    let found = query::by_code(app.db.read(), &code).await?.ok_or(DocumentError::NotFound)?;
    Ok(Json(VerifiedOut::of(found)))
}

/// The same as a page for people.
#[utoipa::path(get, path = "/v1/documents/verify/{code}/page", tag = "documents", params(("code" = String, Path)),
    responses((status = 200, content_type = "text/html", body = String), (status = 404)))]
pub(super) async fn show_document(
    State(app): State<App>,
    PathId(code): PathId<String>,
) -> Result<Response, Problem> {
    let found = query::by_code(app.db.read(), &code).await?.ok_or(DocumentError::NotFound)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers, page(&VerifiedOut::of(found))).into_response())
}

/// Check a copy: send the PDF in the part `file`. A single changed byte makes it another file.
#[utoipa::path(post, path = "/v1/documents/verify", tag = "documents",
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 200, body = VerifiedFileOut), (status = 413), (status = 422, description = "`file-type`")))]
pub(super) async fn verify_document_file(
    State(app): State<App>,
    file: FilePart,
) -> Result<Json<VerifiedFileOut>, Problem> {
    if !file.bytes.starts_with(b"%PDF-") {
        return Err(DocumentError::NotPdf.into());
    }
    let sha256 = model::sha256(&file.bytes);
    let document = query::by_hash(app.db.read(), &sha256).await?.map(VerifiedOut::of);
    Ok(Json(VerifiedFileOut { valid: document.is_some(), sha256, document }))
}

fn page(paper: &VerifiedOut) -> String {
    let (name, english) = paper.kind.names();
    let total = paper.total.map_or_else(String::new, |total| fact("Jumlah", "Total", &total.to_string()));
    let hash = paper
        .sha256
        .as_deref()
        .map_or_else(String::new, |hash| format!("<p class=\"hash\">SHA-256<br>{}</p>", escaped(hash)));
    let facts = [
        fact("Jenis", "Kind", &format!("{name} ({english})")),
        fact("Nomor", "Number", &paper.number),
        fact("Penerbit", "Issuer", &paper.issuer),
        fact("Tanggal", "Date", &paper.date.format("%d-%m-%Y").to_string()),
        total,
    ]
    .concat();
    format!(
        "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>Pemeriksaan dokumen</title><style>{STYLE}</style></head><body><main>\
         <h1>Dokumen ini terdaftar</h1><p>Bandingkan isi di bawah dengan dokumen Anda. \
         <i>This paper is on record; compare it with yours.</i></p><table>{facts}</table>{hash}</main></body></html>"
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c2733}\
    main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border-top:4px solid #2b7a3f}\
    h1{font-size:1.3rem;color:#2b7a3f}table{width:100%;border-collapse:collapse}\
    th,td{text-align:left;padding:.5rem 0;border-bottom:1px solid #ddd;vertical-align:top}\
    th{font-weight:400;color:#667;width:35%}.hash{font:12px/1.4 monospace;color:#667;word-break:break-all}";

fn fact(name: &str, english: &str, value: &str) -> String {
    format!("<tr><th>{name}<br><small>{english}</small></th><td>{}</td></tr>", escaped(value))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
