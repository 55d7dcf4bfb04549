//! The listening socket: accepts connections, bounds how long each may be slow, and stops gracefully.
//!
//! `axum::serve` installs no timer, so hyper's header timeout would never fire; hence a loop of our own.

mod activity;
mod answer;
mod connection;
mod door;

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config;
use connection::Connection;
use door::Door;

/// How long to wait when the system has no more file descriptors.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// Serves until `stop` and the stop delay after it, then lets requests under way finish for the drain time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &config::Server,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    let door = Door::new(settings);
    let closing = CancellationToken::new();
    let cut = CancellationToken::new();
    let mut closed = pin!(async {
        stop.cancelled().await;
        tokio::time::sleep(settings.stop_delay).await;
    });
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = &mut closed => break,
            accepted = accept(&listener) => accepted,
        };
        let Some(guest) = door.enter(peer.ip()) else {
            // Closed at the door: cheaper than any answer, and whoever is inside is still served.
            metrics::counter!("lapak_connections_refused_total").increment(1);
            continue;
        };
        let connection = Connection {
            stream,
            peer,
            router: router.clone(),
            limits: activity::Limits::from(settings),
            stop: stop.clone(),
            closing: closing.clone(),
        };
        let cut = cut.clone();
        connections.spawn(async move {
            // When the drain time is over, dropping the connection closes it.
            cut.run_until_cancelled(connection.run()).await;
            drop(guest);
        });
    }
    drop(listener);
    closing.cancel();
    connections.close();
    if tokio::time::timeout(settings.drain_timeout, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "stopped before all requests ended");
        cut.cancel();
        connections.wait().await;
    }
}

/// The next connection. A failure concerns one client, or passes.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_client_fault(&error) => {}
            Err(error) => {
                tracing::error!(error = %error, "connections cannot be accepted");
                tokio::time::sleep(OUT_OF_SOCKETS).await;
            }
        }
    }
}

fn is_client_fault(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}
