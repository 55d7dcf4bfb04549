//! Access tokens: JWTs signed with Ed25519 (RFC 9068), short-lived, checked against the app's clock.

use std::collections::HashMap;
use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::config::Config;
use crate::kernel::{SessionId, UserId};
use crate::platform::keys::{KeyError, pem_or_file, read_or_make};
use crate::platform::random;

/// Keeps access tokens apart from every other kind of JWT (RFC 9068, 2.1).
const TYPE: &str = "at+jwt";
/// How far the clocks of two instances may differ.
const SKEW_SECONDS: i64 = 30;

/// What an access token says. Every member must be there and of its type, so that none counts as absent.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    jti: String,
}

/// Unlike serde's own reading of an option, `null` is a fault.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(deserializer).map(Some)
}

/// A public key of the published set (RFC 7517, RFC 8037).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicKey {
    kty: &'static str,
    crv: &'static str,
    x: String,
    kid: String,
    alg: &'static str,
    r#use: &'static str,
}

/// The published keys.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicKeys {
    keys: Vec<PublicKey>,
}

/// A token does not prove who is calling. Why is nobody's business but ours.
#[derive(Debug, thiserror::Error)]
#[error("not a valid access token")]
pub struct BadToken;

/// Signs and checks access tokens.
pub struct Tokens {
    signing: EncodingKey,
    kid: String,
    verifying: HashMap<String, DecodingKey>,
    published: PublicKeys,
    issuer: String,
    audience: String,
    ttl: Duration,
}

impl Tokens {
    /// Uses the configured key, or one that is made once under the data folder.
    pub fn load(config: &Config) -> Result<Self, KeyError> {
        let configured = config.auth.signing_key.expose_secret();
        let pem = if configured.trim().is_empty() {
            read_or_make(&config.data_path("keys/signing.pem"), generate)?
        } else {
            pem_or_file(configured)?
        };
        let unusable = |error| KeyError::unusable("auth.signing_key", error);
        let signing = EncodingKey::from_ed_pem(pem.as_bytes()).map_err(unusable)?;
        let current = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(unusable)?;
        let mut keys = vec![current];
        for previous in &config.auth.previous_keys {
            keys.push(previous_key(previous)?);
        }
        Self::new(config, signing, &keys)
    }

    fn new(config: &Config, signing: EncodingKey, keys: &[Jwk]) -> Result<Self, KeyError> {
        let mut verifying = HashMap::new();
        let mut published = Vec::new();
        for jwk in keys {
            let unusable = |error| KeyError::unusable("auth.signing_key", error);
            let key = PublicKey::of(jwk).map_err(unusable)?;
            verifying.insert(key.kid.clone(), DecodingKey::from_jwk(jwk).map_err(unusable)?);
            published.push(key);
        }
        let kid = published.first().map(|key| key.kid.clone()).unwrap_or_default();
        Ok(Self {
            signing,
            kid,
            verifying,
            published: PublicKeys { keys: published },
            issuer: config.auth.issuer.clone(),
            audience: config.auth.audience.clone(),
            ttl: config.auth.access_ttl,
        })
    }

    /// How long a new token is good for.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    /// The keys that others may check tokens with.
    pub fn published(&self) -> &PublicKeys {
        &self.published
    }

    /// A new token of a session.
    pub fn issue(
        &self,
        user: UserId,
        session: SessionId,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let iat = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: user,
            sid: session,
            iat,
            exp: iat.saturating_add_unsigned(self.ttl.as_secs()),
            nbf: None,
            jti: random::secret(),
        };
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        encode(&header, &claims, &self.signing)
    }

    /// Whose token this is, if it is one of ours and good at `now`.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<(UserId, SessionId), BadToken> {
        let header = decode_header(token).map_err(|_| BadToken)?;
        let understood = header.typ.as_deref() == Some(TYPE) && header.crit.is_none();
        // The key is one of ours by name; what else a header brings along (jwk, jku, x5u) is never looked at.
        let key = header.kid.as_deref().and_then(|kid| self.verifying.get(kid));
        let (true, Some(key)) = (understood, key) else {
            return Err(BadToken);
        };
        let claims = decode::<Claims>(token, key, &signature_only()).map_err(|_| BadToken)?.claims;
        let now = now.timestamp();
        let soon = now.saturating_add(SKEW_SECONDS);
        let good = claims.iss == self.issuer
            && claims.aud == self.audience
            && now < claims.exp
            && claims.iat <= soon
            && claims.nbf.is_none_or(|nbf| nbf <= soon);
        if good { Ok((claims.sub, claims.sid)) } else { Err(BadToken) }
    }
}

/// The library checks the signature and the algorithm; it would read the machine's clock for the rest.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

impl PublicKey {
    fn of(jwk: &Jwk) -> Result<Self, jsonwebtoken::errors::Error> {
        let AlgorithmParameters::OctetKeyPair(pair) = &jwk.algorithm else {
            return Err(jsonwebtoken::errors::ErrorKind::InvalidKeyFormat.into());
        };
        Ok(Self {
            kty: "OKP",
            crv: "Ed25519",
            x: pair.x.clone(),
            kid: jwk.thumbprint(ThumbprintHash::SHA256)?,
            alg: "EdDSA",
            r#use: "sig",
        })
    }
}

fn previous_key(setting: &str) -> Result<Jwk, KeyError> {
    let pem = pem_or_file(setting)?;
    DecodingKey::from_ed_pem(pem.as_bytes())
        .and_then(|key| Jwk::from_decoding_key(&key, Some(Algorithm::EdDSA)))
        .map_err(|error| KeyError::unusable("auth.previous_keys", error))
}

fn generate() -> Result<String, KeyError> {
    // Version 1 of PKCS#8, as `openssl genpkey` writes it.
    let key = Ed25519KeyPair::generate()
        .and_then(|pair| pair.to_pkcs8v1())
        .map_err(|error| KeyError::unusable("auth.signing_key", error))?;
    let body = STANDARD.encode(key.as_ref());
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"))
}

#[cfg(test)]
mod tests;
