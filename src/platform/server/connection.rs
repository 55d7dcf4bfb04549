//! One connection: HTTP/1.1 or HTTP/2, with every wait bounded.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::activity::{Activity, Limits, Watched};
use super::answer::Answer;

/// Largest head of a request, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 100;
/// How often a silent HTTP/2 client is asked whether it is there, and how long it may take to answer.
const PING: Duration = Duration::from_secs(20);

/// A client and what serves it.
pub(super) struct Connection {
    pub stream: TcpStream,
    pub peer: SocketAddr,
    pub router: Router,
    pub limits: Limits,
    /// The server is to stop; clients are asked to go elsewhere.
    pub stop: CancellationToken,
    /// The server takes no more requests.
    pub closing: CancellationToken,
}

impl Connection {
    /// Serves until the client leaves, does nothing for too long, or the server stops.
    pub async fn run(self) {
        let peer = self.peer;
        // Answers are written whole; waiting to fill a packet would only delay them.
        self.stream.set_nodelay(true).ok();
        let activity = Activity::new();
        let watched = Watched { stream: self.stream, activity: activity.clone() };
        let router = self.router;
        let watch = activity.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let leave = self.stop.is_cancelled() && request.version() < Version::HTTP_2;
            let answer = answer(router.clone(), watch.clone(), peer, request);
            async move { answer.await.map(|answer| if leave { last(answer) } else { answer }) }
        });
        let builder = builder(self.limits);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(watched), service));
        tokio::select! {
            _ = connection.as_mut() => return,
            () = activity.useless(self.limits) => return,
            () = self.closing.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        // hyper closes idle connections, but waits for a request of which it has seen the first bytes.
        activity.last_call();
        tokio::select! {
            _ = connection => {}
            () = activity.useless(self.limits.last_call()) => {}
        }
    }
}

fn builder(limits: Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_buf_size(HEAD_LIMIT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(STREAMS);
    builder
}

/// Asks the client to make a new connection for its next request.
fn last(mut answer: Response<Answer>) -> Response<Answer> {
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(CONNECTION, close);
    answer
}

async fn answer(
    router: Router,
    activity: Arc<Activity>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Answer>, std::convert::Infallible> {
    let under_way = activity.request();
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
    // The request ends when its answer has been sent, not when it has been made.
    Ok(response.map(|body| Answer { body, _request: under_way }))
}
