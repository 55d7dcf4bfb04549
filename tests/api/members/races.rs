//! Two who want the same at once: somebody is always left, and an invitation is taken once.

use axum::http::Method;
use futures_util::future::join_all;
use lapak::web::Role;
use serde_json::json;
use uuid::Uuid;

use super::{accept, holders, invite, joins, member_path};
use crate::support::{Person, Request, TestApp, both};

both![
    two_owners_cannot_remove_each_other,
    two_operators_cannot_remove_each_other,
    two_operators_cannot_block_each_other,
    fifty_accepts_make_one_member,
    fifty_people_with_one_link_make_one_member,
    two_invitations_make_one_member,
];

const ROUNDS: usize = 6;

/// Sends two requests at once and returns their statuses.
async fn at_once(one: Request, two: Request) -> [u16; 2] {
    let (one, two) = tokio::join!(one.send(), two.send());
    [one.status.as_u16(), two.status.as_u16()]
}

/// One wins; the other one is refused as the last, or is nobody there any more.
#[track_caller]
fn one_is_left(statuses: [u16; 2]) {
    let won = statuses.iter().filter(|status| matches!(status, 200 | 204)).count();
    assert_eq!(won, 1, "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 204 | 401 | 403 | 404 | 409)),
        "{statuses:?}"
    );
}

async fn two_owners_cannot_remove_each_other(app: TestApp) {
    let server = app.serve().await;
    for round in 0..ROUNDS {
        let shop = app.vendor(&format!("Toko {round}")).await;
        let other = joins(&app, &shop, "Wati", "owner").await;
        let before = holders(&app, Role::VendorOwner).await;
        let delete =
            |by: &Person, whom: &Person| server.request(Method::DELETE, &member_path(&shop, whom)).by(by);
        let demote = |by: &Person, whom: &Person| {
            let request = server.request(Method::PATCH, &member_path(&shop, whom)).by(by);
            request.header("if-match", "\"1\"").json(json!({"role": "staff"}))
        };
        let (one, two) = (&shop.owner, &other);
        one.token().await;
        let statuses = match round % 3 {
            0 => at_once(delete(one, two), delete(two, one)).await,
            1 => at_once(demote(one, two), delete(two, one)).await,
            // Both step back by themselves.
            _ => at_once(demote(one, one), delete(two, two)).await,
        };
        one_is_left(statuses);
        assert_eq!(holders(&app, Role::VendorOwner).await, before - 1);
    }
}

/// Two operators, and what they are about to do to each other.
async fn duel(app: &TestApp, request: impl Fn(&Person, &Person) -> Request) -> [u16; 2] {
    let (one, two) = (app.operator().await, app.operator().await);
    let (first, second) = (request(&one, &two), request(&two, &one));
    one.token().await;
    two.token().await;
    at_once(first, second).await
}

async fn two_operators_cannot_remove_each_other(app: TestApp) {
    let server = app.serve().await;
    let statuses = duel(&app, |by, whom| {
        let path = format!("/v1/admin/users/{}/roles/operator", whom.id());
        server.request(Method::DELETE, &path).by(by)
    });
    one_is_left(statuses.await);
    assert_eq!(holders(&app, Role::Operator).await, 1);
}

async fn two_operators_cannot_block_each_other(app: TestApp) {
    let server = app.serve().await;
    let statuses = duel(&app, |by, whom| server.post(&format!("/v1/admin/users/{}/block", whom.id())).by(by));
    one_is_left(statuses.await);
    let auditor = app.platform("auditor").await;
    let blocked = auditor.get("/v1/admin/audit?action=user.blocked").send().await.expect(200).json();
    assert_eq!(blocked["items"].as_array().unwrap().len(), 1);
}

async fn fifty_accepts_make_one_member(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let ani = app.buyer("Ani").await;
    let token =
        invite(&shop.owner, &shop, json!({"role": "staff"})).await.expect(201).json()["token"].clone();
    let server = app.serve().await;
    ani.token().await;
    let one = || server.post("/v1/invitations/accept").by(&ani).json(json!({"token": token}));
    let replies = join_all((0..50).map(|_| one().send())).await;
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1);
    assert!(replies.iter().all(|reply| matches!(reply.status.as_u16(), 200 | 409)));
    assert_eq!(holders(&app, Role::VendorStaff).await, 1);
}

async fn fifty_people_with_one_link_make_one_member(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let token =
        invite(&shop.owner, &shop, json!({"role": "staff"})).await.expect(201).json()["token"].clone();
    let crowd = join_all((0..50).map(|_| app.buyer("Ani"))).await;
    for person in &crowd {
        person.token().await;
    }
    let server = app.serve().await;
    let one = |person| server.post("/v1/invitations/accept").by(person).json(json!({"token": token}));
    let replies = join_all(crowd.iter().map(|person| one(person).send())).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(holders(&app, Role::VendorStaff).await, 1);
}

async fn two_invitations_make_one_member(app: TestApp) {
    let server = app.serve().await;
    for round in 0..ROUNDS {
        let shop = app.vendor(&format!("Toko {round}")).await;
        let ani = app.buyer("Ani").await;
        let mut requests = Vec::new();
        for role in ["staff", "manager"] {
            let token =
                invite(&shop.owner, &shop, json!({"role": role})).await.expect(201).json()["token"].clone();
            requests.push(server.post("/v1/invitations/accept").by(&ani).json(json!({"token": token})));
        }
        ani.token().await;
        let [first, second] = <[Request; 2]>::try_from(requests).ok().unwrap();
        one_is_left(at_once(first, second).await);
    }
    let held = holders(&app, Role::VendorStaff).await + holders(&app, Role::VendorManager).await;
    assert_eq!(held, ROUNDS);
    let nobody = app.buyer("Budi").await;
    accept(&nobody, &json!(Uuid::nil().to_string())).await.expect_problem(409, "invitation-refused");
}
