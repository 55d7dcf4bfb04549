//! Other spellings of a path never give more access.

use super::actors;
use super::objects::Objects;
use crate::support::openapi::operations;
use crate::support::{TestApp, both};

both![other_spellings_of_a_path_open_nothing];

/// Headers with which some proxies name the user or the path.
const HEADERS: &[(&str, &str)] = &[
    ("x-user-id", "01900000-0000-7000-8000-000000000001"),
    ("x-forwarded-user", "admin"),
    ("x-role", "operator"),
    ("x-original-url", "/v1/categories"),
    ("x-rewrite-url", "/v1/categories"),
    ("x-http-method-override", "GET"),
];

async fn other_spellings_of_a_path_open_nothing(app: TestApp) {
    let objects = Objects::make(&app).await;
    let actors = actors::all(&app, &objects).await;
    let stranger = actors.iter().find(|actor| actor.name == "stranger").unwrap();
    let mut faults = Vec::new();
    for operation in operations().iter().filter(|operation| !operation.is_public()) {
        let path = operation.fill(|before, name| objects.own(before, name));
        let refused_stranger = stranger.refusal(operation, objects.shop()).is_some();
        for spelling in spellings(&path) {
            let anonymous = app.request(operation.method.clone(), &spelling).send().await;
            if !matches!(anonymous.status.as_u16(), 401 | 404) {
                faults.push(format!("{} {spelling}: {}", operation.id, anonymous.status));
            }
            if refused_stranger {
                let request = app.request(operation.method.clone(), &spelling);
                let reply = stranger.send_as(request).send().await;
                if !matches!(reply.status.as_u16(), 403 | 404) {
                    faults.push(format!("{} {spelling} as a stranger: {}", operation.id, reply.status));
                }
            }
        }
        for (name, value) in HEADERS {
            let request = app.request(operation.method.clone(), &path).header(name, value);
            let reply = request.send().await;
            if reply.status != 401 {
                faults.push(format!("{} with {name}: {}", operation.id, reply.status));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn spellings(path: &str) -> Vec<String> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let encode_first = |text: &str| {
        let mut letters = text.chars();
        let first = letters.next().map_or(0, u32::from);
        format!("%{first:02x}{}", letters.as_str())
    };
    vec![
        path.replacen("/v1/", "/%761/", 1),
        path.replacen("/v1/", "/v1//", 1),
        path.replacen("/v1/", "//v1/", 1),
        path.replacen("/v1/", "/v1/./", 1),
        path.replacen("/v1/", "/v1/x/../", 1),
        path.replacen("/v1/", "/V1/", 1),
        format!("{path}/"),
        format!("{path};x=1"),
        format!("{path}%00"),
        format!("{}{}", path.trim_end_matches(last), encode_first(last)),
        // Ids in capitals are the same ids.
        path.to_uppercase().replacen("/V1/", "/v1/", 1),
        // The id of the shop itself, encoded.
        encode_ids(path),
    ]
}

/// Encodes the first character of every id.
fn encode_ids(path: &str) -> String {
    let encoded: Vec<String> = path
        .split('/')
        .map(|segment| match segment.strip_prefix('0') {
            Some(rest) if segment.len() == 36 => format!("%30{rest}"),
            _ => segment.to_owned(),
        })
        .collect();
    encoded.join("/")
}
