//! Requests and answers, in-process or over a socket.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use lapak::platform::db::watch_statements;
use sea_orm::Statement;
use serde_json::Value;
use tower::ServiceExt;

use super::{Person, TestApp, coverage};

/// A request that is being put together.
#[must_use]
pub struct Request {
    app: TestApp,
    over: Option<(reqwest::Client, String)>,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    user: Option<Person>,
}

/// An answer with its whole body.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// SQL statements it took; 0 over a socket, where they cannot be seen.
    pub statements: u32,
    /// The statements themselves.
    pub sql: Vec<Statement>,
    what: String,
}

impl Request {
    pub(super) fn new(
        app: TestApp,
        over: Option<(reqwest::Client, String)>,
        method: Method,
        path: &str,
    ) -> Self {
        Self {
            app,
            over,
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            user: None,
        }
    }

    /// Sends the access token of a person; a token that ran out is renewed first.
    /// The same by another method.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    pub fn by(mut self, person: &Person) -> Self {
        self.user = Some(person.clone());
        self
    }

    /// Sends this as the bearer token.
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    /// Sends `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends `If-Match` with the `ETag` of an earlier answer.
    pub fn if_match(self, seen: &Reply) -> Self {
        self.header("if-match", seen.header("etag"))
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better with json!({..}) in place")]
    pub fn json(self, body: Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
        self.body = body.into();
        self
    }

    /// Sends a form with one part named `file`.
    pub fn file(self, name: &str, content_type: &str, bytes: &[u8]) -> Self {
        const BOUNDARY: &str = "lapak-test-boundary";
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {content_type}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    pub async fn send(self) -> Reply {
        self.try_send().await.unwrap()
    }

    /// The same, but a connection that breaks is an error; only over a socket.
    pub async fn try_send(mut self) -> Result<Reply, reqwest::Error> {
        if let Some(user) = self.user.take() {
            let token = Box::pin(user.token()).await;
            self = self.bearer(&token);
        }
        let (method, path) = (self.method.clone(), self.path.clone());
        let reply = match self.over.take() {
            None => self.in_process().await,
            Some((client, base)) => self.over_socket(&client, &base).await?,
        };
        if reply.status.is_success() {
            coverage::reached(&method, &path);
        }
        Ok(reply)
    }

    async fn in_process(self) -> Reply {
        let what = format!("{} {}", self.method, self.path);
        let mut request = axum::http::Request::builder()
            .method(self.method)
            .uri(&self.path)
            .body(Body::from(self.body))
            .unwrap();
        *request.headers_mut() = self.headers;
        request
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 40_000))));
        let work = self.app.router().oneshot(request);
        let (response, sql) = watch_statements(work).await;
        let statements = u32::try_from(sql.len()).unwrap();
        let (parts, body) = response.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, body, statements, sql, what }
    }

    /// Sends it in-process and hands out the body unread; the body of an error is read.
    pub async fn open(mut self) -> (Reply, Body) {
        if let Some(user) = self.user.take() {
            let token = Box::pin(user.token()).await;
            self = self.bearer(&token);
        }
        let what = format!("{} {}", self.method, self.path);
        let mut request = axum::http::Request::builder().uri(&self.path).body(Body::from(self.body)).unwrap();
        *request.method_mut() = self.method.clone();
        *request.headers_mut() = self.headers;
        let (parts, body) = self.app.router().oneshot(request).await.unwrap().into_parts();
        let (bytes, body) = if parts.status.is_success() {
            coverage::reached(&self.method, &self.path);
            (Bytes::new(), body)
        } else {
            (body.collect().await.unwrap().to_bytes(), Body::empty())
        };
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            body: bytes,
            statements: 0,
            sql: Vec::new(),
            what,
        };
        (reply, body)
    }

    async fn over_socket(self, client: &reqwest::Client, base: &str) -> Result<Reply, reqwest::Error> {
        let what = format!("{} {}", self.method, self.path);
        let response = client
            .request(self.method, format!("{base}{}", self.path))
            .headers(self.headers)
            .body(self.body)
            .send()
            .await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Reply { status, headers, body, statements: 0, sql: Vec::new(), what })
    }
}

impl Reply {
    /// Stops the test unless the answer has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.what, self.text());
        self
    }

    /// The same for an error, which must be a whole problem document with this code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Value {
        let problem = self.expect(status).problem();
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    /// The problem document of an error.
    #[track_caller]
    pub fn problem(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}: {} {}",
            self.what,
            self.status,
            self.text()
        );
        let problem = self.json();
        for member in ["type", "title", "detail", "code"] {
            assert!(problem[member].is_string(), "no {member} in {problem}");
        }
        assert_eq!(problem["status"], self.status.as_u16());
        problem
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.what, self.text()))
    }

    /// A header, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
