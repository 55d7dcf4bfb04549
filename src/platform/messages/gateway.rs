//! Short messages over the HTTP gateway of a provider (SMS or WhatsApp): `POST {"to": "+62...", "text": "..."}` with a bearer token.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::{MessagesError, SendError};
use crate::config;
use crate::kernel::Phone;

const PATIENCE: Duration = Duration::from_secs(20);

/// A provider of short messages.
pub struct Gateway {
    client: reqwest::Client,
    url: url::Url,
    token: SecretString,
}

#[derive(Serialize)]
struct ShortMessage<'a> {
    to: &'a str,
    text: &'a str,
}

impl Gateway {
    /// Reads the address of the gateway.
    pub fn new(settings: &config::Messages) -> Result<Self, MessagesError> {
        let url = settings
            .phone_url
            .parse::<url::Url>()
            .map_err(|error| MessagesError::new("messages.phone_url", error))?;
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            // The token is for this address only.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| MessagesError::new("messages.phone_url", error))?;
        Ok(Self { client, url, token: settings.phone_token.clone() })
    }

    /// Hands a short message to the provider; any answer but 2xx is a failure.
    pub async fn send(&self, to: &Phone, text: &str) -> Result<(), SendError> {
        let request = self
            .client
            .post(self.url.clone())
            .bearer_auth(self.token.expose_secret())
            .json(&ShortMessage { to: to.as_str(), text });
        let answer = request.send().await.map_err(|error| SendError::new(error.without_url()))?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(SendError::new(format!("the gateway answered {}", answer.status())))
        }
    }
}
