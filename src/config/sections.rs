//! The sections of the settings; `config/default.toml` says what each key is for.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;

use super::values::{duration, networks};
/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub base_url: url::Url,
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    pub cors_origins: Vec<String>,
    pub body_limit: usize,
    pub upload_limit: usize,
    #[serde(deserialize_with = "duration")]
    pub header_timeout: Duration,
    #[serde(deserialize_with = "duration")]
    pub request_timeout: Duration,
    #[serde(deserialize_with = "duration")]
    pub upload_timeout: Duration,
    #[serde(deserialize_with = "duration")]
    pub stop_delay: Duration,
    #[serde(deserialize_with = "duration")]
    pub drain_timeout: Duration,
    pub max_connections: usize,
    pub max_connections_per_client: usize,
    pub max_requests: usize,
}

/// `[documents]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    pub templates: PathBuf,
    pub parallel: usize,
    pub automatic: bool,
    pub platform_name: String,
    pub platform_address: String,
    pub platform_place: String,
}

/// `[events]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    #[serde(deserialize_with = "duration")]
    pub ticket_ttl: Duration,
    #[serde(deserialize_with = "duration")]
    pub heartbeat: Duration,
    #[serde(deserialize_with = "duration")]
    pub poll: Duration,
    pub streams_per_user: usize,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub max_connections: u32,
    #[serde(deserialize_with = "duration")]
    pub acquire_timeout: Duration,
    pub sqlite_synchronous: Synchronous,
    pub migrate_at_start: bool,
}

/// How hard SQLite tries to keep an acknowledged write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    Off,
    Normal,
    Full,
}

/// `[data]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub dir: PathBuf,
}

/// `[files]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    pub url: String,
    pub secret_access_key: SecretString,
}

/// `[search]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub engine: Engine,
    pub meilisearch_url: String,
    pub meilisearch_key: SecretString,
    pub meilisearch_index: String,
    #[serde(deserialize_with = "duration")]
    pub poll: Duration,
}

/// Which search engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    Embedded,
    Meilisearch,
}

/// `[auth]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    pub signing_key: SecretString,
    pub previous_keys: Vec<String>,
    pub issuer: String,
    pub audience: String,
    #[serde(deserialize_with = "duration")]
    pub access_ttl: Duration,
    #[serde(deserialize_with = "duration")]
    pub refresh_ttl: Duration,
    pub field_key: SecretString,
    pub previous_field_keys: Vec<SecretString>,
    pub consent_version: String,
    pub second_factor_roles: Vec<String>,
    #[serde(deserialize_with = "duration")]
    pub step_up_ttl: Duration,
    #[serde(deserialize_with = "duration")]
    pub refresh_grace: Duration,
    #[serde(deserialize_with = "duration")]
    pub code_ttl: Duration,
    #[serde(deserialize_with = "duration")]
    pub link_ttl: Duration,
    #[serde(deserialize_with = "duration")]
    pub invitation_ttl: Duration,
    pub argon2_memory_kib: u32,
    pub argon2_passes: u32,
    pub argon2_parallel: usize,
}

/// `[messages]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    pub mail: Channel,
    pub smtp_url: SecretString,
    pub mail_from: String,
    pub phone: Channel,
    pub phone_url: String,
    pub phone_token: SecretString,
}

/// What becomes of messages of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Sent.
    Live,
    /// Written into the log and kept in memory, for a desk and for tests.
    Log,
    /// Dropped.
    Off,
}

/// `[throttle]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    pub login_per_source: u32,
    pub login_per_account: u32,
    pub login_per_network: u32,
    pub codes_per_source: u32,
    pub codes_per_account: u32,
    pub codes_per_network: u32,
    pub registrations_per_network: u32,
    #[serde(deserialize_with = "duration")]
    pub window: Duration,
    #[serde(deserialize_with = "duration")]
    pub first_block: Duration,
    #[serde(deserialize_with = "duration")]
    pub longest_block: Duration,
    #[serde(deserialize_with = "duration")]
    pub block_memory: Duration,
}

/// `[vendors]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendors {
    pub identity_required: bool,
    pub papers_required: bool,
    pub share_url: String,
    #[serde(deserialize_with = "duration")]
    pub bank_account_wait: Duration,
}

/// What an officer looks at before the public does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    /// Nothing.
    Off,
    /// Products that the public has never seen.
    New,
    /// Those, and edits of what the public sees.
    All,
}

impl<'de> Deserialize<'de> for Moderation {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Switch(bool),
            Name(String),
        }
        let form = Form::deserialize(deserializer)?;
        let name = match &form {
            Form::Switch(on) => {
                if *on {
                    "all"
                } else {
                    "off"
                }
            }
            Form::Name(name) => name.as_str(),
        };
        match name {
            "off" | "false" => Ok(Self::Off),
            "new" => Ok(Self::New),
            "all" | "true" => Ok(Self::All),
            other => Err(serde::de::Error::custom(format!("\"{other}\" is none of off, new, all"))),
        }
    }
}

/// `[catalog]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    pub moderation: Moderation,
    pub image_max_pixels: u64,
    pub image_parallel: usize,
    #[serde(deserialize_with = "networks")]
    pub fetch_networks: Vec<IpNet>,
}

/// `[jobs]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    #[serde(deserialize_with = "duration")]
    pub poll: Duration,
    pub parallel: usize,
    #[serde(deserialize_with = "duration")]
    pub keep_done: Duration,
}

/// `[rate_limit]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    pub enabled: bool,
    pub per_minute: u32,
    pub burst: u32,
    pub auth_per_minute: u32,
    pub auth_burst: u32,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

impl Server {
    /// The default base URL is this process, also where it listens on another port.
    pub(super) fn follow_listen(&mut self) {
        if self.base_url.as_str() == "http://localhost:8080/" && self.listen.port() != 0 {
            // A URL with a host takes any port.
            self.base_url.set_port(Some(self.listen.port())).ok();
        }
    }
}
