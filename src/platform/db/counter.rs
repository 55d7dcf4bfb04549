//! Watches the statements of a piece of work, so that tests can fix how many a request takes and look at their plans.

use std::cell::RefCell;

use sea_orm::{DatabaseConnection, Statement};

tokio::task_local! {
    static STATEMENTS: RefCell<Vec<Statement>>;
}

/// Runs a future and tells which statements it sent (BEGIN and COMMIT are not among them).
pub async fn watch_statements<F: Future>(work: F) -> (F::Output, Vec<Statement>) {
    STATEMENTS
        .scope(RefCell::new(Vec::new()), async {
            let output = work.await;
            (output, STATEMENTS.with(RefCell::take))
        })
        .await
}

pub(super) fn watched(mut connection: DatabaseConnection) -> DatabaseConnection {
    connection.set_metric_callback(|info| {
        metrics::histogram!("lapak_db_seconds").record(info.elapsed.as_secs_f64());
        // Outside a watched piece of work nobody wants to know.
        STATEMENTS
            .try_with(|statements| statements.borrow_mut().push(info.statement.clone()))
            .unwrap_or_default();
    });
    connection
}
