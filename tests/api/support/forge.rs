//! Tokens signed with the very key of the service, so that nothing but what they say is wrong.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;

use super::TestApp;

/// A good token of somebody, taken apart, and the key that signed it.
pub struct Forge {
    pub app: TestApp,
    key: EncodingKey,
    pub header: Value,
    pub claims: Value,
}

impl Forge {
    pub async fn new(app: &TestApp) -> Self {
        let session = app.buyer("Ani").await.sign_in().await;
        let token = session["access_token"].as_str().unwrap();
        let part = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let pem = std::fs::read(app.config.data_path("keys/signing.pem")).unwrap();
        let forge = Self {
            app: app.clone(),
            key: EncodingKey::from_ed_pem(&pem).unwrap(),
            header: part(parts[0]),
            claims: part(parts[1]),
        };
        // What is refused later is refused for what was changed, not for how it is signed.
        let token = forge.sign(&forge.header, &forge.claims.to_string());
        app.get("/v1/me").bearer(&token).send().await.expect(200);
        forge
    }

    /// A token with a true signature, whatever it says.
    pub fn sign(&self, header: &Value, claims: &str) -> String {
        let message = unsigned(header, claims);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }

    /// The token with one claim changed, or taken out.
    pub fn with_claim(&self, name: &str, value: Option<Value>) -> String {
        let mut claims = self.claims.clone();
        match value {
            Some(value) => claims[name] = value,
            None => drop(claims.as_object_mut().unwrap().remove(name)),
        }
        self.sign(&self.header, &claims.to_string())
    }
}

/// A token without its last part.
pub fn unsigned(header: &Value, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims))
}
