//! `lapak health`: asks the service on this machine, for a container's health check.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::CliError;
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(4);

/// Fails unless the service answers well.
pub async fn health() -> Result<(), CliError> {
    let config = Config::load()?;
    let url = format!("http://{}/healthz", reachable(config.server.listen));
    ask(&url).await.map_err(|error| CliError::Unhealthy(error.to_string()))
}

async fn ask(url: &str) -> Result<(), reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    client.get(url).send().await?.error_for_status()?;
    Ok(())
}

/// "Every address" is no address to connect to.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(address, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unspecified_address_is_reached_at_home() {
        let reach = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(reach("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(reach("[::]:80"), "[::1]:80");
        assert_eq!(reach("192.0.2.1:80"), "192.0.2.1:80");
    }
}
