//! Both stores do the same.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::*;

fn files(dir: &Path, url: &str) -> Result<Files, FilesError> {
    let changes = format!(
        "data.dir = {:?}\nfiles.url = {url:?}\nfiles.secret_access_key = \"rahasia-sekali\"",
        dir.display().to_string()
    );
    Files::open(&Config::with(Environment::Test, &changes).unwrap())
}

/// As much of S3 as we need: objects by path, signed requests only.
#[derive(Clone, Default)]
struct Bucket(Arc<Mutex<HashMap<String, (HeaderMap, Bytes)>>>);

impl Bucket {
    async fn answer(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let signed = parts
            .headers
            .get("authorization")
            .is_some_and(|value| value.to_str().unwrap().contains("Credential=lapak/"));
        if !signed {
            return StatusCode::FORBIDDEN.into_response();
        }
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let mut objects = self.0.lock().unwrap();
        let key = parts.uri.path().to_owned();
        let found = [("etag", "\"1\""), ("last-modified", "Tue, 24 Nov 2026 03:00:00 GMT")];
        match parts.method {
            Method::PUT => {
                objects.insert(key, (parts.headers, body));
                found.into_response()
            }
            Method::DELETE => {
                objects.remove(&key);
                StatusCode::NO_CONTENT.into_response()
            }
            _ => match objects.get(&key) {
                None => StatusCode::NOT_FOUND.into_response(),
                Some((_, body)) => (found, Body::from(body.clone())).into_response(),
            },
        }
    }

    async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bucket = self.clone();
        let router = axum::Router::new().fallback(move |request| bucket.clone().answer(request));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("s3://gudang?endpoint=http://{address}&region=id-jkt&access_key_id=lapak")
    }
}

async fn a_file_comes_back_until_it_is_deleted(files: &Files) {
    let key = FileKey::parse("private/proofs/a.pdf").unwrap();
    assert_eq!(files.get(&key).await.unwrap(), None);
    files.put(&key, Bytes::from_static(b"one")).await.unwrap();
    files.put(&key, Bytes::from_static(b"two")).await.unwrap();
    assert_eq!(files.get(&key).await.unwrap().unwrap(), "two");
    files.delete(&key).await.unwrap();
    files.delete(&key).await.unwrap();
    assert_eq!(files.get(&key).await.unwrap(), None);
    files.ping().await.unwrap();
    files.check().await.unwrap();
}

#[tokio::test]
async fn in_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    a_file_comes_back_until_it_is_deleted(&files(dir.path(), "").unwrap()).await;
    let elsewhere = format!("file://{}/elsewhere", dir.path().display());
    a_file_comes_back_until_it_is_deleted(&files(dir.path(), &elsewhere).unwrap()).await;
    assert!(dir.path().join("elsewhere").is_dir());
}

#[tokio::test]
async fn in_a_bucket() {
    // Fails only if another test was first.
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let dir = tempfile::tempdir().unwrap();
    let bucket = Bucket::default();
    let files = files(dir.path(), &bucket.serve().await).unwrap();
    a_file_comes_back_until_it_is_deleted(&files).await;
    let picture = FileKey::public("products", "a.jpg");
    files.put(&picture, Bytes::from_static(b"x")).await.unwrap();
    let objects = bucket.0.lock().unwrap();
    let (headers, _) = &objects["/gudang/public/products/a.jpg"];
    assert_eq!(headers["content-type"], "image/jpeg");
    assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
}

#[tokio::test]
async fn what_leads_nowhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for bad in ["s3://", "s3://lapak?pasword=x", "ftp://lapak", "lapak"] {
        assert!(files(dir.path(), bad).is_err(), "{bad}");
    }
    // A server that is not there is an error, not an absent file.
    let gone = "s3://gudang?endpoint=http://127.0.0.1:9&region=id-jkt&access_key_id=lapak";
    let files = files(dir.path(), gone).unwrap();
    assert!(files.ping().await.is_err());
}
