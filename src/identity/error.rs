//! What can go wrong with accounts and logins.

mod members;

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::passwords::PasswordError;
use crate::kernel::Problem;

pub use members::MemberError;

/// A refusal in the words of the business.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The e-mail address or the phone number has an account.
    #[error("the account exists")]
    AccountExists,
    /// Unknown account, wrong password or blocked; nobody can tell which.
    #[error("login failed")]
    LoginFailed,
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
    /// Roles and members.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// Hashing failed or had no turn.
    #[error(transparent)]
    Password(#[from] PasswordError),
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
            IdentityError::Member(error) => return error.into(),
            IdentityError::Db(error) => return error.into(),
            IdentityError::Password(_) | IdentityError::Token(_) => return Self::internal(error),
        };
        Self::new(status, code, id, en)
    }
}
