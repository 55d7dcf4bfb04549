//! Problems on the wire: one middleware writes every error body, whoever raised it.

use axum::extract::Request;
use axum::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::edge::describe_limit;
use crate::kernel::{Lang, Problem};
use crate::platform::images::ImageError;

/// The header that names a request in logs and answers.
pub const REQUEST_ID: &str = "x-request-id";

/// Why a picture was not taken.
pub fn image_problem(error: ImageError) -> Problem {
    let (code, id, en) = match error {
        ImageError::NotAPicture => return unsupported_media_type(),
        ImageError::Busy => return Problem::unavailable(error),
        ImageError::MoreThanAPicture => (
            "image-not-plain",
            "Berkas berisi lebih dari sekadar gambar.",
            "The file is more than a picture.",
        ),
        ImageError::TooLarge => {
            ("image-too-large", "Ukuran gambar (piksel) terlalu besar.", "The picture has too many pixels.")
        }
        ImageError::Unreadable => {
            ("image-unreadable", "Gambar rusak atau tidak terbaca.", "The picture is broken.")
        }
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, id, en)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The language and the request id are known to `render` only.
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of every error, also of those the framework answers by itself.
pub async fn render(request: Request, next: Next) -> Response {
    let lang = Lang::negotiate(header(&request, ACCEPT_LANGUAGE.as_str()));
    let request_id = header(&request, REQUEST_ID).map(str::to_owned);
    let mut response = next.run(request).await;
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_bare_error(&response) => of_status(response.status()),
        None => return response,
    };
    write(&problem, lang, request_id.as_deref(), response)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    let json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
    (status.is_client_error() || status.is_server_error()) && !json
}

fn write(problem: &Problem, lang: Lang, request_id: Option<&str>, bare: Response) -> Response {
    let body = problem.body(lang, request_id).to_string();
    let mut response = (problem.status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // 405 must name the methods that exist (RFC 9110, 15.5.6).
    if let Some(allow) = bare.headers().get(ALLOW) {
        headers.insert(ALLOW, allow.clone());
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
    }
    if let Some(after) = problem.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    for (name, value) in bare.headers() {
        if name.as_str().starts_with("ratelimit") {
            headers.append(name.clone(), value.clone());
        }
    }
    if let Some(limit) = problem.limit {
        let wait = problem.retry_after.unwrap_or_default();
        describe_limit(headers, &limit, 0, wait);
    }
    response
}

/// The problem for an error that the framework raised without saying more.
fn of_status(status: StatusCode) -> Problem {
    let (code, id, en) = match status {
        StatusCode::NOT_FOUND => return Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method-not-allowed",
            "Metode tidak didukung di alamat ini.",
            "This address does not know that method.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => return too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => return unsupported_media_type(),
        StatusCode::REQUEST_TIMEOUT => {
            ("request-timeout", "Permintaan terlalu lama.", "The request took too long.")
        }
        StatusCode::BAD_REQUEST => {
            ("bad-request", "Permintaan tidak terbaca.", "The request cannot be read.")
        }
        _ if status.is_client_error() => ("refused", "Permintaan ditolak.", "The request was refused."),
        _ => {
            return Problem { status, ..Problem::internal(format!("the framework answered {status}")) };
        }
    };
    Problem::new(status, code, id, en)
}

/// 413.
pub fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        "Kiriman terlalu besar.",
        "The request body is too large.",
    )
}

/// 415.
pub fn unsupported_media_type() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "Jenis kiriman tidak didukung.",
        "This content type is not supported here.",
    )
}
