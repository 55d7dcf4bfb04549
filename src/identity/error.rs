//! What can go wrong with accounts and logins.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::passwords::PasswordError;
use crate::kernel::Problem;
use crate::kernel::fields::Fault;

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
    /// Something about one's own data.
    #[error(transparent)]
    Own(#[from] OwnDataError),
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
            IdentityError::Own(error) => return error.into(),
            IdentityError::Password(PasswordError::Busy) => return Self::unavailable(PasswordError::Busy),
            IdentityError::Db(error) => return error.into(),
            IdentityError::Password(_) | IdentityError::Token(_) => return Self::internal(error),
        };
        Self::new(status, code, id, en)
    }
}

/// A refusal about what belongs to a person: addresses, and the account as a whole.
#[derive(Debug, thiserror::Error)]
pub enum OwnDataError {
    /// No such address, or somebody else's.
    #[error("there is no such address")]
    NoSuchAddress,
    /// Enough addresses are saved.
    #[error("no more addresses can be saved")]
    AddressesFull,
    /// It was changed in between.
    #[error("it has another version")]
    Stale,
    /// The password that was asked for once more is wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// A shop would have no owner.
    #[error("the last owner of a shop cannot go")]
    LastOwner,
    /// Nobody would run the platform.
    #[error("the last operator cannot go")]
    LastOperator,
}

impl From<OwnDataError> for Problem {
    fn from(error: OwnDataError) -> Self {
        let conflict = |code, id, en| Self::new(StatusCode::CONFLICT, code, id, en);
        match error {
            OwnDataError::NoSuchAddress => Self::not_found(),
            OwnDataError::Stale => Self::stale(),
            OwnDataError::WrongPassword => {
                Self::field(Fault::new("wrong", "Kata sandi salah.", "Wrong password.").at("/password"))
            }
            OwnDataError::AddressesFull => conflict(
                "addresses-full",
                "Paling banyak 50 alamat dapat disimpan.",
                "At most 50 addresses can be saved.",
            ),
            OwnDataError::LastOwner => conflict(
                "last-owner",
                "Toko harus mempunyai pemilik; serahkan dahulu kepada orang lain.",
                "A shop must have an owner; hand it over first.",
            ),
            OwnDataError::LastOperator => conflict(
                "last-operator",
                "Harus selalu ada satu operator.",
                "There must always be an operator.",
            ),
        }
    }
}
