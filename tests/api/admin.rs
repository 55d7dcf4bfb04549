//! The job queue as operators see it.

use chrono::Duration;
use lapak::kernel::JobId;
use lapak::platform::jobs::entity::{ActiveModel, Entity, State};
use sea_orm::{EntityTrait, Set};

use crate::support::{TestApp, both};

both![jobs_are_listed_and_retried];

/// Jobs of a kind that nobody does, so that they stay as they are.
async fn write(app: &TestApp, state: State, count: usize) -> Vec<JobId> {
    let now = app.now();
    let ids: Vec<JobId> = (0..count).map(|_| JobId::generate()).collect();
    let rows = ids.iter().map(|id| ActiveModel {
        id: Set(*id),
        kind: Set("test.nothing".to_owned()),
        payload: Set("{\"order_id\":\"x\"}".to_owned()),
        state: Set(state),
        run_at: Set(now + Duration::days(1)),
        attempts: Set(10),
        max_attempts: Set(10),
        locked_by: Set(None),
        locked_until: Set(None),
        last_error: Set(None),
        created_at: Set(now),
        done_at: Set(None),
    });
    let txn = app.db.begin().await.unwrap();
    Entity::insert_many(rows).exec_without_returning(&txn).await.unwrap();
    app.commit(txn).await.unwrap();
    ids
}

async fn jobs_are_listed_and_retried(app: TestApp) {
    let (operator, auditor) = (app.operator().await, app.platform("auditor").await);
    let buyer = app.buyer("ani").await;
    write(&app, State::Queued, 2).await;
    let dead = write(&app, State::Dead, 3).await;

    let path = "/v1/admin/jobs?state=dead&kind=test.nothing&limit=2";
    let first = app.get(path).by(&auditor).send().await.expect(200);
    assert!(first.statements <= 4, "{}", first.statements);
    let page = first.json();
    assert_eq!(page["items"][0]["id"], dead[2].to_string());
    assert_eq!(page["items"][0]["payload"]["order_id"], "x");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = app.get(&format!("{path}&cursor={cursor}")).by(&auditor).send().await.expect(200).json();
    assert_eq!(rest["items"][0]["id"], dead[0].to_string());
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert!(rest["next_cursor"].is_null());
    for (wrong, by, status) in [
        ("/v1/admin/jobs?state=lost", &operator, 422),
        ("/v1/admin/jobs?limit=101", &operator, 422),
        ("/v1/admin/jobs?page=2", &operator, 422),
        ("/v1/admin/jobs", &buyer, 403),
    ] {
        app.get(wrong).by(by).send().await.expect(status).problem();
    }

    let retry = |id: JobId| app.post(&format!("/v1/admin/jobs/{id}/retry"));
    retry(dead[0]).by(&auditor).send().await.expect(403);
    let revived = retry(dead[0]).by(&operator).send().await.expect(200).json();
    assert_eq!(revived["state"], "queued");
    assert_eq!(revived["attempts"], 0);
    let again = retry(dead[0]).by(&operator).send().await;
    again.expect_problem(409, "job-not-dead");
    let unknown = retry(JobId::generate()).by(&operator).send().await;
    unknown.expect_problem(404, "not-found");

    let trail = app.get("/v1/admin/audit?action=job.retried").by(&auditor).send().await.expect(200).json();
    assert_eq!(trail["items"].as_array().unwrap().len(), 1);
    assert_eq!(trail["items"][0]["object_id"], dead[0].to_string());
    assert_eq!(trail["items"][0]["actor_id"], operator.id().to_string());

    // Nobody does this kind of job, and the harness wants none to fail.
    let txn = app.db.begin().await.unwrap();
    Entity::delete_many().exec(&txn).await.unwrap();
    app.commit(txn).await.unwrap();
}
