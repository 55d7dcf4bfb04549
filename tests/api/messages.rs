//! Messages leave over SMTP and over the gateway of a provider; what does not leave is kept for the operator.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router};
use chrono::Duration;
use lapak::config::{Config, Environment};
use lapak::kernel::{Email, Phone};
use lapak::platform::messages::{Address, Message, Messenger};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::people::PASSWORD;
use crate::support::run::with_database;
use crate::support::shop::list;
use crate::support::{Backend, TestApp, both};

both![
    the_operator_reads_what_was_kept,
    nothing_is_kept_where_messages_are_sent with "messages.mail = 'off'\nmessages.phone = 'off'",
];

async fn the_operator_reads_what_was_kept(app: TestApp) {
    let operator = app.operator().await;
    let body = json!({"name": "Ani", "phone": "081290001234", "password": PASSWORD});
    app.post("/v1/auth/register").json(body).send().await.expect(201);
    app.post("/v1/auth/codes").json(json!({"phone": "081290001234"})).send().await.expect(202);
    app.run_jobs().await;
    let first = operator.get("/v1/admin/messages?limit=1").send().await.expect(200).json();
    let kept = app.messenger.kept();
    assert_eq!(first["items"][0]["text"], kept.last().unwrap().message.text);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/v1/admin/messages?limit=100&cursor={cursor}");
    let rest = operator.get(&path).send().await.expect(200).json();
    assert_eq!(list(&rest["items"]).len(), kept.len() - 1);
    assert_eq!(rest["next_cursor"], Value::Null);
    let auditor = app.platform("auditor").await;
    auditor.get("/v1/admin/messages").send().await.expect_problem(403, "role-missing");
    operator.get("/v1/admin/messages?limit=0").send().await.expect_problem(422, "invalid");
}

async fn nothing_is_kept_where_messages_are_sent(app: TestApp) {
    let operator = app.operator().await;
    operator.get("/v1/admin/messages").send().await.expect_problem(404, "not-found");
    app.run_jobs().await;
    assert!(app.messenger.kept().is_empty());
}

fn messenger(settings: &str) -> Messenger {
    let config = Config::with(Environment::Test, settings).unwrap();
    Messenger::new(&config.messages).unwrap()
}

fn message(to: Address) -> Message {
    Message { to, subject: "Kode masuk".to_owned(), text: "Kode Anda: 123456".to_owned() }
}

fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-11-24T03:00:00Z".parse().unwrap()
}

/// A mail server that takes one mail and returns everything it was told; `refuse` names a command that it answers with 550.
async fn mail_server(refuse: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        speak_smtp(stream, refuse).await
    });
    (url, server)
}

async fn speak_smtp(mut stream: TcpStream, refuse: &str) -> String {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    let (mut heard, mut in_data) = (String::new(), false);
    writer.write_all(b"220 mail.contoh.id\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        heard.push_str(&line);
        heard.push('\n');
        let answer = match line.as_str() {
            "." => {
                in_data = false;
                "250 taken\r\n"
            }
            _ if in_data => continue,
            _ if !refuse.is_empty() && line.starts_with(refuse) => "550 no such mailbox\r\n",
            "DATA" => {
                in_data = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        writer.write_all(answer.as_bytes()).await.unwrap();
        if answer.starts_with("221") || line == "." {
            break;
        }
    }
    heard
}

#[tokio::test]
async fn a_mail_goes_to_the_mail_server() {
    let (url, server) = mail_server("").await;
    let settings = format!("messages.mail = 'live'\nmessages.smtp_url = '{url}'");
    let to = Address::Email(Email::parse("siti@contoh.id").unwrap());
    messenger(&settings).send(message(to), now()).await.unwrap();
    let heard = server.await.unwrap();
    for line in [
        "MAIL FROM:<lapak@localhost>",
        "RCPT TO:<siti@contoh.id>",
        "To: siti@contoh.id",
        "Subject: Kode masuk",
        "Kode Anda: 123456",
    ] {
        assert!(heard.contains(line), "no {line} in {heard}");
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_is_a_failure() {
    let (url, server) = mail_server("RCPT").await;
    let settings = format!("messages.mail = 'live'\nmessages.smtp_url = '{url}'");
    let to = Address::Email(Email::parse("siti@contoh.id").unwrap());
    let error = messenger(&settings).send(message(to), now()).await.unwrap_err();
    assert!(error.to_string().contains("no such mailbox"), "{error}");
    server.abort();
}

/// The gateway of a provider: it fails so many times, then takes messages.
#[derive(Clone)]
struct Provider {
    failures: Arc<Mutex<u32>>,
    taken: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Provider {
    async fn start(failures: u32) -> (Self, String) {
        let provider = Self { failures: Arc::new(Mutex::new(failures)), taken: Arc::default() };
        let router = Router::new().route("/send", axum::routing::post(take)).with_state(provider.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = format!(
            "messages.phone = 'live'\nmessages.phone_url = 'http://{address}/send'\nmessages.phone_token = 'rahasia'"
        );
        (provider, settings)
    }

    fn taken(&self) -> Vec<(String, Value)> {
        self.taken.lock().unwrap().clone()
    }
}

async fn take(State(provider): State<Provider>, headers: HeaderMap, Json(body): Json<Value>) -> StatusCode {
    let mut failures = provider.failures.lock().unwrap();
    if *failures > 0 {
        *failures -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let token = headers["authorization"].to_str().unwrap().to_owned();
    provider.taken.lock().unwrap().push((token, body));
    StatusCode::ACCEPTED
}

#[tokio::test]
async fn a_short_message_goes_to_the_gateway() {
    let (provider, settings) = Provider::start(1).await;
    let messenger = messenger(&settings);
    let to = Address::Phone(Phone::parse("081290001234").unwrap());
    let error = messenger.send(message(to.clone()), now()).await.unwrap_err();
    assert!(error.to_string().contains("503") && !error.to_string().contains("127.0.0.1"), "{error}");
    messenger.send(message(to), now()).await.unwrap();
    let body = json!({"to": "+6281290001234", "text": "Kode Anda: 123456"});
    assert_eq!(provider.taken(), [("Bearer rahasia".to_owned(), body)]);
}

/// A code that could not be sent is made anew by the next attempt of the job; the one that arrives works.
fn a_failed_code_is_sent_again(backend: Backend) {
    with_database(backend, module_path!(), |place| async move {
        let (provider, settings) = Provider::start(2).await;
        let app = TestApp::start(&place, backend, &settings).await;
        let body = json!({"name": "Ani", "phone": "081290001234", "password": PASSWORD});
        app.post("/v1/auth/register").json(body).send().await.expect(201);
        for _ in 0..4 {
            app.run_jobs().await;
            app.advance(Duration::minutes(1));
        }
        app.post("/v1/auth/codes").json(json!({"phone": "081290001234"})).send().await.expect(202);
        app.run_jobs().await;
        let taken = provider.taken();
        assert_eq!(taken.len(), 2);
        let text = taken[1].1["text"].as_str().unwrap();
        let code = text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).unwrap();
        let body = json!({"login": "081290001234", "code": code});
        app.post("/v1/auth/login").json(body).send().await.expect(200);
        app.close().await;
    });
}

#[test]
fn a_failed_code_is_sent_again_sqlite() {
    a_failed_code_is_sent_again(Backend::Sqlite);
}

#[test]
fn a_failed_code_is_sent_again_postgres() {
    a_failed_code_is_sent_again(Backend::Postgres);
}
