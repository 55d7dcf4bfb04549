//! Health, readiness, metrics.

use serde_json::json;

use crate::support::{TestApp, both};

both![
    readiness_ends_when_the_service_is_to_stop,
    a_service_without_its_database_is_not_ready,
    metrics_have_few_labels,
];

async fn readiness_ends_when_the_service_is_to_stop(app: TestApp) {
    let ready = app.get("/readyz").send().await.expect(200).json();
    assert_eq!(ready["status"], "ok");
    let checks = ready["checks"].as_object().unwrap();
    assert!(checks.values().all(|check| check == "ok"), "{ready}");
    assert!(["database", "files", "search"].iter().all(|name| checks.contains_key(*name)), "{ready}");

    app.stop.cancel();
    let stopping = app.get("/readyz").send().await.expect(503).json();
    assert_eq!(stopping["status"], "stopping");
    let alive = app.get("/healthz").send().await.expect(200).json();
    assert_eq!(alive["status"], "ok");
}

async fn a_service_without_its_database_is_not_ready(app: TestApp) {
    let cut_off = app.another_instance().await;
    cut_off.get("/readyz").send().await.expect(200);
    cut_off.close().await;
    let down = cut_off.get("/readyz").send().await.expect(503).json();
    assert_eq!((&down["status"], &down["checks"]["database"]), (&json!("down"), &json!("down")));
    cut_off.get("/healthz").send().await.expect(200);
    let buying = cut_off.get("/v1/categories").send().await;
    buying.expect_problem(503, "unavailable");
    app.get("/readyz").send().await.expect(200);
}

async fn metrics_have_few_labels(app: TestApp) {
    app.get("/v1/secret-path-7").send().await.expect(404);
    app.get("/v1/purchases/01900000-0000-7000-8000-000000000001?token=secret-query-7")
        .send()
        .await
        .expect(401);
    let text = app.get("/metrics").send().await.expect(200).text();
    assert!(text.contains("route=\"unmatched\""));
    assert!(text.contains("route=\"/v1/purchases/{purchase_id}\""));
    assert!(text.contains("lapak_jobs_due 0"));
    assert!(!text.contains("secret-"));
}
