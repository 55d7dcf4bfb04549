//! The database judges uniqueness: a broken constraint becomes a field error, never a check before an insert.

use sea_orm::{DbErr, RuntimeErr};

/// A unique constraint: PostgreSQL reports its name, SQLite its columns.
#[derive(Clone, Copy, Debug)]
pub struct Unique {
    /// Name of the index.
    pub name: &'static str,
    /// `table.column, table.column`, as SQLite writes it.
    pub columns: &'static str,
}

impl Unique {
    /// True if this is what the database refused.
    pub fn broken_by(&self, error: &DbErr) -> bool {
        let (DbErr::Query(RuntimeErr::SqlxError(source)) | DbErr::Exec(RuntimeErr::SqlxError(source))) =
            error
        else {
            return false;
        };
        let sea_orm::sqlx::Error::Database(source) = source.as_ref() else {
            return false;
        };
        source.constraint() == Some(self.name)
            || source.message().strip_prefix("UNIQUE constraint failed: ") == Some(self.columns)
            // A partial or expression index is reported by SQLite under its name.
            || source.message() == format!("UNIQUE constraint failed: index '{}'", self.name)
    }
}
