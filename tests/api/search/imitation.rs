//! A server that knows the requests the engine makes, and does every task at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Default)]
struct World {
    documents: BTreeMap<String, BTreeMap<String, Value>>,
    settings: BTreeMap<String, Value>,
    settings_written: usize,
    requests: usize,
    away: bool,
    fail_documents: bool,
    failed: Vec<usize>,
    tasks: usize,
    asked: Value,
    answer: Value,
}

/// The server; it stops with the test.
pub struct Imitation {
    pub url: String,
    world: Shared,
}

type Shared = Arc<Mutex<World>>;
type Reply = (StatusCode, Json<Value>);

impl Imitation {
    pub async fn start() -> Self {
        let world = Shared::default();
        let routes = Router::new()
            .route("/health", get(|| async { Json(json!({"status": "available"})) }))
            .route("/indexes", post(create))
            .route("/indexes/{uid}", get(look).delete(delete))
            .route("/indexes/{uid}/settings", get(settings).patch(set))
            .route("/indexes/{uid}/stats", get(stats))
            .route("/indexes/{uid}/documents", get(list).post(add))
            .route("/indexes/{uid}/documents/delete-batch", post(remove))
            .route("/indexes/{uid}/documents/{id}", get(read))
            .route("/swap-indexes", post(swap))
            .route("/multi-search", post(search))
            .route("/tasks/{id}", get(task))
            .layer(from_fn_with_state(world.clone(), watch))
            .with_state(world.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, world }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub fn indexes(&self) -> Vec<String> {
        self.world().documents.keys().cloned().collect()
    }

    pub fn document(&self, index: &str, id: Uuid) -> Value {
        self.world().documents[index][&id.to_string()].clone()
    }

    pub fn settings_written(&self) -> usize {
        self.world().settings_written
    }

    pub fn set(&self, index: &str, name: &str, value: Value) {
        self.world().settings.get_mut(index).unwrap()[name] = value;
    }

    pub fn fail_documents(&self) {
        self.world().fail_documents = true;
    }

    pub fn answer(&self, answer: Value) {
        self.world().answer = answer;
    }

    pub fn asked(&self) -> Value {
        self.world().asked.clone()
    }

    pub fn requests(&self) -> usize {
        self.world().requests
    }

    pub fn go_away(&self) {
        self.world().away = true;
    }

    pub fn come_back(&self) {
        self.world().away = false;
    }
}

async fn watch(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let away = {
        let mut world = world.lock().unwrap();
        world.requests += 1;
        world.away
    };
    let signed = request.headers().get("authorization").is_some_and(|key| key == "Bearer a-key-of-the-test");
    if away || !signed {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    next.run(request).await
}

const TIME: &str = "2026-11-24T03:00:00Z";

fn started(world: &mut World, kind: &str) -> Reply {
    let uid = world.tasks;
    world.tasks += 1;
    let body =
        json!({"taskUid": uid, "indexUid": null, "status": "enqueued", "type": kind, "enqueuedAt": TIME});
    (StatusCode::ACCEPTED, Json(body))
}

fn absent(code: &str) -> Reply {
    let body = json!({"message": "absent", "code": code, "type": "invalid_request", "link": ""});
    (StatusCode::NOT_FOUND, Json(body))
}

async fn create(State(world): State<Shared>, Json(body): Json<Value>) -> Reply {
    let mut world = world.lock().unwrap();
    let uid = body["uid"].as_str().unwrap().to_owned();
    world.documents.insert(uid.clone(), BTreeMap::new());
    world.settings.insert(uid, json!({}));
    started(&mut world, "indexCreation")
}

async fn look(State(world): State<Shared>, Path(uid): Path<String>) -> Reply {
    if !world.lock().unwrap().documents.contains_key(&uid) {
        return absent("index_not_found");
    }
    (StatusCode::OK, Json(json!({"uid": uid, "primaryKey": "id", "createdAt": TIME, "updatedAt": TIME})))
}

async fn delete(State(world): State<Shared>, Path(uid): Path<String>) -> Reply {
    let mut world = world.lock().unwrap();
    world.documents.remove(&uid);
    world.settings.remove(&uid);
    started(&mut world, "indexDeletion")
}

async fn settings(State(world): State<Shared>, Path(uid): Path<String>) -> Json<Value> {
    Json(world.lock().unwrap().settings[&uid].clone())
}

async fn set(State(world): State<Shared>, Path(uid): Path<String>, Json(body): Json<Value>) -> Reply {
    let mut world = world.lock().unwrap();
    world.settings_written += 1;
    let settings = world.settings.get_mut(&uid).unwrap();
    for (name, value) in body.as_object().unwrap() {
        settings[name] = value.clone();
    }
    started(&mut world, "settingsUpdate")
}

async fn stats(State(world): State<Shared>, Path(uid): Path<String>) -> Json<Value> {
    let count = world.lock().unwrap().documents[&uid].len();
    Json(json!({
        "numberOfDocuments": count, "numberOfEmbeddedDocuments": 0, "numberOfEmbeddings": 0, "rawDocumentDbSize": 0,
        "avgDocumentSize": 0, "isIndexing": false, "fieldDistribution": {},
    }))
}

async fn list(State(world): State<Shared>, Path(uid): Path<String>) -> Json<Value> {
    let world = world.lock().unwrap();
    let results: Vec<&Value> = world.documents[&uid].values().collect();
    Json(json!({"results": results, "offset": 0, "limit": 1000, "total": results.len()}))
}

async fn add(State(world): State<Shared>, Path(uid): Path<String>, body: Bytes) -> Reply {
    let mut world = world.lock().unwrap();
    if world.fail_documents {
        let next = world.tasks;
        world.failed.push(next);
        return started(&mut world, "documentAdditionOrUpdate");
    }
    let documents: Vec<Value> = serde_json::from_slice(&body).unwrap();
    let index = world.documents.entry(uid).or_default();
    for document in documents {
        index.insert(document["id"].as_str().unwrap().to_owned(), document);
    }
    started(&mut world, "documentAdditionOrUpdate")
}

async fn remove(State(world): State<Shared>, Path(uid): Path<String>, Json(ids): Json<Vec<String>>) -> Reply {
    let mut world = world.lock().unwrap();
    let index = world.documents.entry(uid).or_default();
    ids.iter().for_each(|id| drop(index.remove(id)));
    started(&mut world, "documentDeletion")
}

async fn read(State(world): State<Shared>, Path((uid, id)): Path<(String, String)>) -> Reply {
    let world = world.lock().unwrap();
    let Some(index) = world.documents.get(&uid) else {
        return absent("index_not_found");
    };
    index.get(&id).map_or_else(|| absent("document_not_found"), |found| (StatusCode::OK, Json(found.clone())))
}

async fn swap(State(world): State<Shared>, Json(body): Json<Value>) -> Reply {
    let mut world = world.lock().unwrap();
    let name = |at: usize| body[0]["indexes"][at].as_str().unwrap().to_owned();
    let (one, other) = (name(0), name(1));
    let (a, b) = (world.documents.remove(&one).unwrap(), world.documents.remove(&other).unwrap());
    world.documents.insert(one.clone(), b);
    world.documents.insert(other.clone(), a);
    let (a, b) = (world.settings.remove(&one).unwrap(), world.settings.remove(&other).unwrap());
    world.settings.insert(one, b);
    world.settings.insert(other, a);
    started(&mut world, "indexSwap")
}

async fn search(State(world): State<Shared>, Json(body): Json<Value>) -> Json<Value> {
    let mut world = world.lock().unwrap();
    world.asked = body;
    Json(world.answer.clone())
}

async fn task(State(world): State<Shared>, Path(id): Path<usize>) -> Json<Value> {
    let failed = world.lock().unwrap().failed.contains(&id);
    let error = json!({"message": "no space", "code": "internal", "type": "internal", "link": ""});
    Json(json!({
        "uid": id, "indexUid": "products", "status": if failed { "failed" } else { "succeeded" },
        "type": "documentAdditionOrUpdate", "details": {"receivedDocuments": 1, "indexedDocuments": 1},
        "error": if failed { error } else { Value::Null }, "duration": "PT0.01S",
        "enqueuedAt": TIME, "startedAt": TIME, "finishedAt": TIME, "canceledBy": null,
    }))
}
