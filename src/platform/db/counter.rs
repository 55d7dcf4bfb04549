//! Counts the statements of a piece of work, so that tests can fix how many a request takes.

use std::cell::Cell;

use sea_orm::DatabaseConnection;

tokio::task_local! {
    static STATEMENTS: Cell<u32>;
}

/// Runs a future and tells how many statements it sent (BEGIN and COMMIT are not counted).
pub async fn count_statements<F: Future>(work: F) -> (F::Output, u32) {
    STATEMENTS
        .scope(Cell::new(0), async {
            let output = work.await;
            (output, STATEMENTS.get_count())
        })
        .await
}

trait Count {
    fn get_count(&'static self) -> u32;
}

impl Count for tokio::task::LocalKey<Cell<u32>> {
    fn get_count(&'static self) -> u32 {
        self.with(Cell::get)
    }
}

pub(super) fn watched(mut connection: DatabaseConnection) -> DatabaseConnection {
    connection.set_metric_callback(|info| {
        metrics::histogram!("lapak_db_seconds").record(info.elapsed.as_secs_f64());
        // Outside a counted piece of work there is nothing to add to.
        STATEMENTS.try_with(|count| count.set(count.get() + 1)).unwrap_or_default();
    });
    connection
}
