//! Typed settings, read once and checked at start. `config/default.toml` explains every key.

mod money;
mod sections;
mod values;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

pub use money::*;
pub use sections::*;

const DEFAULTS: &str = include_str!("../config/default.toml");
const TEST: &str = include_str!("../config/test.toml");
const PRODUCTION: &str = include_str!("../config/production.toml");

/// Which set of defaults and refusals applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On a desk: convenient, sandboxed.
    Development,
    /// Under test.
    Test,
    /// In public: refuses unsafe settings.
    Production,
}

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Set by `LAPAK_ENV`, not by a file.
    #[serde(skip, default = "Config::default_environment")]
    pub environment: Environment,
    pub server: Server,
    pub database: Database,
    pub data: Data,
    pub files: Files,
    pub search: Search,
    pub auth: Auth,
    pub messages: Messages,
    pub events: Events,
    pub documents: Documents,
    pub throttle: Throttle,
    pub vendors: Vendors,
    pub catalog: Catalog,
    pub checkout: Checkout,
    pub orders: Orders,
    pub payments: Payments,
    pub tax: Tax,
    pub settlement: Settlement,
    pub jobs: Jobs,
    pub rate_limit: RateLimit,
    pub log: Log,
}

/// Settings that cannot be read or must not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key is missing, unknown or of the wrong kind.
    #[error("the settings cannot be read: {0}")]
    Unreadable(Box<figment::Error>),
    /// `LAPAK_ENV` names no environment.
    #[error("LAPAK_ENV is \"{0}\"; it must be development, test or production")]
    Environment(String),
    /// Production refuses to start with these.
    #[error("these settings are refused:{}", .0.iter().map(|reason| format!("\n  - {reason}")).collect::<String>())]
    Refused(Vec<String>),
}

impl Environment {
    fn parse(name: &str) -> Result<Self, ConfigError> {
        match name {
            "" | "development" => Ok(Self::Development),
            "test" => Ok(Self::Test),
            "production" => Ok(Self::Production),
            other => Err(ConfigError::Environment(other.to_owned())),
        }
    }

    fn defaults(self) -> &'static str {
        match self {
            Self::Development => "",
            Self::Test => TEST,
            Self::Production => PRODUCTION,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

/// What `auth.second_factor_roles` can name: a typing error must not leave a role unguarded.
const SECOND_FACTOR_ROLES: [&str; 5] = ["officer", "finance", "operator", "auditor", "unit"];

/// What `settlement.payout_days` can name.
const PAYOUT_DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Config {
    /// Reads the settings for `LAPAK_ENV` and refuses what production must not use.
    pub fn load() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "this is where settings come from")]
        let name = std::env::var("LAPAK_ENV").unwrap_or_default();
        let environment = Environment::parse(&name)?;
        let file = PathBuf::from(format!("config/{}.toml", environment.name()));
        let layers =
            Self::layers(environment).merge(Toml::file(file)).merge(Env::prefixed("LAPAK__").split("__"));
        Self::extract(environment, &layers)
    }

    /// The embedded settings of an environment with some changed, as TOML; for tests and tools.
    pub fn with(environment: Environment, changes: &str) -> Result<Self, ConfigError> {
        Self::extract(environment, &Self::layers(environment).merge(Toml::string(changes)))
    }

    fn layers(environment: Environment) -> Figment {
        Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(environment.defaults()))
    }

    fn extract(environment: Environment, layers: &Figment) -> Result<Self, ConfigError> {
        let mut config: Self = layers.extract().map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        config.environment = environment;
        config.server.follow_listen();
        match config.refusals() {
            reasons if reasons.is_empty() => Ok(config),
            reasons => Err(ConfigError::Refused(reasons)),
        }
    }

    fn default_environment() -> Environment {
        Environment::Development
    }

    fn refusals(&self) -> Vec<String> {
        let wildcard = self.server.cors_origins.iter().any(|origin| origin == "*");
        let mut reasons = Vec::new();
        let mut refuse = |when: bool, reason: &str| {
            if when {
                reasons.push(reason.to_owned());
            }
        };
        refuse(
            wildcard,
            "server.cors_origins contains \"*\", and answers may carry credentials; name the origins",
        );
        for origin in &self.server.cors_origins {
            refuse(
                origin != "*" && !is_origin(origin),
                &format!(
                    "server.cors_origins contains \"{origin}\", which is no origin such as https://belanja.example"
                ),
            );
        }
        for day in &self.settlement.payout_days {
            refuse(
                !PAYOUT_DAYS.contains(&day.as_str()),
                &format!("settlement.payout_days contains \"{day}\", which is none of {PAYOUT_DAYS:?}"),
            );
        }
        for role in &self.auth.second_factor_roles {
            refuse(
                !SECOND_FACTOR_ROLES.contains(&role.as_str()),
                &format!(
                    "auth.second_factor_roles contains \"{role}\", which is none of {SECOND_FACTOR_ROLES:?}"
                ),
            );
        }
        refuse(
            !(1..=7).contains(&self.orders.return_days),
            "orders.return_days is not between 1 and 7; the law gives two working days, and a week is long enough",
        );
        refuse(
            [self.orders.accept_days, self.orders.ship_days, self.orders.complete_days].contains(&0),
            "orders.accept_days, orders.ship_days or orders.complete_days is 0; nobody could meet such a deadline",
        );
        if self.environment == Environment::Production {
            self.refuse_in_production(refuse);
        }
        reasons.extend(self.payments.refusals());
        reasons
    }

    fn refuse_in_production(&self, mut refuse: impl FnMut(bool, &str)) {
        refuse(
            self.settlement.disburser == Disburser::Sandbox,
            "settlement.disburser is \"sandbox\"; shops would be told that they were paid",
        );
        refuse(self.payments.sandbox, "payments.sandbox is on; anybody could mark a purchase as paid");
        refuse(
            is_blank(&self.auth.signing_key),
            "auth.signing_key is missing; make one with `openssl genpkey -algorithm ed25519`",
        );
        refuse(
            self.auth.field_key.expose_secret().len() < 43,
            "auth.field_key is missing or shorter than 32 bytes of base64; make one with `openssl rand -base64 32`",
        );
        refuse(
            self.server.base_url.host_str() == Some("localhost"),
            "server.base_url is the default; set the public address",
        );
        refuse(
            self.server.base_url.scheme() != "https",
            "server.base_url is not https; cookies and links would cross the network in the open",
        );
        refuse(
            self.database.sqlite_synchronous == Synchronous::Off,
            "database.sqlite_synchronous is off; acknowledged orders could be lost",
        );
        refuse(
            !self.catalog.fetch_networks.is_empty(),
            "catalog.fetch_networks is set; whoever sends a list of products could reach what only this machine can reach",
        );
        refuse(
            [self.messages.mail, self.messages.phone].contains(&Channel::Log),
            "messages.mail or messages.phone is \"log\"; codes and links would be readable by whoever reads the log",
        );
        refuse(
            self.search.engine == Engine::Meilisearch
                && self.search.meilisearch_key.expose_secret().len() < 16,
            "search.meilisearch_key is missing or shorter than 16 characters",
        );
    }

    /// A place under the data folder.
    pub fn data_path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.data.dir.join(name)
    }

    /// The database to use: the configured one, or a SQLite file under the data folder.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite://{}?mode=rwc", self.data_path("lapak.db").display())
        } else {
            self.database.url.clone()
        }
    }
}

/// A scheme, a host and perhaps a port; nothing after it, as browsers send it.
fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}

fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SAFE: &str = r#"
        server.base_url = "https://lapak.example"
        auth.signing_key = "keys/signing.pem"
        auth.field_key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    "#;

    fn refused(changes: &str) -> Vec<String> {
        match Config::with(Environment::Production, changes) {
            Err(ConfigError::Refused(reasons)) => reasons,
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn the_embedded_settings_are_whole() {
        let config = Config::with(Environment::Development, "").unwrap();
        assert_eq!(config.auth.access_ttl, Duration::from_secs(900));
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert!(config.database_url().starts_with("sqlite://./data/lapak.db"));
        assert!(Config::with(Environment::Test, "").is_ok());
    }

    #[test]
    fn production_refuses_what_is_unsafe() {
        assert!(refused(SAFE).is_empty());
        assert_eq!(refused("").len(), 4);
        assert_eq!(refused(&SAFE.replace("https://", "http://")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\npayments.sandbox = true")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\ncatalog.fetch_networks = ['10.0.0.0/8']")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\nserver.cors_origins = [\"*\"]")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\ndatabase.sqlite_synchronous = \"off\"")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\norders.return_days = 8")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\norders.ship_days = 0")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\nsearch.engine = \"meilisearch\"")).len(), 1);
        assert_eq!(refused(&format!("{SAFE}\nauth.second_factor_roles = [\"operators\"]")).len(), 1);
        assert_eq!(refused(&SAFE.replace("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "short")).len(), 1);
    }

    #[test]
    fn nobody_holds_money_by_accident() {
        let midtrans =
            "payments.qris = \"midtrans\"\npayments.midtrans_server_key = \"SB-Mid-server-TESTKEY\"";
        let config = Config::with(Environment::Production, SAFE).unwrap();
        assert_eq!(config.payments.custody, Custody::None);
        assert_eq!(refused(&format!("{SAFE}\n{midtrans}")).len(), 1);
        let held = format!("{SAFE}\npayments.custody = \"psp_split\"");
        assert!(refused(&format!("{held}\n{midtrans}")).is_empty());
        for key in ["", "short"] {
            let weak = midtrans.replace("SB-Mid-server-TESTKEY", key);
            assert_eq!(refused(&format!("{held}\n{weak}")).len(), 1, "{key}");
        }
        assert_eq!(refused(&format!("{held}\npayments.qris = \"sandbox\"")).len(), 1);
        let open = format!("{held}\n{midtrans}\npayments.midtrans_url = \"http://api.midtrans.example\"");
        assert_eq!(refused(&open).len(), 1);
    }

    #[test]
    fn links_lead_to_where_the_service_listens() {
        let base = |changes: &str| {
            let config = Config::with(Environment::Development, changes).unwrap();
            config.server.base_url.to_string()
        };
        assert_eq!(base("server.listen = \"0.0.0.0:9000\""), "http://localhost:9000/");
        assert_eq!(base("server.listen = \"0.0.0.0:0\""), "http://localhost:8080/");
        let told = "server.listen = \"0.0.0.0:9000\"\nserver.base_url = \"https://lapak.example\"";
        assert_eq!(base(told), "https://lapak.example/");
    }

    #[test]
    fn unknown_keys_and_bad_values_are_named() {
        let error = Config::with(Environment::Development, "server.lisen = \"x\"").unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
        let error =
            Config::with(Environment::Development, "checkout.unpaid_ttl = \"soon\"").unwrap_err().to_string();
        assert!(error.contains("unpaid_ttl"), "{error}");
        assert!(Config::with(Environment::Development, "checkout.unpaid_ttl = 2").is_ok());
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let config = Config::with(Environment::Production, SAFE).unwrap();
        assert!(!format!("{config:?}").contains("MDEyMzQ1"));
    }
}
