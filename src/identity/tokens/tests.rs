//! Forged, broken and outdated tokens.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::config::Environment;

struct Bench {
    tokens: Tokens,
    config: Config,
    _folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let changes = format!("data.dir = {:?}", folder.path());
    let config = Config::with(Environment::Test, &changes).unwrap();
    Bench { tokens: Tokens::load(&config).unwrap(), config, _folder: folder }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

impl Bench {
    fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": "EdDSA", "kid": self.tokens.kid})
    }

    fn claims(&self) -> Value {
        let now = at(0).timestamp();
        json!({
            "iss": "lapak", "aud": "lapak-api", "iat": now, "exp": now + 900, "jti": "x",
            "sub": UserId::generate(), "sid": SessionId::generate(),
        })
    }

    /// A token with a true signature, whatever it says.
    fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.tokens.signing, Algorithm::EdDSA);
        format!("{message}.{}", signature.unwrap())
    }

    fn accepts(&self, token: &str) -> bool {
        self.tokens.verify(token, at(0)).is_ok()
    }

    fn accepts_claim(&self, name: &str, value: Option<Value>) -> bool {
        let mut claims = self.claims();
        match value {
            Some(value) => claims[name] = value,
            None => drop(claims.as_object_mut().unwrap().remove(name)),
        }
        self.accepts(&self.sign(&self.header().to_string(), &claims.to_string()))
    }

    fn accepts_header(&self, name: &str, value: Value) -> bool {
        let mut header = self.header();
        header[name] = value;
        self.accepts(&self.sign(&header.to_string(), &self.claims().to_string()))
    }
}

#[test]
fn a_token_names_its_session_until_it_expires() {
    let bench = bench();
    let (user, session) = (UserId::generate(), SessionId::generate());
    let token = bench.tokens.issue(user, session, at(0)).unwrap();
    assert_eq!(bench.tokens.verify(&token, at(0)).unwrap(), (user, session));
    assert!(bench.tokens.verify(&token, at(899)).is_ok());
    assert!(bench.tokens.verify(&token, at(900)).is_err());
    assert!(bench.tokens.verify(&token, at(-31)).is_err());
}

#[test]
fn every_claim_is_required_and_of_its_type() {
    let bench = bench();
    assert!(bench.accepts_claim("extra", Some(json!(1))));
    for name in ["iss", "aud", "iat", "exp", "sub", "sid"] {
        assert!(!bench.accepts_claim(name, None), "{name} absent");
        for wrong in [Value::Null, json!("9999999999"), json!([]), json!({}), json!(true), json!(1.5)] {
            assert!(!bench.accepts_claim(name, Some(wrong.clone())), "{name} = {wrong}");
        }
    }
    assert!(!bench.accepts_claim("aud", Some(json!(["lapak-api"]))));
    assert!(!bench.accepts_claim("iss", Some(json!("evil"))));
    for wrong in [json!("9999999999"), Value::Null, json!(at(3600).timestamp())] {
        assert!(!bench.accepts_claim("nbf", Some(wrong)));
    }
    assert!(bench.accepts_claim("nbf", Some(json!(at(0).timestamp()))));
    assert!(!bench.accepts_claim("iat", Some(json!(at(3600).timestamp()))));
}

#[test]
fn odd_numbers_and_doubled_claims_are_refused() {
    let bench = bench();
    let claims = bench.claims().to_string();
    for exp in ["1e400", "1e20", "9999999999999999999999", "NaN", "\"\""] {
        let odd = claims.replace(&format!("\"exp\":{}", at(900).timestamp()), &format!("\"exp\":{exp}"));
        assert_ne!(odd, claims);
        assert!(!bench.accepts(&bench.sign(&bench.header().to_string(), &odd)), "{exp}");
    }
    let doubled = claims.replacen('{', "{\"exp\":9999999999,", 1);
    assert!(!bench.accepts(&bench.sign(&bench.header().to_string(), &doubled)));
}

#[test]
fn the_header_chooses_nothing() {
    let bench = bench();
    for alg in ["none", "None", "nOnE", "HS256", "ES256", "RS256", ""] {
        assert!(!bench.accepts_header("alg", json!(alg)), "{alg}");
    }
    for typ in [json!("JWT"), json!("rt+jwt"), Value::Null] {
        assert!(!bench.accepts_header("typ", typ));
    }
    for kid in [json!("../../dev/null"), json!("' OR 1=1 --"), json!(""), Value::Null] {
        assert!(!bench.accepts_header("kid", kid));
    }
    assert!(!bench.accepts_header("crit", json!(["exp"])));
    assert!(bench.accepts_header("jku", json!("https://evil.example/keys")));
}

#[test]
fn only_our_keys_sign() {
    let (ours, theirs) = (bench(), bench());
    let header = ours.header().to_string();
    assert!(ours.accepts(&ours.sign(&header, &ours.claims().to_string())));
    assert!(!ours.accepts(&theirs.sign(&header, &ours.claims().to_string())));

    // Signed with the public key as if it were a shared secret.
    let public = ours.tokens.published.keys[0].x.clone();
    let forged = Header {
        typ: Some(TYPE.to_owned()),
        kid: Some(ours.tokens.kid.clone()),
        ..Header::new(Algorithm::HS256)
    };
    let secret = EncodingKey::from_secret(public.as_bytes());
    assert!(!ours.accepts(&encode(&forged, &ours.claims(), &secret).unwrap()));

    let token = ours.sign(&header, &ours.claims().to_string());
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    for broken in
        [format!("{unsigned}."), unsigned.to_owned(), format!("{token}.x"), String::new(), "..".to_owned()]
    {
        assert!(!ours.accepts(&broken));
    }
}

#[test]
fn a_former_key_is_still_believed() {
    let former = bench();
    let token = former.sign(&former.header().to_string(), &former.claims().to_string());
    assert!(!bench().accepts(&token));

    let spki = [
        // SubjectPublicKeyInfo of Ed25519 (RFC 8410, 4).
        &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..],
        &URL_SAFE_NO_PAD.decode(&former.tokens.published.keys[0].x).unwrap(),
    ]
    .concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(spki));
    let next = bench();
    let config = Config {
        auth: crate::config::Auth { previous_keys: vec![pem], ..next.config.auth.clone() },
        ..next.config.clone()
    };
    let tokens = Tokens::load(&config).unwrap();
    assert!(tokens.verify(&token, at(0)).is_ok());
    assert_eq!(tokens.published.keys.len(), 2);
}

#[test]
fn the_key_is_made_once_and_named_by_its_thumbprint() {
    let bench = bench();
    let again = Tokens::load(&bench.config).unwrap();
    assert_eq!(again.kid, bench.tokens.kid);
    let published = serde_json::to_value(bench.tokens.published()).unwrap();
    assert_eq!(published["keys"][0]["kid"], json!(bench.tokens.kid));
    assert_eq!(published["keys"][0]["use"], "sig");
}
