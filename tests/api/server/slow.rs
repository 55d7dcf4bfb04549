//! Clients that are slow, silent or rude, over real sockets.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use lapak::platform::server;

use crate::support::{TestApp, both};

both![
    a_client_that_says_nothing_is_let_go with "server.header_timeout = \"200ms\"",
    headers_must_come_in_time with "server.header_timeout = \"200ms\"",
    a_body_must_come_in_time with "server.request_timeout = \"200ms\"",
    the_answer_must_be_taken_in_time with "server = { request_timeout = \"200ms\", max_connections = 1 }",
    a_slow_body_takes_nobodys_place with "server.max_requests = 1",
    the_door_closes_when_the_house_is_full with "server.max_connections = 1",
    a_stopping_service_finishes_what_it_began with "server.header_timeout = \"1h\"",
    a_stopping_service_answers_until_it_is_left_alone with "server.stop_delay = \"2s\"",
    a_stopping_service_does_not_wait_for_ever with "server.drain_timeout = \"200ms\"",
];

/// Long enough for any machine; who is not let go by then hangs.
const PATIENCE: Duration = Duration::from_secs(20);

struct Running {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

async fn start(app: &TestApp) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let (app, router, ending) = (app.clone(), app.router(), stop.clone());
    let server = tokio::spawn(async move {
        server::serve(listener, router, &app.config.server, ending).await;
    });
    Running { address, stop, server }
}

impl Running {
    /// A client that has sent this much.
    async fn client(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // Who is closed at the door may notice while speaking.
        stream.write_all(text.as_bytes()).await.ok();
        stream
    }

    async fn finish(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.server).await.unwrap().unwrap();
    }
}

/// Everything until the server closes the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await;
    // A reset is a way of closing too.
    read.expect("the server closes the connection").ok();
    String::from_utf8(text).unwrap()
}

const REGISTER: &str = "POST /v1/auth/register HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

async fn a_client_that_says_nothing_is_let_go(app: TestApp) {
    let running = start(&app).await;
    assert_eq!(rest(running.client("").await).await, "");
    // The beginning of both protocols, so that the server cannot tell which.
    assert_eq!(rest(running.client("P").await).await, "");
    running.finish().await;
}

async fn headers_must_come_in_time(app: TestApp) {
    let running = start(&app).await;
    let mut client = running.client("GET /healthz HTTP/1.1\r\nhost:").await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if client.write_all(b" ").await.is_err() {
            break;
        }
    }
    let answer = rest(client).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    running.finish().await;
}

async fn a_body_must_come_in_time(app: TestApp) {
    let running = start(&app).await;
    let client = running.client(&format!("{REGISTER}content-length: 100\r\n\r\n{{\"name\":")).await;
    let answer = rest(client).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert!(answer.contains("\"request-timeout\""), "{answer}");
    running.finish().await;
}

async fn a_slow_body_takes_nobodys_place(app: TestApp) {
    let running = start(&app).await;
    let mut slow =
        running.client(&format!("{REGISTER}content-length: 100\r\nexpect: 100-continue\r\n\r\n")).await;
    slow.read_exact(&mut [0; 25]).await.unwrap();
    let served = async {
        while app.get("/v1/nowhere").send().await.status == 503 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, served).await.expect("there is room");
    drop(slow);
    running.finish().await;
}

/// Asks for far more than the buffers between hold, and reads nothing.
async fn the_answer_must_be_taken_in_time(app: TestApp) {
    let running = start(&app).await;
    let request = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n";
    let _rude = running.client(&request.repeat(40)).await;
    // There is room for one: when somebody else is served, the rude one is gone.
    let served = async {
        loop {
            let client =
                running.client("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
            if rest(client).await.starts_with("HTTP/1.1 200 ") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, served).await.expect("the rude client is let go");
    running.finish().await;
}

async fn the_door_closes_when_the_house_is_full(app: TestApp) {
    let running = start(&app).await;
    let mut first = running.client("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut head = [0; 12];
    first.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    assert_eq!(rest(running.client("GET /healthz HTTP/1.1\r\n").await).await, "");
    drop(first);
    running.finish().await;
}

async fn a_stopping_service_finishes_what_it_began(app: TestApp) {
    let running = start(&app).await;
    let silent = running.client("").await;
    let hesitant = running.client("GET /healthz HTTP/1.1\r\nhost:").await;
    let body = r#"{"name":"Ani","email":"ani@contoh.id","password":"kerupuk-udang-42"}"#;
    let (begun, remaining) = body.split_at(10);
    let mut client = running
        .client(&format!("{REGISTER}content-length: {}\r\nexpect: 100-continue\r\n\r\n", body.len()))
        .await;
    // The handler asks for the body, so it is at work when the service is told to stop.
    let mut go_on = [0; 25];
    client.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    client.write_all(begun.as_bytes()).await.unwrap();
    running.stop.cancel();
    assert_eq!(rest(silent).await, "");
    assert_eq!(rest(hesitant).await, "");
    client.write_all(remaining.as_bytes()).await.unwrap();
    let answer = rest(client).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(TcpStream::connect(running.address).await.is_err());
    running.finish().await;
}

async fn a_stopping_service_answers_until_it_is_left_alone(app: TestApp) {
    let running = start(&app).await;
    running.stop.cancel();
    let answer = rest(running.client("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    running.finish().await;
}

async fn a_stopping_service_does_not_wait_for_ever(app: TestApp) {
    let running = start(&app).await;
    let mut client =
        running.client(&format!("{REGISTER}content-length: 100\r\nexpect: 100-continue\r\n\r\n")).await;
    client.read_exact(&mut [0; 25]).await.unwrap();
    running.finish().await;
    assert_eq!(rest(client).await, "");
}
