//! What can go wrong with accounts and logins.

mod members;
mod own;

use std::time::Duration;

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::passwords::PasswordError;
use super::service::throttle::Refused;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Problem};
use crate::platform::person::PersonKeyError;
use crate::platform::sealed::SealError;

pub use members::MemberError;
pub use own::OwnDataError;

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
    /// The password is right, and the account has a second factor that was not shown.
    #[error("a code of the second factor is missing")]
    TotpRequired,
    /// What was shown once more is wrong; the pointer says which field.
    #[error("the proof in {0} is wrong")]
    WrongProof(&'static str),
    /// The session ended while the request was under way.
    #[error("the session is over")]
    SessionOver,
    /// A page of another site sends the cookie.
    #[error("a page of another site sends the cookie")]
    ForeignOrigin,
    /// The person has no such session that still counts.
    #[error("there is no such session")]
    NoSuchSession,
    /// The person has no such key that still counts.
    #[error("there is no such key")]
    NoSuchKey,
    /// There is a second factor already.
    #[error("there is a second factor already")]
    SecondFactorExists,
    /// There is no second factor that could be meant.
    #[error("there is no second factor")]
    NoSecondFactor,
    /// The stored second factor cannot be used.
    #[error("a stored second factor cannot be used")]
    BrokenFactor,
    /// A sealed value does not open.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// A person can keep so many keys and no more.
    #[error("there are too many keys")]
    TooManyKeys,
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
    /// Something about one's own data.
    #[error(transparent)]
    Own(#[from] OwnDataError),
    /// Hashing failed or had no turn.
    #[error(transparent)]
    Password(#[from] PasswordError),
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

/// Status, code, and the sentence in Indonesian and English.
type Words = (StatusCode, &'static str, &'static str, &'static str);

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        if let Some((status, code, id, en)) = of_accounts(&error).or_else(|| of_proofs(&error)) {
            return Self::new(status, code, id, en);
        }
        match error {
            IdentityError::NoSuchAccount
            | IdentityError::NoSuchWorkUnit
            | IdentityError::NoSuchSession
            | IdentityError::NoSuchKey => Self::not_found(),
            IdentityError::SessionOver => Self::unauthorized(),
            IdentityError::TooManyAttempts(refused) => too_many_attempts(refused),
            IdentityError::Field(fault) => Self::field(fault),
            IdentityError::Member(error) => error.into(),
            IdentityError::Own(error) => error.into(),
            IdentityError::WrongProof(pointer) => {
                let fault = Fault::new("wrong", "Salah, atau sudah dipakai.", "Wrong, or used before.");
                Self::field(fault.at(pointer))
            }
            IdentityError::Password(PasswordError::Busy) => Self::unavailable(PasswordError::Busy),
            IdentityError::Db(error) => error.into(),
            _ => Self::internal(error),
        }
    }
}

fn of_accounts(error: &IdentityError) -> Option<Words> {
    Some(match error {
        IdentityError::AccountExists => (
            StatusCode::CONFLICT,
            "account-exists",
            "E-mail atau nomor HP ini sudah terdaftar.",
            "This e-mail address or phone number is registered already.",
        ),
        IdentityError::WorkUnitExists => (
            StatusCode::CONFLICT,
            "work-unit-exists",
            "Kode satuan kerja ini sudah dipakai.",
            "This work unit code is taken.",
        ),
        IdentityError::TooManyKeys => (
            StatusCode::CONFLICT,
            "too-many-keys",
            "Kunci API Anda sudah terlalu banyak; cabut yang tidak dipakai.",
            "You have too many API keys; revoke what you do not use.",
        ),
        _ => return None,
    })
}

fn of_proofs(error: &IdentityError) -> Option<Words> {
    Some(match error {
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
        IdentityError::TotpRequired => (
            StatusCode::UNAUTHORIZED,
            "totp-required",
            "Masukkan kode dari aplikasi autentikator atau kode pemulihan.",
            "Enter the code of your authenticator app or a recovery code.",
        ),
        IdentityError::RefreshRefused => (
            StatusCode::UNAUTHORIZED,
            "refresh-refused",
            "Sesi sudah berakhir; silakan masuk lagi.",
            "The session has ended; please sign in again.",
        ),
        IdentityError::ForeignOrigin => (
            StatusCode::FORBIDDEN,
            "foreign-origin",
            "Permintaan dari situs lain ditolak.",
            "Requests from another site are refused.",
        ),
        IdentityError::SecondFactorExists => (
            StatusCode::CONFLICT,
            "second-factor-exists",
            "Verifikasi dua langkah sudah aktif; nonaktifkan dahulu.",
            "A second factor is set up already; remove it first.",
        ),
        IdentityError::NoSecondFactor => (
            StatusCode::CONFLICT,
            "no-second-factor",
            "Verifikasi dua langkah belum disiapkan.",
            "No second factor is set up.",
        ),
        _ => return None,
    })
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
