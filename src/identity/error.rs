//! What can go wrong with accounts and logins.

use std::time::Duration;

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::passwords::PasswordError;
use super::service::throttle::Refused;
use crate::kernel::{FieldError, Problem};
use crate::platform::person::PersonKeyError;
use crate::platform::sealed::SealError;

/// A refusal in the words of the business.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The e-mail address or the phone number has an account.
    #[error("the account exists")]
    AccountExists,
    /// Unknown account, wrong password or blocked; nobody can tell which.
    #[error("login failed")]
    LoginFailed,
    /// Too many wrong attempts on the account or from the network.
    #[error("too many attempts")]
    TooManyAttempts(Refused),
    /// The code or link is wrong, used, expired, or went to an address that is no longer the person's.
    #[error("the code or link is refused")]
    SecretRefused,
    /// A field that is wrong for this person.
    #[error("{} is refused: {}", .0.pointer, .0.code)]
    Field(FieldError),
    /// The refresh token is unknown, spent, expired or of an ended session.
    #[error("the refresh token is refused")]
    RefreshRefused,
    /// No account with this address or number.
    #[error("there is no such account")]
    NoSuchAccount,
    /// No work unit with this code.
    #[error("there is no such work unit")]
    NoSuchWorkUnit,
    /// The code names another work unit.
    #[error("the work unit exists")]
    WorkUnitExists,
    /// Hashing failed or had no turn.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A value cannot be sealed.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// The key of a person cannot be used.
    #[error(transparent)]
    PersonKey(#[from] PersonKeyError),
    /// Signing failed.
    #[error(transparent)]
    Token(#[from] jsonwebtoken::errors::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        let (status, code, id, en) = match error {
            IdentityError::AccountExists => (
                StatusCode::CONFLICT,
                "account-exists",
                "E-mail atau nomor HP ini sudah terdaftar.",
                "This e-mail address or phone number is registered already.",
            ),
            IdentityError::LoginFailed => (
                StatusCode::UNAUTHORIZED,
                "login-failed",
                "E-mail/nomor HP atau kata sandi salah.",
                "Wrong e-mail address, phone number or password.",
            ),
            IdentityError::SecretRefused => (
                StatusCode::BAD_REQUEST,
                "secret-refused",
                "Kode atau tautan salah, sudah dipakai, atau kedaluwarsa.",
                "The code or link is wrong, used or expired.",
            ),
            IdentityError::TooManyAttempts(refused) => return too_many_attempts(refused),
            IdentityError::Field(fault) => return Self::field(fault),
            IdentityError::RefreshRefused => (
                StatusCode::UNAUTHORIZED,
                "refresh-refused",
                "Sesi sudah berakhir; silakan masuk lagi.",
                "The session has ended; please sign in again.",
            ),
            IdentityError::WorkUnitExists => (
                StatusCode::CONFLICT,
                "work-unit-exists",
                "Kode satuan kerja ini sudah dipakai.",
                "This work unit code is taken.",
            ),
            IdentityError::NoSuchAccount | IdentityError::NoSuchWorkUnit => return Self::not_found(),
            IdentityError::Password(PasswordError::Busy) => return Self::unavailable(PasswordError::Busy),
            IdentityError::Db(error) => return error.into(),
            IdentityError::Password(_)
            | IdentityError::Sealed(_)
            | IdentityError::PersonKey(_)
            | IdentityError::Token(_) => return Self::internal(error),
        };
        Self::new(status, code, id, en)
    }
}

fn too_many_attempts(refused: Refused) -> Problem {
    // Rounded up: who waits that long may come.
    let wait = Duration::from_secs(refused.wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX));
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-attempts",
        "Terlalu banyak percobaan; coba lagi nanti.",
        "Too many attempts; try again later.",
    )
    .retry_after(wait)
    .limit(refused.limit)
}
