//! The SDK's requests over our own HTTP client: with timeouts, and with the TLS the rest of the program uses.

use std::time::Duration;

use async_trait::async_trait;
use futures_io::AsyncRead;
use futures_util::AsyncReadExt;
use meilisearch_sdk::errors::Error;
use meilisearch_sdk::request::{HttpClient, Method, parse_response};
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A server that does not take a connection within this time is away.
const CONNECT: Duration = Duration::from_secs(1);

/// No answer within this time is no answer: a search must not hold up a page, and writes are queued by the server.
const REQUEST: Duration = Duration::from_secs(3);

/// A client with timeouts.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    key: SecretString,
}

impl Http {
    /// A client that signs with `key`, if there is one.
    pub fn new(key: &SecretString) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(REQUEST)
            // The server is a neighbour named by the operator; where it points to is not followed.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client, key: key.clone() })
    }
}

fn verb<Q, B>(method: &Method<Q, B>) -> reqwest::Method {
    match method {
        Method::Get { .. } => reqwest::Method::GET,
        Method::Post { .. } => reqwest::Method::POST,
        Method::Patch { .. } => reqwest::Method::PATCH,
        Method::Put { .. } => reqwest::Method::PUT,
        Method::Delete { .. } => reqwest::Method::DELETE,
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}

#[async_trait]
impl HttpClient for Http {
    async fn stream_request<
        Query: Serialize + Send + Sync,
        Body: AsyncRead + Send + Sync + 'static,
        Output: DeserializeOwned + 'static,
    >(
        &self,
        url: &str,
        method: Method<Query, Body>,
        content_type: &str,
        expected_status_code: u16,
    ) -> Result<Output, Error> {
        let url = format!("{url}{}", yaup::to_string(method.query())?);
        let mut request = self.client.request(verb(&method), &url);
        let key = self.key.expose_secret();
        if !key.is_empty() {
            request = request.bearer_auth(key);
        }
        if let Some(body) = method.into_body() {
            let mut bytes = Vec::new();
            std::pin::pin!(body).read_to_end(&mut bytes).await.map_err(other)?;
            request = request.header(CONTENT_TYPE, content_type).body(bytes);
        }
        let response = request.send().await.map_err(other)?;
        let status = response.status().as_u16();
        let text = response.text().await.map_err(other)?;
        let text = if text.is_empty() { "null" } else { &text };
        parse_response(status, expected_status_code, text, url)
    }

    fn is_tokio(&self) -> bool {
        true
    }
}
