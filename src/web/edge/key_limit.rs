//! Requests per key of a program and minute, counted in this process. Each key says how many it may make.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::Response;

use super::limit::{Allowance, Broom, Limiter, too_many};
use crate::config;
use crate::kernel::{ApiKeyId, Problem};

/// The limits of the keys that came to this process.
#[derive(Clone)]
pub struct KeyLimits(Option<Arc<Kept>>);

#[derive(Default)]
struct Kept {
    /// Keys with the same number of requests share a limiter, in which each is counted by itself.
    by_rate: Mutex<HashMap<u32, Arc<Limiter<ApiKeyId>>>>,
    broom: Broom,
}

/// What a key may still do.
pub struct KeyPass {
    limiter: Arc<Limiter<ApiKeyId>>,
    allowance: Allowance,
}

impl KeyLimits {
    /// No limits at all where they are switched off.
    pub fn new(settings: &config::RateLimit) -> Self {
        Self(settings.enabled.then(Arc::default))
    }

    /// Counts one request of a key.
    pub fn enter(&self, key: ApiKeyId, per_minute: u32) -> Option<KeyPass> {
        let kept = self.0.as_ref()?;
        let limiter = kept.limiter(per_minute);
        let allowance = limiter.ask(&key);
        Some(KeyPass { limiter, allowance })
    }
}

impl Kept {
    fn limiter(&self, per_minute: u32) -> Arc<Limiter<ApiKeyId>> {
        let mut by_rate = self.by_rate.lock().unwrap_or_else(PoisonError::into_inner);
        if self.broom.is_due() {
            by_rate.values().for_each(|limiter| limiter.sweep());
        }
        let new = || Arc::new(Limiter::new("key", per_minute, per_minute));
        by_rate.entry(per_minute).or_insert_with(new).clone()
    }
}

impl KeyPass {
    /// False if the key has made too many requests.
    pub fn allowed(&self) -> bool {
        self.allowance.allowed
    }

    /// 429.
    pub fn too_many(&self) -> Problem {
        metrics::counter!("lapak_http_limited_total", "limit" => "key").increment(1);
        too_many(self.allowance.wait)
    }

    /// Says in the answer what is left.
    pub fn write(&self, response: &mut Response) {
        self.limiter.write(&self.allowance, response);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Environment};

    fn limits(changes: &str) -> KeyLimits {
        KeyLimits::new(&Config::with(Environment::Test, changes).unwrap().rate_limit)
    }

    #[test]
    fn each_key_has_its_own_count() {
        let limits = limits("rate_limit.enabled = true");
        let (one, two) = (ApiKeyId::generate(), ApiKeyId::generate());
        let allowed = |key, per_minute| limits.enter(key, per_minute).unwrap().allowed();
        assert!(allowed(one, 2) && allowed(one, 2) && !allowed(one, 2));
        assert!(allowed(two, 2));
        assert!(limits.enter(one, 2).unwrap().too_many().retry_after.is_some());
    }

    #[test]
    fn limits_can_be_off() {
        assert!(limits("rate_limit.enabled = false").enter(ApiKeyId::generate(), 1).is_none());
    }
}
