//! Password hashes (argon2id): off the async threads, a few at a time, and with the same work for unknown accounts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::config;

/// Waiting longer than this for a turn helps nobody.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why there is no hash or no verdict.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many people sign in at once.
    #[error("no turn to hash a password in time")]
    Busy,
    /// The hash or its parameters are unusable.
    #[error("password hash: {0}")]
    Hash(String),
}

impl PasswordError {
    fn hash(cause: impl std::fmt::Display) -> Self {
        Self::Hash(cause.to_string())
    }
}

/// What came of comparing a password with a hash.
#[derive(Debug)]
pub struct Verdict {
    /// It is the right password.
    pub right: bool,
    /// The password hashed anew, because the stored hash was made with other parameters.
    pub renewed: Option<String>,
}

/// Hashes and compares passwords.
#[derive(Clone)]
pub struct Passwords {
    hasher: Argon2<'static>,
    turns: Arc<Semaphore>,
    patience: Duration,
    /// Compared with when there is no account, so that its absence does not show in the time taken.
    nobody: Arc<str>,
    runs: Arc<AtomicU64>,
}

impl Passwords {
    /// With the configured cost.
    pub fn new(settings: &config::Auth) -> Result<Self, PasswordError> {
        let params = Params::new(settings.argon2_memory_kib, settings.argon2_passes, 1, None)
            .map_err(PasswordError::hash)?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let parallel = match settings.argon2_parallel {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            parallel => parallel,
        };
        Ok(Self {
            nobody: hash(&hasher, "nobody has this password")?.into(),
            hasher,
            turns: Arc::new(Semaphore::new(parallel)),
            patience: PATIENCE,
            runs: Arc::default(),
        })
    }

    /// How often a password was hashed since the start.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        self.in_turn(move |hasher| hash(hasher, password.expose_secret())).await
    }

    /// Compares a password with the hash of an account, or of nobody.
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<Verdict, PasswordError> {
        let nobody = self.nobody.clone();
        self.in_turn(move |hasher| {
            let known = stored.is_some();
            let stored = stored.as_deref().unwrap_or(&nobody);
            verify(hasher, password.expose_secret(), stored).map(|verdict| Verdict {
                right: known && verdict.right,
                renewed: verdict.renewed.filter(|_| known),
            })
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = tokio::time::timeout(self.patience, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| PasswordError::Busy)?
            .map_err(PasswordError::hash)?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        let hasher = self.hasher.clone();
        tokio::task::spawn_blocking(move || {
            // Held in here: a client that goes away does not stop the hashing, so it must not free the turn either.
            let _turn = turn;
            work(&hasher)
        })
        .await
        .map_err(PasswordError::hash)?
    }
}

fn hash(hasher: &Argon2<'_>, password: &str) -> Result<String, PasswordError> {
    hasher.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(PasswordError::hash)
}

fn verify(hasher: &Argon2<'_>, password: &str, stored: &str) -> Result<Verdict, PasswordError> {
    let parsed = PasswordHash::new(stored).map_err(PasswordError::hash)?;
    let right = match hasher.verify_password(password.as_bytes(), &parsed) {
        Ok(()) => true,
        Err(argon2::password_hash::Error::PasswordInvalid) => false,
        Err(error) => return Err(PasswordError::hash(error)),
    };
    let params = Params::try_from(&parsed).map_err(PasswordError::hash)?;
    let outdated = params.m_cost() != hasher.params().m_cost() || params.t_cost() != hasher.params().t_cost();
    let renewed = if right && outdated { Some(hash(hasher, password)?) } else { None };
    Ok(Verdict { right, renewed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Environment};

    fn passwords(changes: &str) -> Passwords {
        Passwords::new(&Config::with(Environment::Test, changes).unwrap().auth).unwrap()
    }

    #[tokio::test]
    async fn tells_right_from_wrong() {
        let passwords = passwords("");
        let stored = passwords.hash("kata sandi saya".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        let verdict = passwords.verify("kata sandi saya".into(), Some(stored.clone())).await;
        assert!(verdict.as_ref().unwrap().right && verdict.unwrap().renewed.is_none());
        assert!(!passwords.verify("lain".into(), Some(stored)).await.unwrap().right);
        let nobody = passwords.verify("nobody has this password".into(), None).await;
        assert!(!nobody.unwrap().right);
    }

    #[tokio::test]
    async fn a_hash_of_other_cost_is_renewed_on_success() {
        let stored = passwords("").hash("kata sandi saya".into()).await.unwrap();
        let dearer = passwords("auth.argon2_passes = 2");
        let verdict = dearer.verify("kata sandi saya".into(), Some(stored.clone())).await.unwrap();
        let renewed = verdict.renewed.unwrap();
        assert!(renewed.contains("t=2"));
        assert!(dearer.verify("kata sandi saya".into(), Some(renewed)).await.unwrap().right);
        assert!(dearer.verify("salah".into(), Some(stored)).await.unwrap().renewed.is_none());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let mut passwords = passwords("auth.argon2_parallel = 1");
        passwords.patience = Duration::from_millis(1);
        let _taken = passwords.turns.clone().acquire_owned().await.unwrap();
        let refused = passwords.hash("kata sandi saya".into()).await;
        assert!(matches!(refused, Err(PasswordError::Busy)));
    }
}
