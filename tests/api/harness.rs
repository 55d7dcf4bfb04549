//! The harness itself works.

use sea_orm::EntityTrait;

use crate::support::{TestApp, both, invariants};
use lapak::platform::lease;

both![each_test_has_its_own_database, settings_can_change with "jobs.parallel = 9"];

async fn each_test_has_its_own_database(app: TestApp) {
    let held = lease::hold(&app.db, "x", "me", std::time::Duration::from_secs(9), app.now()).await;
    assert!(held.unwrap());
    assert_eq!(lease::Entity::find().all(app.db.read()).await.unwrap().len(), 1);
    assert!(invariants::violations(&app).await.is_empty());
}

async fn settings_can_change(app: TestApp) {
    assert_eq!(app.config.jobs.parallel, 9);
    assert_eq!(app.get("/v1/nothing").send().await.status, 404);
}
