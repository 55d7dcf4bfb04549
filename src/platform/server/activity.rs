//! Watches what a connection does, so that one that does nothing is closed.
//!
//! hyper bounds the headers of a request, but not a client that never says which protocol it speaks, that
//! keeps a connection for nothing, or that never reads the answer.

use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::config;

/// A connection without a request is kept this long for the next one.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// The same when the server is stopping: enough for a request that is on its way.
const LAST_CALL: Duration = Duration::from_secs(1);

/// How long a connection may take for what.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// For the headers of a request.
    pub headers: Duration,
    /// For the next request.
    pub keep_alive: Duration,
    /// For the client to take any of the answer.
    pub stall: Duration,
}

impl Limits {
    /// The limits of a server that is stopping.
    pub fn last_call(self) -> Self {
        Self { headers: self.headers.min(LAST_CALL), keep_alive: LAST_CALL, ..self }
    }
}

impl From<&config::Server> for Limits {
    fn from(settings: &config::Server) -> Self {
        Self { headers: settings.header_timeout, keep_alive: KEEP_ALIVE, stall: settings.request_timeout }
    }
}

/// What a connection is doing.
pub(super) struct Activity(Mutex<State>);

struct State {
    requests: usize,
    served: bool,
    /// Since when there has been no request.
    idle_since: Instant,
    /// Since when the client has taken nothing of what we want to send.
    blocked_since: Option<Instant>,
}

impl Activity {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            requests: 0,
            served: false,
            idle_since: Instant::now(),
            blocked_since: None,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has come; it lasts until the guard is dropped.
    pub fn request(self: &Arc<Self>) -> Request {
        let mut state = self.state();
        state.requests += 1;
        state.served = true;
        Request(self.clone())
    }

    /// A client without a request counts as idle from now on, not from when it was last served.
    pub fn last_call(&self) {
        self.state().idle_since = Instant::now();
    }

    /// Waits until the connection has been useless for too long.
    pub async fn useless(&self, limits: Limits) {
        loop {
            let deadline = self.deadline(limits);
            if deadline <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(deadline).await;
        }
    }

    fn deadline(&self, limits: Limits) -> Instant {
        let state = self.state();
        if let Some(since) = state.blocked_since {
            since + limits.stall
        } else if state.requests > 0 {
            // Requests have a deadline of their own; look again whether the client still reads.
            Instant::now() + limits.headers
        } else if state.served {
            state.idle_since + limits.keep_alive
        } else {
            state.idle_since + limits.headers
        }
    }

    fn wrote(&self, blocked: bool) {
        let mut state = self.state();
        state.blocked_since = match (blocked, state.blocked_since) {
            (true, None) => Some(Instant::now()),
            (true, since) => since,
            (false, _) => None,
        };
    }
}

/// A request under way, its answer included.
pub(super) struct Request(Arc<Activity>);

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests = state.requests.saturating_sub(1);
        state.idle_since = Instant::now();
    }
}

/// A stream that tells whether the client takes what is sent.
pub(super) struct Watched {
    pub stream: TcpStream,
    pub activity: Arc<Activity>,
}

impl Watched {
    fn noted<T>(&self, poll: Poll<T>) -> Poll<T> {
        self.activity.wrote(poll.is_pending());
        poll
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.noted(poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.noted(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
