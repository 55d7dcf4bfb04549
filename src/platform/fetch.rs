//! Fetching what a stranger's address names, without letting it reach what only this machine can reach.
//!
//! Names are resolved here and nowhere else: every address a name has must be public, and the connection goes to those that
//! were looked at, so a name that answers otherwise the second time gains nothing. Redirects are followed by hand, under the
//! same rules. Size and time are bounded.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::LOCATION;
use reqwest::{Client, Response, redirect};
use url::{Host, Url};

/// Longest time for one file, redirects included.
const TIME: Duration = Duration::from_secs(20);
/// Longest time to resolve a name, and to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// Most redirects.
const HOPS: usize = 3;

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not http or https, or with a name and password in it.
    #[error("only plain http and https addresses are fetched")]
    Address,
    /// It leads to where only this machine can go.
    #[error("the address leads into a private network")]
    Forbidden,
    /// It answered, but not with a file.
    #[error("the server answered {0}")]
    Status(u16),
    /// It leads on and on.
    #[error("too many redirects")]
    Redirects,
    /// More than allowed.
    #[error("the file is too large")]
    TooLarge,
    /// No answer, or a broken one.
    #[error("the server does not answer")]
    Unreachable,
}

/// Fetches a file of at most `most` bytes. Networks in `allowed` may be private.
pub async fn fetch(address: &str, most: usize, allowed: &[IpNet]) -> Result<Bytes, FetchError> {
    let url = Url::parse(address).map_err(|_| FetchError::Address)?;
    let whole = tokio::time::timeout(TIME, follow(url, most, allowed)).await;
    whole.map_err(|_| FetchError::Unreachable)?
}

async fn follow(mut url: Url, most: usize, allowed: &[IpNet]) -> Result<Bytes, FetchError> {
    let resolver = Arc::new(Public { allowed: Arc::from(allowed) });
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .dns_resolver(resolver.clone())
        .build()
        .map_err(|_| FetchError::Unreachable)?;
    for _ in 0..=HOPS {
        check(&url, &resolver).await?;
        let response = client.get(url.clone()).send().await.map_err(|error| reason(&error))?;
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = to.and_then(|to| url.join(to).ok()).ok_or(FetchError::Status(status.as_u16()))?;
        } else if status == reqwest::StatusCode::OK {
            return read(response, most).await;
        } else {
            return Err(FetchError::Status(status.as_u16()));
        }
    }
    Err(FetchError::Redirects)
}

/// The resolver's verdict is somewhere below the error of the client.
fn reason(error: &reqwest::Error) -> FetchError {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if matches!(error.downcast_ref(), Some(FetchError::Forbidden)) {
            return FetchError::Forbidden;
        }
        cause = error.source();
    }
    FetchError::Unreachable
}

async fn read(mut response: Response, most: usize) -> Result<Bytes, FetchError> {
    let mut content = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| FetchError::Unreachable)? {
        if content.len() + chunk.len() > most {
            return Err(FetchError::TooLarge);
        }
        content.extend_from_slice(&chunk);
    }
    Ok(content.freeze())
}

/// An address of the right form whose host, if it is a number, may be reached. (Numbers are never resolved.)
async fn check(url: &Url, resolver: &Public) -> Result<(), FetchError> {
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !plain {
        return Err(FetchError::Address);
    }
    match url.host().ok_or(FetchError::Address)? {
        Host::Ipv4(ip) => resolver.look(&[ip.into()]),
        Host::Ipv6(ip) => resolver.look(&[ip.into()]),
        Host::Domain(name) => resolver.find(name.to_owned()).await.map(|_| ()),
    }
}

/// Finds addresses of names, if all of them may be reached.
#[derive(Clone)]
struct Public {
    allowed: Arc<[IpNet]>,
}

impl Public {
    fn look(&self, found: &[IpAddr]) -> Result<(), FetchError> {
        let fine = |ip: &IpAddr| is_public(*ip) || self.allowed.iter().any(|network| network.contains(ip));
        if found.iter().all(fine) { Ok(()) } else { Err(FetchError::Forbidden) }
    }

    async fn find(&self, name: String) -> Result<Vec<SocketAddr>, FetchError> {
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((name, 0))).await;
        let found: Vec<SocketAddr> =
            found.map_err(|_| FetchError::Unreachable)?.map_err(|_| FetchError::Unreachable)?.collect();
        self.look(&found.iter().map(SocketAddr::ip).collect::<Vec<_>>())?;
        Ok(found)
    }
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolver, name) = (self.clone(), name.as_str().to_owned());
        Box::pin(async move {
            let found = resolver.find(name).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// True of an address that anybody can reach; what carries another address in it is judged by that.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast();
    // This network, carriers' networks, protocol assignments, measuring, the reserved rest.
    let reserved = a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !special && !reserved
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let inner = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b) {
        // ::, ::1, IPv4-compatible and IPv4-mapped.
        (0, 0) if [c, d, e] == [0; 3] && (f == 0 || f == 0xffff) => f == 0xffff && is_public_v4(inner(g, h)),
        // NAT64 and 6to4.
        (0x64, 0xff9b) => [c, d, e, f] == [0; 4] && is_public_v4(inner(g, h)),
        (0x2002, _) => is_public_v4(inner(b, c)),
        // Teredo and other protocol assignments; documentation.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        // Global addresses; all others are local, multicast or not given out.
        (0x2000..0x4000, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = "127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 \
        100.127.255.255 0.0.0.0 0.1.2.3 192.0.0.8 198.18.0.1 198.19.255.255 203.0.113.7 224.0.0.1 240.0.0.1 255.255.255.255 \
        :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: \
        2002:a00:1::1 2001::1 2001:db8::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1 4000::1 3fff::1";
    const PUBLIC: &str = "8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 192.0.1.1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 \
        2606:4700::1111 2a00:1450::1";

    #[test]
    fn only_addresses_of_everybody_pass() {
        let judged = |list: &str, public: bool| {
            for ip in list.split_whitespace() {
                assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
            }
        };
        judged(PRIVATE, false);
        judged(PUBLIC, true);
    }

    #[tokio::test]
    async fn what_leads_inside_is_not_fetched() {
        for address in [
            "http://127.0.0.1/x.png",
            "http://localhost/x.png",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://127.1:22/",
        ] {
            assert!(matches!(fetch(address, 10, &[]).await, Err(FetchError::Forbidden)), "{address}");
        }
        for address in [
            "file:///etc/passwd",
            "ftp://8.8.8.8/x",
            "gopher://8.8.8.8/",
            "http://user:pass@8.8.8.8/",
            "x",
            "",
            "data:text/plain,x",
            "//8.8.8.8/x",
            "https://user@8.8.8.8/",
        ] {
            assert!(matches!(fetch(address, 10, &[]).await, Err(FetchError::Address)), "{address}");
        }
    }
}
