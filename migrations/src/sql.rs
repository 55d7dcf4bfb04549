//! Runs hand-written SQL on either database.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Type names that differ: what is written in a step, on SQLite, on PostgreSQL.
const TYPES: &[(&str, &str, &str)] = &[
    ("{uuid}", "uuid_text", "uuid"),
    ("{time}", "timestamp_with_timezone_text", "timestamptz"),
    ("{bool}", "boolean", "boolean"),
    // SQLite makes the number itself for a key of exactly this type.
    ("{sequence}", "integer PRIMARY KEY AUTOINCREMENT", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    // The transaction that wrote the row: on SQLite there is one writer, so the order of rows is the order of commits.
    ("{xid}", "bigint NOT NULL DEFAULT 0", "bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)"),
    // Narrow rows that are updated often keep their new version on the same page.
    ("{hot}", "", "WITH (fillfactor = 60)"),
];

/// Runs statements that are the same on both databases, separated by `;` at the end of a line.
pub async fn run(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    let text = TYPES.iter().fold(text.to_owned(), |text, (name, on_sqlite, on_postgres)| {
        text.replace(name, if sqlite { on_sqlite } else { on_postgres })
    });
    for statement in text.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Runs whole statements for one database only.
pub async fn only(manager: &SchemaManager<'_>, backend: DbBackend, statements: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == backend {
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
    }
    Ok(())
}

/// Drops tables, the last made first.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}

/// Lets a table only grow. On PostgreSQL the function `lapak_frozen` must exist.
pub async fn freeze(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let statements = match manager.get_database_backend() {
        DbBackend::Postgres => vec![
            format!(
                "CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION lapak_frozen()"
            ),
            format!(
                "CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}
                 FOR EACH STATEMENT EXECUTE FUNCTION lapak_frozen()"
            ),
        ],
        _ => ["UPDATE", "DELETE"]
            .map(|act| {
                let name = act.to_lowercase();
                format!(
                    "CREATE TRIGGER {table}_no_{name} BEFORE {act} ON {table}
                     BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            })
            .into(),
    };
    for statement in statements {
        connection.execute_unprepared(&statement).await?;
    }
    Ok(())
}
