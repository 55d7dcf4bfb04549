//! The refresh token of a browser: in a cookie that no script can read and no other site can send.

use axum::http::header::{COOKIE, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::app::App;
use crate::config;
use crate::identity::error::IdentityError;

const NAME: &str = "lapak_refresh";

/// The token that the browser sent.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
}

/// Refuses the pages of other sites. `SameSite` and the content type stop them already; this also stops them in browsers
/// that know neither, and from a sister site under the same domain. What is no browser sends no origin and no cookie of
/// somebody else.
pub fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), IdentityError> {
    let mut origins = headers.get_all(ORIGIN).iter();
    if origins.all(|origin| is_ours(&app.config.server, origin)) {
        Ok(())
    } else {
        Err(IdentityError::ForeignOrigin)
    }
}

fn is_ours(server: &config::Server, origin: &HeaderValue) -> bool {
    let listed = server.cors_origins.iter().any(|listed| listed.as_bytes() == origin.as_bytes());
    listed || server.base_url.origin().ascii_serialization().as_bytes() == origin.as_bytes()
}

/// Hands a token to the browser.
pub fn give(app: &App, token: &str) -> [(HeaderName, HeaderValue); 1] {
    write(app, token, app.config.auth.refresh_ttl.as_secs())
}

/// Takes the token from the browser.
pub fn take(app: &App) -> [(HeaderName, HeaderValue); 1] {
    write(app, "", 0)
}

fn write(app: &App, token: &str, seconds: u64) -> [(HeaderName, HeaderValue); 1] {
    // Without TLS (on a desk) browsers would drop a cookie that is marked as secure.
    let secure = match app.config.server.base_url.scheme() {
        "https" => "; Secure",
        _ => "",
    };
    let cookie =
        format!("{NAME}={token}; Path=/v1/auth; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    // Our own tokens are made of characters that headers allow.
    let value = HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""));
    [(SET_COOKIE, value)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_send_it() {
        let changes =
            "server.base_url = 'https://lapak.example/'\nserver.cors_origins = ['https://toko.example']";
        let server = config::Config::with(config::Environment::Test, changes).unwrap().server;
        for (origin, ours) in [
            ("https://lapak.example", true),
            ("https://toko.example", true),
            ("http://lapak.example", false),
            ("https://lapak.example:8443", false),
            ("https://lapak.example.evil.example", false),
            ("https://evil.example", false),
            ("null", false),
            ("*", false),
        ] {
            assert_eq!(is_ours(&server, &HeaderValue::from_static(origin)), ours, "{origin}");
        }
    }

    #[test]
    fn finds_the_token_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(read(&headers), None);
        headers.append(COOKIE, HeaderValue::from_static("a=b; lapak_refreshx=no"));
        headers.append(COOKIE, HeaderValue::from_static("c=d; lapak_refresh=abc-_1 ; e=f"));
        assert_eq!(read(&headers), Some("abc-_1"));
    }
}
