//! What ends a session ends it at once: the refresh token that is left and the access token that has not run out (row 44).

use lapak::identity::entity::user;
use lapak::identity::model::Login;
use lapak::identity::service::{accounts, office};
use lapak::web::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use uuid::Uuid;

use super::{access, refresh, with_token};
use crate::support::{Person, TestApp, both};

both![
    a_new_password_ends_every_session,
    a_logout_ends_its_session_only,
    a_block_ends_every_session,
    a_lost_role_is_lost_in_every_session,
];

async fn is_over(app: &TestApp, session: &Value) {
    assert_eq!(access(app, &session["access_token"]).await, 401);
    refresh(app, &session["refresh_token"]).await.expect_problem(401, "refresh-refused");
}

fn login_of(person: &Person) -> Login {
    Login::parse(person.login()).unwrap()
}

async fn a_new_password_ends_every_session(app: TestApp) {
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let (one, two, other) = (ani.sign_in().await, ani.sign_in().await, budi.sign_in().await);
    accounts::reset_password(&app, login_of(&ani), "kata sandi yang baru 1".into()).await.unwrap();
    is_over(&app, &one).await;
    is_over(&app, &two).await;
    assert_eq!(access(&app, &other["access_token"]).await, 200);
}

async fn a_logout_ends_its_session_only(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let (one, two) = (ani.sign_in().await, ani.sign_in().await);
    let next = refresh(&app, &one["refresh_token"]).await.expect(200).json();
    // A spent token still says which session is meant.
    with_token(&app, "/v1/auth/logout", &one["refresh_token"]).await.expect(204);
    is_over(&app, &next).await;
    assert_eq!(access(&app, &two["access_token"]).await, 200);
    refresh(&app, &two["refresh_token"]).await.expect(200);
    // Once, however often somebody leaves.
    with_token(&app, "/v1/auth/logout", &next["refresh_token"]).await.expect(204);
    let events = app.audited("session.ended").await;
    assert_eq!((events.len(), events[0].actor_id), (1, Some(ani.id())));
}

async fn a_block_ends_every_session(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let (one, two) = (ani.sign_in().await, ani.sign_in().await);
    let txn = app.db.begin().await.unwrap();
    user::Entity::update_many()
        .col_expr(user::Column::Status, Expr::value(user::Status::Blocked))
        .filter(user::Column::Id.eq(ani.id()))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    is_over(&app, &one).await;
    is_over(&app, &two).await;
}

async fn a_lost_role_is_lost_in_every_session(app: TestApp) {
    let operator = app.buyer("Operator").await;
    operator.grant(Role::Operator, Uuid::nil()).await;
    // Somebody has to be left.
    app.operator().await;
    let session = operator.sign_in().await;
    let reads = async |session: &Value| {
        let token = session["access_token"].as_str().unwrap();
        app.get("/v1/admin/invariants").bearer(token).send().await
    };
    reads(&session).await.expect(200);
    office::revoke(&app, login_of(&operator), Role::Operator, None).await.unwrap();
    reads(&session).await.expect_problem(403, "role-missing");
    let next = refresh(&app, &session["refresh_token"]).await.expect(200).json();
    reads(&next).await.expect_problem(403, "role-missing");
}
