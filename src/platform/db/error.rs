//! What a failed statement means to a caller.

use sea_orm::{DbErr, RuntimeErr};

use crate::kernel::Problem;

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) { Self::unavailable(error) } else { Self::internal(error) }
    }
}

/// True if the same statement may succeed a moment later.
fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Query(RuntimeErr::SqlxError(source)) | DbErr::Exec(RuntimeErr::SqlxError(source)) => {
            is_passing_sqlx(source.as_ref())
        }
        _ => false,
    }
}

fn is_passing_sqlx(error: &sea_orm::sqlx::Error) -> bool {
    use sea_orm::sqlx::Error;
    match error {
        Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => true,
        // PostgreSQL: serialization failure, deadlock, lock timeout, shutdown, too many connections, connection lost.
        // SQLite: busy (5) and its kinds.
        Error::Database(source) => source.code().is_some_and(|code| {
            matches!(code.as_ref(), "40001" | "40P01" | "55P03" | "53300" | "5" | "261" | "517" | "773")
                || code.starts_with("57P")
                || code.starts_with("08")
        }),
        _ => false,
    }
}

/// True if a statement gave up waiting for another transaction (PostgreSQL `lock_timeout`).
pub(crate) fn gave_up_waiting(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(source)) | DbErr::Exec(RuntimeErr::SqlxError(source))) = error
    else {
        return false;
    };
    matches!(source.as_ref(), sea_orm::sqlx::Error::Database(source) if source.code().as_deref() == Some("55P03"))
}
