//! Refuses work that could not be done in time anyway, at once and cheaply.
//!
//! What counts is work: a request that waits for its client to send the body takes nobody's place, else a few slow
//! clients could keep everybody out.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use super::is_probe;
use crate::kernel::Problem;

/// How many requests may be worked on.
#[derive(Clone, Debug)]
pub struct Capacity {
    working: Arc<AtomicUsize>,
    most: usize,
}

impl Capacity {
    /// Room for this many requests.
    pub fn new(most: usize) -> Self {
        Self { working: Arc::default(), most }
    }

    fn enter(&self) -> Option<Place> {
        let room = |working| (working < self.most).then_some(working + 1);
        self.working.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).ok()?;
        Some(Place(self.working.clone()))
    }
}

/// A request that is being worked on, until dropped.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A body whose request does not count while the client is to send more.
struct Awaited {
    body: Body,
    working: Arc<AtomicUsize>,
    waiting: bool,
}

impl Awaited {
    fn wait(&mut self, waiting: bool) {
        match (self.waiting, waiting) {
            (false, true) => self.working.fetch_sub(1, Ordering::Relaxed),
            // Whoever has been let in is finished, even if that makes one too many for a moment.
            (true, false) => self.working.fetch_add(1, Ordering::Relaxed),
            _ => return,
        };
        self.waiting = waiting;
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.wait(false);
    }
}

impl HttpBody for Awaited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let poll = Pin::new(&mut self.body).poll_frame(cx);
        self.wait(poll.is_pending());
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// 503 when too many requests are worked on; a queue would only make everybody wait.
pub async fn shed(State(capacity): State<Capacity>, request: Request, next: Next) -> Response {
    if is_probe(request.uri().path()) {
        return next.run(request).await;
    }
    let Some(_place) = capacity.enter() else {
        metrics::counter!("lapak_http_shed_total").increment(1);
        return overloaded().into_response();
    };
    let working = capacity.working.clone();
    let request = request.map(|body| Body::new(Awaited { body, working, waiting: false }));
    next.run(request).await
}

fn overloaded() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "overloaded",
        "Layanan sedang penuh; coba lagi sebentar.",
        "The service is full; try again shortly.",
    )
    .retry_after(Duration::from_secs(1))
}
