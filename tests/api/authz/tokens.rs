//! A bad token is refused on every route, also on public ones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;

use super::objects::ABSENT;
use crate::support::forge::Forge;
use crate::support::openapi::operations;
use crate::support::shop::text;
use crate::support::{Person, TestApp, both};

both![a_bad_token_is_refused_everywhere];

async fn a_bad_token_is_refused_everywhere(app: TestApp) {
    let ani = app.buyer("ani").await;
    let signed_in = ani.sign_in().await;
    let token = signed_in["access_token"].as_str().unwrap();
    let refresh_token = signed_in["refresh_token"].as_str().unwrap();
    app.get("/v1/me").bearer(token).send().await.expect(200);
    let mut bad = forged(token);
    bad.push(("a refresh token", refresh_token.to_owned()));
    bad.extend(signed_for_others(&app).await);
    bad.extend(dead_keys(&ani).await);
    let mut faults = Vec::new();
    for (what, token) in &bad {
        faults.extend(accepted(&app, what, token).await);
    }
    app.advance(Duration::minutes(20));
    faults.extend(accepted(&app, "an expired token", token).await);
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Signed by the service, and wrong nevertheless.
async fn signed_for_others(app: &TestApp) -> Vec<(&'static str, String)> {
    let forge = Forge::new(app).await;
    let mut header = forge.header.clone();
    header["typ"] = "JWT".into();
    vec![
        ("a wrong audience", forge.with_claim("aud", Some("other-api".into()))),
        ("a wrong issuer", forge.with_claim("iss", Some("evil".into()))),
        ("a wrong type", forge.sign(&header, &forge.claims.to_string())),
        ("no end", forge.with_claim("exp", None)),
        ("an end as text", forge.with_claim("exp", Some("9999999999".into()))),
    ]
}

/// Keys of programs that are revoked, or never were.
async fn dead_keys(person: &Person) -> Vec<(&'static str, String)> {
    let made = person.api_key(&["operation:write"]).await;
    let path = format!("/v1/me/api-keys/{}", text(&made["id"]));
    person.delete(&path).send().await.expect(204);
    let key = text(&made["key"]);
    vec![
        ("another key", format!("{}x", &key[..key.len() - 1])),
        ("the prefix of a key", text(&made["prefix"])),
        ("a revoked key", key),
    ]
}

/// The operations that do not refuse a token.
async fn accepted(app: &TestApp, what: &str, token: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for operation in operations() {
        let path = operation.fill(|_, _| ABSENT.to_owned());
        let request = app.request(operation.method.clone(), &path).bearer(token);
        let reply = request.send().await;
        if reply.status != 401 || reply.header("www-authenticate").is_empty() {
            faults.push(format!("{} with {what}: {}", operation.id, reply.status));
        }
    }
    faults
}

fn forged(token: &str) -> Vec<(&'static str, String)> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("not a JWT: {token}");
    };
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let flipped = if let Some(rest) = signature.strip_prefix('A') {
        format!("B{rest}")
    } else {
        format!("A{}", &signature[1..])
    };
    let none = encode(r#"{"alg":"none","typ":"JWT"}"#);
    let hs256 = encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    vec![
        ("garbage", "garbage".to_owned()),
        ("an empty token", String::new()),
        ("a flipped bit", format!("{header}.{claims}.{flipped}")),
        ("no signature", format!("{header}.{claims}.")),
        ("the algorithm none", format!("{none}.{claims}.")),
        ("another algorithm", format!("{hs256}.{claims}.{signature}")),
        ("other claims", format!("{header}.{}.{signature}", encode(r#"{"sub":"x"}"#))),
    ]
}
