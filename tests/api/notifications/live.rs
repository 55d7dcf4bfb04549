//! Live events: tickets, streams, several processes.

use axum::body::Body;
use http_body_util::BodyExt as _;
use lapak::platform::news::{Audience, News, tell};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, both};

both![
    events_arrive_and_can_be_resumed,
    a_ticket_is_good_once_and_soon,
    a_stream_ends_with_its_session,
    a_stream_ends_when_the_service_stops,
    one_person_listens_so_often with "events.streams_per_user = 2",
];

/// Longest wait for something that must come.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// A stream that is being read.
struct Stream {
    body: Body,
    buffer: String,
}

#[derive(Debug)]
struct Event {
    id: String,
    data: Value,
}

async fn ticket(person: &Person) -> String {
    let answer = person.post("/v1/me/events/ticket").send().await.expect(201).json();
    assert_eq!(answer["expires_in"], 30);
    answer["ticket"].as_str().unwrap().to_owned()
}

/// Opens a stream of a person in one process.
async fn listen(app: &TestApp, person: &Person, after: Option<&str>) -> Result<Stream, Reply> {
    let mut request = app.get(&format!("/v1/events?ticket={}", ticket(person).await));
    if let Some(after) = after {
        request = request.header("last-event-id", after);
    }
    let (reply, body) = request.open().await;
    if !reply.status.is_success() {
        return Err(reply);
    }
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert!(reply.header("cache-control").contains("no-store"));
    let mut stream = Stream { body, buffer: String::new() };
    // From now on it listens.
    assert!(stream.block().await.unwrap().contains("hello"));
    Ok(stream)
}

impl Stream {
    /// The next block of lines; nothing at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let block = block.to_owned();
                self.buffer = rest.to_owned();
                return Some(block);
            }
            let frame = tokio::time::timeout(PATIENCE, self.body.frame()).await.expect("nothing came");
            let bytes = frame?.unwrap().into_data().unwrap();
            self.buffer.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event, past the heartbeats.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if let Some(data) = field("data: ") {
                assert_eq!(field("event: "), Some("notification"));
                let id = field("id: ").unwrap().to_owned();
                return Some(Event { id, data: serde_json::from_str(data).unwrap() });
            }
        }
    }

    /// The next event past this one, which was told just before: while others write to the cluster, PostgreSQL cannot tell
    /// whether it was before or after.
    async fn next_but(&mut self, number: &str) -> Event {
        let event = self.next().await.unwrap();
        if event.data["data"]["number"] != number { event } else { self.next().await.unwrap() }
    }

    async fn number(&mut self) -> String {
        self.next().await.unwrap().data["data"]["number"].as_str().unwrap().to_owned()
    }

    /// Reads to the end.
    async fn ends(mut self) {
        while self.block().await.is_some() {}
    }
}

/// Tells somebody something.
async fn say(app: &TestApp, person: &Person, number: &str) {
    let news = News {
        to: Audience::User(person.id()),
        kind: "order.shipped",
        object: ("order", uuid::Uuid::nil()),
        data: json!({"number": number}),
    };
    let txn = app.db.begin().await.unwrap();
    tell(&txn, &[news], app.now()).await.unwrap();
    app.commit(txn).await.unwrap();
    app.run_jobs().await;
}

async fn events_arrive_and_can_be_resumed(app: TestApp) {
    let (ani, budi) = (app.buyer("ani").await, app.buyer("budi").await);
    let other = app.another_instance().await;
    say(&app, &ani, "LPK-0").await;
    let mut here = listen(&app, &ani, None).await.ok().unwrap();
    let mut there = listen(&other, &ani, None).await.ok().unwrap();
    say(&app, &budi, "LPK-B").await;
    say(&app, &ani, "LPK-1").await;
    let first = here.next_but("LPK-0").await;
    assert_eq!(
        (&first.data["kind"], &first.data["data"]["number"]),
        (&json!("order.shipped"), &json!("LPK-1"))
    );
    assert!(first.data["text"].as_str().unwrap().contains("LPK-1"), "{first:?}");
    // The other process was told by nobody; it looks for itself.
    let first_there = there.next_but("LPK-0").await;
    assert_eq!(first_there.data["data"]["number"], "LPK-1");
    // The client is away meanwhile, and comes back with the last thing it saw.
    drop(here);
    say(&other, &ani, "LPK-2").await;
    say(&app, &ani, "LPK-3").await;
    let mut back = listen(&app, &ani, Some(&first.id)).await.ok().unwrap();
    assert_eq!([back.number().await, back.number().await], ["LPK-2", "LPK-3"]);
    say(&other, &ani, "LPK-4").await;
    assert_eq!(back.number().await, "LPK-4");
    assert_eq!(
        [there.number().await, there.number().await, there.number().await],
        ["LPK-2", "LPK-3", "LPK-4"]
    );
    // What is nonsense begins now.
    let mut fresh = listen(&app, &ani, Some("nonsense")).await.ok().unwrap();
    say(&app, &ani, "LPK-5").await;
    assert_eq!(fresh.next_but("LPK-4").await.data["data"]["number"], "LPK-5");
    other.close().await;
}

async fn a_ticket_is_good_once_and_soon(app: TestApp) {
    let ani = app.buyer("ani").await;
    let used = ticket(&ani).await;
    let path = format!("/v1/events?ticket={used}");
    let (reply, body) = app.get(&path).open().await;
    assert_eq!(reply.status, 200);
    app.get(&path).send().await.expect_problem(401, "ticket-unknown");
    drop(body);
    let old = ticket(&ani).await;
    app.advance(chrono::Duration::seconds(31));
    app.get(&format!("/v1/events?ticket={old}")).send().await.expect_problem(401, "ticket-unknown");
    app.get("/v1/events?ticket=x").send().await.expect_problem(401, "ticket-unknown");
    app.get("/v1/events").send().await.expect_problem(422, "invalid");
    // Two who come with the same ticket at once: one gets in.
    let raced = format!("/v1/events?ticket={}", ticket(&ani).await);
    let both = futures_util::future::join_all((0..8).map(|_| app.get(&raced).open())).await;
    assert_eq!(both.iter().filter(|(reply, _)| reply.status == 200).count(), 1);
}

async fn a_stream_ends_with_its_session(app: TestApp) {
    let ani = app.buyer("ani").await;
    let stream = listen(&app, &ani, None).await.ok().unwrap();
    ani.delete("/v1/me/sessions?all=true").send().await.expect(204);
    stream.ends().await;
}

async fn a_stream_ends_when_the_service_stops(app: TestApp) {
    let ani = app.buyer("ani").await;
    let other = app.another_instance().await;
    let stream = listen(&other, &ani, None).await.ok().unwrap();
    other.stop.cancel();
    stream.ends().await;
    other.close().await;
}

async fn one_person_listens_so_often(app: TestApp) {
    let (ani, budi) = (app.buyer("ani").await, app.buyer("budi").await);
    let first = listen(&app, &ani, None).await.ok().unwrap();
    let second = listen(&app, &ani, None).await.ok().unwrap();
    let third = listen(&app, &ani, None).await.err().unwrap();
    third.expect_problem(429, "too-many-streams");
    assert!(listen(&app, &budi, None).await.is_ok());
    drop(first);
    assert!(listen(&app, &ani, None).await.is_ok());
    drop(second);
}
