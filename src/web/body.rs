//! Request bodies: JSON that names its first fault, and one uploaded file.

use axum::Json;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRef, FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use axum::http::request::Parts;
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::problem::{too_large, unsupported_media_type};
use crate::kernel::fields::Fault;
use crate::kernel::{Lang, Problem};

/// A JSON body of the right shape; anything else is 415, 413 or 422 with the path of the first fault.
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ValidJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json =
            request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
                kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
            });
        if !is_json {
            return Err(unsupported_media_type());
        }
        let bytes = read(request, state).await?;
        parse_json(&bytes).map(Self)
    }
}

/// A body that may be left out: without a content type there is none.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for ValidJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.headers().contains_key(CONTENT_TYPE) {
            <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        status => {
            Problem::new(status, "bad-request", "Permintaan tidak terbaca.", "The request cannot be read.")
        }
    })
}

/// Parses JSON; the problem points at the first fault.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        shape_fault(error.inner()).map_or_else(syntax_problem, |fault| Problem::field(fault.at(pointer)))
    })?;
    reader.end().map_err(|_| syntax_problem())?;
    Ok(value)
}

fn shape_fault(error: &serde_json::Error) -> Option<Fault> {
    // serde names the expected and the found type; that is the clearest thing one can say about a shape.
    error.is_data().then(|| {
        Fault::new("shape", format!("Bentuk isian salah: {error}."), format!("Wrong shape: {error}."))
    })
}

fn syntax_problem() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "malformed-json",
        "Kiriman bukan JSON yang benar.",
        "The body is not well-formed JSON.",
    )
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/?".to_owned(),
        })
        .collect()
}

/// How an upload looks to a client.
#[derive(utoipa::ToSchema)]
pub struct FileForm {
    /// The file.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    pub file: Vec<u8>,
}

/// Largest upload, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimit(pub usize);

/// What a form takes besides the file.
const FORM_OVERHEAD: usize = 16 * 1024;

/// The part named `file` of a multipart form; larger ones than [`UploadLimit`] are 413.
pub struct FilePart {
    /// What the client says it is; believe only the bytes.
    pub content_type: Option<String>,
    /// The content.
    pub bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for FilePart
where
    UploadLimit: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Problem> {
        // Ordinary requests are kept much smaller.
        let UploadLimit(limit) = UploadLimit::from_ref(state);
        DefaultBodyLimit::max(limit + FORM_OVERHEAD).apply(&mut request);
        let mut form = <Multipart as FromRequest<S>>::from_request(request, state)
            .await
            .map_err(|_| unsupported_media_type())?;
        while let Some(field) = form.next_field().await.map_err(|error| multipart_problem(&error))? {
            if field.name() == Some("file") {
                let content_type = field.content_type().map(str::to_owned);
                let bytes = field.bytes().await.map_err(|error| multipart_problem(&error))?;
                return Ok(Self { content_type, bytes });
            }
        }
        Err(Problem::field(
            Fault::new("required", "Berkas wajib dikirim.", "A file is required.").at("/file"),
        ))
    }
}

/// What is wrong with a form that cannot be read.
pub fn multipart_problem(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "malformed-multipart",
        "Kiriman berkas tidak terbaca.",
        "The multipart body cannot be read.",
    )
}

/// The language of the caller.
pub struct Language(pub Lang);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(Lang::negotiate(header)))
    }
}

/// `201 Created` with a JSON body.
pub fn created<T>(body: T) -> (StatusCode, Json<T>) {
    (StatusCode::CREATED, Json(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only its parsing is tested")]
        quantity: u16,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only its parsing is tested")]
        lines: Vec<Line>,
    }

    fn fault(text: &str) -> (&'static str, String) {
        let problem = parse_json::<Body>(text.as_bytes()).unwrap_err();
        let pointer = problem.errors.first().map(|error| error.pointer.clone()).unwrap_or_default();
        (problem.code, pointer)
    }

    #[test]
    fn points_at_the_first_fault() {
        assert_eq!(
            fault(r#"{"lines":[{"quantity":1},{"quantity":-1}]}"#),
            ("invalid", "/lines/1/quantity".into())
        );
        assert_eq!(fault(r#"{"lines":[{"quantity":1,"price":1}]}"#), ("invalid", "/lines/0/price".into()));
        assert_eq!(fault("{}").0, "invalid");
        assert_eq!(fault("{").0, "malformed-json");
        assert_eq!(fault(r#"{"lines":[]} x"#).0, "malformed-json");
        assert_eq!(fault(&"[".repeat(100_000)).0, "invalid");
    }
}
