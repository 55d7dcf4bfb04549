//! The whole content of the database as text, to see whether a request changed anything.

use std::collections::BTreeMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::TestApp;

/// Tables that change without anybody acting: logins of the tests' own people.
const NOT_STATE: &[&str] = &["sessions", "refresh_tokens", "seaql_migrations"];

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

/// Every row of every table that is state, sorted.
pub async fn dump(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut state = everything(app).await;
    state.retain(|table, _| !NOT_STATE.contains(&table.as_str()));
    state
}

/// Every row of every table, sorted.
pub async fn everything(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut state = BTreeMap::new();
    for table in tables(app).await {
        let row = match app.db.backend() {
            DbBackend::Sqlite => quoted_columns(app, &table).await,
            _ => "t::text".to_owned(),
        };
        let rows = query(app, &format!("SELECT {row} AS text FROM {table} t ORDER BY 1")).await;
        state.insert(table, rows);
    }
    state
}

async fn tables(app: &TestApp) -> Vec<String> {
    let sql = match app.db.backend() {
        DbBackend::Sqlite => {
            "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        _ => "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'",
    };
    query(app, sql).await
}

async fn quoted_columns(app: &TestApp, table: &str) -> String {
    let sql = format!("SELECT 'quote(\"' || name || '\")' AS text FROM pragma_table_info('{table}')");
    query(app, &sql).await.join(" || ',' || ")
}

async fn query(app: &TestApp, sql: &str) -> Vec<String> {
    let rows = Text::find_by_statement(Statement::from_string(app.db.backend(), sql))
        .all(app.db.read())
        .await
        .unwrap();
    rows.into_iter().map(|row| row.text).collect()
}
