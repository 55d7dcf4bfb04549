//! One name per request, in logs, in answers and in problems.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use crate::kernel::RequestId;
use crate::web::problem::REQUEST_ID;

/// Longest name that is taken over from a caller.
const LONGEST: usize = 64;

/// Takes over a sane `X-Request-Id` or makes one; everything inside finds it in the request's headers.
pub async fn request_id(mut request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).filter(|id| is_sane(id)).cloned().unwrap_or_else(new);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn is_sane(id: &HeaderValue) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
}

fn new() -> HeaderValue {
    let id = RequestId::generate().to_string();
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("unnamed"))
}
