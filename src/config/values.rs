//! Settings that are written as texts.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

/// Networks (`10.0.0.0/8`) or single addresses.
pub fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parse = |text: &String| {
        text.parse()
            .or_else(|_| text.parse().map(|address: IpAddr| address.into()))
            .map_err(|_| serde::de::Error::custom(format!("\"{text}\" is neither a network nor an address")))
    };
    texts.iter().map(parse).collect()
}

/// Seconds, or a text such as `15m`.
pub fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Seconds(u64),
        Text(String),
    }
    match Form::deserialize(deserializer)? {
        Form::Seconds(seconds) => Ok(Duration::from_secs(seconds)),
        Form::Text(text) => humantime::parse_duration(&text).map_err(serde::de::Error::custom),
    }
}

/// A day, written like `2027-01-01`; an empty text is none.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<chrono::NaiveDate>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("\"{text}\" is no day like 2027-01-01")))
}
