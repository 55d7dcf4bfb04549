//! The job queue as operators see it.

use chrono::Duration;
use lapak::kernel::JobId;
use lapak::platform::jobs::entity::{ActiveModel, Entity, State};
use sea_orm::{EntityTrait, Set};

use crate::support::{TestApp, both};

both![jobs_are_listed_and_retried, a_job_that_takes_its_process_down_dies];

/// A job of a kind that nobody does, so that it stays as it is.
fn job(app: &TestApp, state: State) -> ActiveModel {
    ActiveModel {
        id: Set(JobId::generate()),
        kind: Set("test.nothing".to_owned()),
        payload: Set("{\"order_id\":\"x\"}".to_owned()),
        state: Set(state),
        run_at: Set(app.now() + Duration::days(1)),
        attempts: Set(10),
        max_attempts: Set(10),
        locked_by: Set(None),
        locked_until: Set(None),
        last_error: Set(None),
        created_at: Set(app.now()),
        done_at: Set(None),
    }
}

async fn write(app: &TestApp, state: State, count: usize) -> Vec<JobId> {
    let rows: Vec<ActiveModel> = (0..count).map(|_| job(app, state)).collect();
    let ids = rows.iter().map(|row| row.id.clone().unwrap()).collect();
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

    forget_all(&app).await;
}

async fn a_job_that_takes_its_process_down_dies(app: TestApp) {
    app.run_jobs().await;
    // It was claimed ten times, and each time the worker was gone before it could say how it went.
    let lost = ActiveModel {
        kind: Set("orders.placed".to_owned()),
        payload: Set("{\"purchase_id\":\"01900000-0000-7000-8000-000000000001\"}".to_owned()),
        run_at: Set(app.now() - Duration::hours(1)),
        locked_by: Set(Some("a process".to_owned())),
        locked_until: Set(Some(app.now() - Duration::minutes(1))),
        ..job(&app, State::Running)
    };
    let id = lost.id.clone().unwrap();
    let txn = app.db.begin().await.unwrap();
    Entity::insert(lost).exec_without_returning(&txn).await.unwrap();
    app.commit(txn).await.unwrap();
    app.run_jobs().await;
    let job = Entity::find_by_id(id).one(app.db.read()).await.unwrap().unwrap();
    assert_eq!(job.state, State::Dead);
    assert!(job.last_error.unwrap().contains("lost in every attempt"));
    forget_all(&app).await;
}

/// Nobody does this kind of job, and the harness wants none to fail.
async fn forget_all(app: &TestApp) {
    let txn = app.db.begin().await.unwrap();
    Entity::delete_many().exec(&txn).await.unwrap();
    app.commit(txn).await.unwrap();
}
