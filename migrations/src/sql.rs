//! Runs hand-written SQL on either database.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::sea_orm::prelude::{ChronoDateTimeUtc, Uuid};

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

/// How the cells of a column are read.
#[derive(Clone, Copy)]
pub enum Cell {
    Text,
    /// Nothing if it is empty.
    SomeText,
    Amount,
    /// Nothing if it is empty.
    SomeAmount,
    Number,
}

/// Rows that every installation starts with, out of a CSV file whose columns have this order. Each begins with an id that is the
/// same everywhere, UUIDv7 of 2026-11-24 with the number of the row, and ends with the first moment there is.
pub struct Seeds<'a> {
    pub table: &'static str,
    pub columns: &'a [(&'static str, Cell)],
    /// The file and what is in it.
    pub file: (&'a str, &'a str),
    pub first_id: u128,
}

/// One statement for all of them.
pub fn seeds(seeds: &Seeds<'_>) -> Result<InsertStatement, DbErr> {
    let (file, content) = seeds.file;
    let bad = |error: &dyn std::fmt::Display| DbErr::Custom(format!("{file}: {error}"));
    let names = seeds.columns.iter().map(|(name, _)| *name);
    let mut insert = Query::insert();
    insert.into_table(seeds.table).columns(std::iter::once("id").chain(names).chain(["created_at"]));
    let mut reader = csv::Reader::from_reader(content.as_bytes());
    for (number, row) in (1_u128..).zip(reader.records()) {
        let row = row.map_err(|error| bad(&error))?;
        let mut values: Vec<Expr> = vec![Uuid::from_u128(seeds.first_id + number).into()];
        for (at, (name, cell)) in seeds.columns.iter().enumerate() {
            let text = row.get(at).ok_or_else(|| bad(&format!("row {number} has no {name}")))?;
            values.push(read(*cell, text).map_err(|error| bad(&error))?);
        }
        values.push(ChronoDateTimeUtc::UNIX_EPOCH.into());
        insert.values(values).map_err(|error| bad(&error))?;
    }
    Ok(insert)
}

fn read(cell: Cell, text: &str) -> Result<Expr, std::num::ParseIntError> {
    let some = Some(text).filter(|text| !text.is_empty());
    Ok(match cell {
        Cell::Text => text.to_owned().into(),
        Cell::SomeText => some.map(str::to_owned).into(),
        Cell::Amount => text.parse::<i64>()?.into(),
        Cell::SomeAmount => some.map(str::parse::<i64>).transpose()?.into(),
        Cell::Number => text.parse::<i32>()?.into(),
    })
}
