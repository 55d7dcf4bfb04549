//! Requests per client address and minute, counted in this process (GCRA).
//!
//! Headers as in draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "default";q=200;w=20` says that 200 requests
//! may come at once and are all available again after 20 s; `RateLimit: "default";r=150;t=5` what is left now.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::{ClientIp, is_probe};
use crate::config;
use crate::kernel::{Limit, Problem};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");
/// How often clients that have been quiet are forgotten.
const SWEEP: u64 = 60;

type Counts<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The limits of this process.
#[derive(Clone)]
pub struct Limiters(Option<Arc<Both>>);

struct Both {
    default: Limiter<IpAddr>,
    auth: Limiter<IpAddr>,
    broom: Broom,
}

/// Limits of one kind of client: an address, a key.
pub(super) struct Limiter<K: Hash + Eq + Clone> {
    name: &'static str,
    burst: u32,
    /// Until one more request is available.
    step: Duration,
    counts: Counts<K>,
}

/// What a client may still do.
pub(super) struct Allowance {
    pub(super) allowed: bool,
    remaining: u32,
    pub(super) wait: Duration,
}

/// Says once a minute that clients who have been quiet can be forgotten, so that memory follows those of the last minutes.
pub(super) struct Broom {
    started: Instant,
    /// Seconds after `started` of the last sweep.
    swept: AtomicU64,
}

impl Default for Broom {
    fn default() -> Self {
        Self { started: Instant::now(), swept: AtomicU64::new(0) }
    }
}

impl Broom {
    pub(super) fn is_due(&self) -> bool {
        let now = self.started.elapsed().as_secs();
        let last = self.swept.load(Ordering::Relaxed);
        now >= last + SWEEP
            && self.swept.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Limiters {
    /// Limits by the settings; none at all where they are switched off.
    pub fn new(settings: &config::RateLimit) -> Self {
        Self(settings.enabled.then(|| {
            Arc::new(Both {
                default: Limiter::new("default", settings.per_minute, settings.burst),
                auth: Limiter::new("auth", settings.auth_per_minute, settings.auth_burst),
                broom: Broom::default(),
            })
        }))
    }
}

impl Both {
    /// Guessing passwords is held back more than browsing.
    fn limiter(&self, method: &Method, path: &str) -> &Limiter<IpAddr> {
        if method == Method::POST && path.starts_with("/v1/auth/") { &self.auth } else { &self.default }
    }

    fn sweep(&self) {
        if self.broom.is_due() {
            self.default.sweep();
            self.auth.sweep();
        }
    }
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    pub(super) fn new(name: &'static str, per_minute: u32, burst: u32) -> Self {
        let [per_minute, burst] = [per_minute, burst].map(|n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Self {
            name,
            burst: burst.get(),
            step: Duration::from_mins(1) / per_minute.get(),
            counts: RateLimiter::dashmap(quota).with_middleware(),
        }
    }

    /// Forgets quiet clients.
    pub(super) fn sweep(&self) {
        self.counts.retain_recent();
        self.counts.shrink_to_fit();
    }

    pub(super) fn ask(&self, client: &K) -> Allowance {
        match self.counts.check_key(client) {
            Ok(snapshot) => Allowance {
                allowed: true,
                remaining: snapshot.remaining_burst_capacity(),
                wait: Duration::ZERO,
            },
            Err(refused) => Allowance {
                allowed: false,
                remaining: 0,
                wait: refused.wait_time_from(DefaultClock::default().now()),
            },
        }
    }

    /// Adds to what other limits have written.
    pub(super) fn write(&self, allowance: &Allowance, response: &mut Response) {
        let full = self.step * self.burst;
        let until_full = if allowance.allowed {
            self.step * (self.burst - allowance.remaining.min(self.burst))
        } else {
            allowance.wait
        };
        let limit = Limit { name: self.name, quota: self.burst, window: full };
        describe_limit(response.headers_mut(), &limit, allowance.remaining, until_full);
    }
}

/// Writes what is left of a limit, beside what other limits say.
pub fn describe_limit(headers: &mut HeaderMap, limit: &Limit, remaining: u32, wait: Duration) {
    let values = [
        (POLICY, format!("\"{}\";q={};w={}", limit.name, limit.quota, seconds(limit.window))),
        (STATE, format!("\"{}\";r={remaining};t={}", limit.name, seconds(wait))),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
}

/// Whole seconds, rounded up: who waits that long may come.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// 429 for a client that asks too often.
pub async fn limit_rate(
    State(limiters): State<Limiters>,
    client: ClientIp,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let Some(both) = limiters.0.filter(|_| !is_probe(path)) else {
        return next.run(request).await;
    };
    both.sweep();
    let limiter = both.limiter(request.method(), path);
    let allowance = limiter.ask(&client.network());
    let mut response = if allowance.allowed {
        next.run(request).await
    } else {
        metrics::counter!("lapak_http_limited_total", "limit" => limiter.name).increment(1);
        too_many(allowance.wait).into_response()
    };
    limiter.write(&allowance, &mut response);
    response
}

pub(super) fn too_many(wait: Duration) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
        "Terlalu banyak permintaan; coba lagi sebentar.",
        "Too many requests; try again shortly.",
    )
    .retry_after(Duration::from_secs(seconds(wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> IpAddr {
        ClientIp(text.parse().unwrap()).network()
    }

    #[test]
    fn the_headers_add_up() {
        let limiter = Limiter::new("default", 60, 3);
        for left in [2, 1, 0] {
            let allowance = limiter.ask(&client("192.0.2.1"));
            assert!(allowance.allowed);
            assert_eq!(allowance.remaining, left);
        }
        let refused = limiter.ask(&client("192.0.2.1"));
        assert!(!refused.allowed && refused.wait <= Duration::from_secs(1));
        assert!(limiter.ask(&client("192.0.2.2")).allowed);

        let mut response = Response::default();
        limiter.write(&refused, &mut response);
        assert_eq!(response.headers()[POLICY], "\"default\";q=3;w=3");
        assert_eq!(response.headers()[STATE], "\"default\";r=0;t=1");
    }

    #[test]
    fn one_ipv6_network_is_one_client() {
        let limiter = Limiter::new("auth", 60, 1);
        assert!(limiter.ask(&client("2001:db8::1")).allowed);
        assert!(!limiter.ask(&client("2001:db8::2")).allowed);
    }
}
