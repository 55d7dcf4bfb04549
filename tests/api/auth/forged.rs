//! Forged tokens over HTTP: each is signed with the very key of the service, so that nothing but what it says is wrong.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::support::forge::{Forge, unsigned};
use crate::support::{TestApp, both};

both![
    claims_of_a_wrong_type_are_not_absent,
    the_token_does_not_choose_how_it_is_checked,
    the_public_key_is_no_shared_secret,
    keys_are_not_looked_up_by_what_a_token_says,
    tokens_for_others_are_refused,
    an_expired_token_is_refused_everywhere,
    a_refresh_token_is_no_access_token_and_back,
];

impl Forge {
    async fn status(&self, token: &str) -> u16 {
        self.app.get("/v1/me").bearer(token).send().await.status.as_u16()
    }

    /// 401 on a route for people and on a public one.
    async fn refused(&self, what: &str, token: &str) {
        for path in ["/v1/me", "/v1/categories"] {
            let reply = self.app.get(path).bearer(token).send().await;
            assert_eq!(reply.status, 401, "{what} on {path}");
            assert_eq!(reply.problem()["code"], "unauthorized", "{what} on {path}");
        }
    }

    async fn refused_with_claim(&self, name: &str, value: Option<Value>) {
        let what = format!("{name} = {value:?}");
        self.refused(&what, &self.with_claim(name, value)).await;
    }

    async fn refused_with_header(&self, name: &str, value: Value) {
        let mut header = self.header.clone();
        header[name] = value;
        self.refused(&header.to_string(), &self.sign(&header, &self.claims.to_string())).await;
    }
}

/// Row 41.
async fn claims_of_a_wrong_type_are_not_absent(app: TestApp) {
    let forge = Forge::new(&app).await;
    for name in ["exp", "iat", "sub", "sid", "iss", "aud", "jti"] {
        forge.refused_with_claim(name, None).await;
        forge.refused_with_claim(name, Some(Value::Null)).await;
        forge.refused_with_claim(name, Some(json!([]))).await;
        forge.refused_with_claim(name, Some(json!({}))).await;
    }
    for name in ["exp", "iat", "nbf"] {
        forge.refused_with_claim(name, Some(json!("9999999999"))).await;
        forge.refused_with_claim(name, Some(json!(true))).await;
        forge.refused_with_claim(name, Some(Value::Null)).await;
    }
    forge.refused_with_claim("nbf", Some(json!((app.now() + Duration::hours(1)).timestamp()))).await;
    let claims = forge.claims.to_string();
    let exp = format!("\"exp\":{}", forge.claims["exp"]);
    for odd in ["1e400", "-1e400", "1e20", "99999999999999999999999", "9999999999.5", "NaN", "Infinity"] {
        let changed = claims.replace(&exp, &format!("\"exp\":{odd}"));
        assert_ne!(changed, claims);
        forge.refused(odd, &forge.sign(&forge.header, &changed)).await;
    }
    let doubled = claims.replacen('{', "{\"exp\":9999999999,", 1);
    forge.refused("exp twice", &forge.sign(&forge.header, &doubled)).await;
}

/// Row 42.
async fn the_token_does_not_choose_how_it_is_checked(app: TestApp) {
    let forge = Forge::new(&app).await;
    for alg in ["none", "None", "nOnE", "NONE", "HS256", "HS512", "RS256", "ES256", "PS256", "Ed25519", ""] {
        forge.refused_with_header("alg", json!(alg)).await;
        let mut header = forge.header.clone();
        header["alg"] = alg.into();
        let unsigned = unsigned(&header, &forge.claims.to_string());
        forge.refused(alg, &format!("{unsigned}.")).await;
        forge.refused(alg, &unsigned).await;
    }
    forge.refused_with_header("alg", Value::Null).await;
    let unsigned = unsigned(&forge.header, &forge.claims.to_string());
    forge.refused("an empty signature", &format!("{unsigned}.")).await;
    forge.refused("no signature", &unsigned).await;
    forge.refused("a signature of zeros", &format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode([0; 64]))).await;
    forge.refused_with_header("crit", json!(["exp"])).await;
}

/// Row 42: the published key, in every form that somebody could take for a secret.
async fn the_public_key_is_no_shared_secret(app: TestApp) {
    let forge = Forge::new(&app).await;
    let keys = app.get("/.well-known/jwks.json").send().await.expect(200);
    let x = keys.json()["keys"][0]["x"].as_str().unwrap().to_owned();
    let raw = URL_SAFE_NO_PAD.decode(&x).unwrap();
    let mut header = forge.header.clone();
    header["alg"] = "HS256".into();
    let message = unsigned(&header, &forge.claims.to_string());
    for secret in [x.as_bytes(), &raw, keys.body.as_ref(), b""] {
        let secret = EncodingKey::from_secret(secret);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
        forge.refused("HS256", &format!("{message}.{signature}")).await;
    }
}

/// Row 42.
async fn keys_are_not_looked_up_by_what_a_token_says(app: TestApp) {
    let forge = Forge::new(&app).await;
    for kid in
        ["../../dev/null", "/dev/null", "' OR 1=1 --", "x' UNION SELECT 'key", "", "0", "http://evil.example"]
    {
        forge.refused_with_header("kid", json!(kid)).await;
    }
    forge.refused_with_header("kid", Value::Null).await;
    forge.refused_with_header("kid", json!(1)).await;

    // A key of somebody else that the token brings along.
    let mut header = forge.header.clone();
    header["jwk"] = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([7; 32])});
    header["jku"] = json!("https://evil.example/keys");
    let message = unsigned(&header, &forge.claims.to_string());
    let theirs = lapak::platform::random::bytes::<64>();
    forge.refused("their key", &format!("{message}.{}", URL_SAFE_NO_PAD.encode(theirs))).await;
}

/// Row 40.
async fn tokens_for_others_are_refused(app: TestApp) {
    let forge = Forge::new(&app).await;
    for (name, wrong) in [
        ("aud", json!("other-api")),
        ("aud", json!(["lapak-api"])),
        ("aud", json!("")),
        ("iss", json!("evil")),
        ("iss", json!("lapak ")),
        ("sub", json!("admin")),
        ("sub", json!("00000000-0000-0000-0000-000000000000")),
        ("sid", json!("01900000-0000-7000-8000-00000000dead")),
    ] {
        forge.refused_with_claim(name, Some(wrong)).await;
    }
    // Another person, with a session that is not theirs.
    let budi = app.buyer("Budi").await;
    forge.refused_with_claim("sub", Some(json!(budi.id()))).await;
    for typ in [json!("JWT"), json!("rt+jwt"), json!("id+jwt"), json!(""), Value::Null] {
        forge.refused_with_header("typ", typ).await;
    }
}

/// Row 43: no leeway after the end, on any kind of route.
async fn an_expired_token_is_refused_everywhere(app: TestApp) {
    let shop = app.vendor("Toko Waktu").await;
    let forge = Forge::new(&app).await;
    let token = forge.sign(&forge.header, &forge.claims.to_string());
    app.advance(Duration::seconds(899));
    assert_eq!(forge.status(&token).await, 200);
    app.advance(Duration::seconds(1));
    for path in [
        "/v1/me".to_owned(),
        "/v1/orders".to_owned(),
        "/v1/me/sessions".to_owned(),
        "/v1/categories".to_owned(),
        "/v1/admin/invariants".to_owned(),
        format!("/v1/vendors/{}/orders", shop.id),
    ] {
        app.get(&path).bearer(&token).send().await.expect_problem(401, "unauthorized");
    }
    let far = json!((app.now() + Duration::seconds(31)).timestamp());
    let exp = json!((app.now() + Duration::hours(1)).timestamp());
    let mut claims = forge.claims.clone();
    (claims["iat"], claims["exp"]) = (far, exp);
    forge.refused("made in the future", &forge.sign(&forge.header, &claims.to_string())).await;
}

async fn a_refresh_token_is_no_access_token_and_back(app: TestApp) {
    let forge = Forge::new(&app).await;
    let session = app.buyer("Ani").await.sign_in().await;
    forge.refused("a refresh token", session["refresh_token"].as_str().unwrap()).await;
    let body = json!({"refresh_token": session["access_token"]});
    let refused = app.post("/v1/auth/refresh").json(body).send().await;
    refused.expect_problem(401, "refresh-refused");
    assert_eq!(forge.status(session["access_token"].as_str().unwrap()).await, 200);
}
