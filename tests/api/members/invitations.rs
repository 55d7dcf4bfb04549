//! Invitations: taken once, in time, by whom they were sent to, and only while the inviter may invite.

use chrono::Duration;
use lapak::identity::entity::invitation;
use lapak::identity::service::invitations;
use lapak::platform::messages::Message;
use lapak::web::Role;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{accept, change, deeds, holders, invite, joins, remove};
use crate::support::shop::text;
use crate::support::{Person, TestApp, both, list};

both![
    a_link_is_good_once,
    a_sent_invitation_is_for_its_address_only,
    an_invitation_reaches_a_phone,
    an_invitation_runs_out,
    an_old_invitation_is_forgotten,
    a_revoked_invitation_opens_nothing,
    an_owner_who_lost_the_shop_invites_nobody,
    an_operator_who_lost_the_role_invites_nobody,
    a_member_is_not_invited_down,
    roles_on_the_platform_and_in_work_units_are_offered,
    nobody_floods_others_with_invitations,
];

async fn link(by: &Person, path: &str, body: Value) -> Value {
    by.post(path).json(body).send().await.expect(201).json()["token"].clone()
}

/// The code in the invitation to somebody.
async fn sent(app: &TestApp, to: &str) -> Value {
    app.run_jobs().await;
    let invitation = |message: &Message| message.to.as_str() == to && message.subject.contains("Undangan");
    let kept = app.messenger.kept().into_iter().map(|kept| kept.message).find(invitation).unwrap();
    let code = kept.text.split_whitespace().find(|word| word.len() == 43).unwrap().to_owned();
    code.into()
}

async fn a_link_is_good_once(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let body = json!({"role": "staff", "permissions": ["stock"]});
    let made = invite(&shop.owner, &shop, body).await.expect(201).json();
    assert_eq!((&made["status"], &made["sent_to"]), (&json!("open"), &json!(null)));
    // Only a hash is kept, and no list shows the secret.
    let stored = invitation::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    assert_ne!(made["token"], stored.hash.as_str());
    let listed = shop.owner.get(&shop.path("/invitations")).send().await.expect(200).json();
    assert_eq!(listed["items"][0]["token"], json!(null));

    for wrong in [json!(""), json!("x"), json!(stored.hash), json!(stored.id)] {
        accept(&ani, &wrong).await.expect_problem(409, "invitation-refused");
    }
    let joined = accept(&ani, &made["token"]).await.expect(200).json();
    let expected = json!({"scope": "vendor", "scope_id": shop.id, "role": "staff"});
    assert_eq!(joined, expected);
    for person in [&ani, &budi] {
        accept(person, &made["token"]).await.expect_problem(409, "invitation-refused");
    }
    ani.get(&shop.path("/orders")).send().await.expect_problem(403, "not-permitted");
    let listed = shop.owner.get(&shop.path("/invitations")).send().await.expect(200).json();
    assert_eq!(listed["items"][0]["status"], "accepted");
    let all = deeds(&app).await;
    assert!(all.ends_with(&["invitation.created".to_owned(), "invitation.accepted".to_owned()]), "{all:?}");
}

async fn a_sent_invitation_is_for_its_address_only(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let body = json!({"role": "manager", "email": ani.login().to_uppercase()});
    let made = invite(&shop.owner, &shop, body).await.expect(201).json();
    assert_eq!((&made["token"], &made["sent_to"]), (&json!(null), &json!("a***@contoh.id")));
    let code = sent(&app, ani.login()).await;
    accept(&budi, &code).await.expect_problem(409, "invitation-refused");
    accept(&ani, &code).await.expect(200);
    let both = json!({"role": "staff", "email": "x@contoh.id", "phone": "081290001234"});
    invite(&shop.owner, &shop, both).await.expect_problem(422, "invalid");
    invite(&shop.owner, &shop, json!({"role": "staff", "email": "x"})).await.expect_problem(422, "invalid");
}

async fn an_invitation_reaches_a_phone(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let body = json!({"role": "staff", "phone": "0812-9000-7777"});
    let made = invite(&shop.owner, &shop, body).await.expect(201).json();
    assert_eq!(made["sent_to"], "+628***7777");
    let code = sent(&app, "+6281290007777").await;
    let password = crate::support::people::PASSWORD;
    let body = json!({"name": "Sari", "phone": "081290007777", "password": password});
    let made = app.post("/v1/auth/register").json(body).send().await.expect(201).json();
    let sari = app.person(text(&made["id"]).parse().unwrap(), "081290007777".to_owned());
    accept(&sari, &code).await.expect(200);
}

async fn an_invitation_runs_out(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let ani = app.buyer("Ani").await;
    let token = link(&shop.owner, &shop.path("/invitations"), json!({"role": "staff"})).await;
    let body = json!({"role": "staff", "email": ani.login()});
    invite(&shop.owner, &shop, body).await.expect(201);
    app.advance(Duration::days(7));
    accept(&ani, &token).await.expect_problem(409, "invitation-refused");
    let listed = shop.owner.get(&shop.path("/invitations")).send().await.expect(200).json();
    assert_eq!(listed["items"][0]["status"], "expired");
    // Nothing is sent that could not be used.
    app.run_jobs().await;
    assert!(app.messenger.kept().iter().all(|kept| !kept.message.subject.contains("Undangan")));
}

async fn an_old_invitation_is_forgotten(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let body = json!({"role": "staff", "email": "orang.lain@contoh.id"});
    invite(&shop.owner, &shop, body).await.expect(201);
    app.run_jobs().await;
    app.advance(Duration::days(37));
    assert_eq!(invitations::forget(&app).await.unwrap(), 0);
    app.advance(Duration::seconds(1));
    assert_eq!(invitations::forget(&app).await.unwrap(), 1);
    assert!(deeds(&app).await.contains(&"invitation.created".to_owned()));
}

async fn a_revoked_invitation_opens_nothing(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let ani = app.buyer("Ani").await;
    let manager = joins(&app, &shop, "Mira", "manager").await;
    let made = invite(&shop.owner, &shop, json!({"role": "owner"})).await.expect(201).json();
    let path = shop.path(&format!("/invitations/{}", text(&made["id"])));
    manager.delete(&path).send().await.expect_problem(403, "not-permitted");
    shop.owner.delete(&path).send().await.expect(204);
    shop.owner.delete(&path).send().await.expect_problem(409, "invitation-closed");
    accept(&ani, &made["token"]).await.expect_problem(409, "invitation-refused");
    let absent = shop.path("/invitations/01900000-0000-7000-8000-00000000dead");
    shop.owner.delete(&absent).send().await.expect_problem(404, "not-found");
}

async fn an_owner_who_lost_the_shop_invites_nobody(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let (ani, path) = (app.buyer("Ani").await, shop.path("/invitations"));
    let other = joins(&app, &shop, "Wati", "owner").await;
    let tokens = [
        link(&other, &path, json!({"role": "owner"})).await,
        link(&other, &path, json!({"role": "staff"})).await,
    ];
    // A manager may still invite staff, but makes nobody an owner.
    change(&shop.owner, &shop, &other, json!({"role": "manager"})).await.expect(200);
    accept(&ani, &tokens[0]).await.expect_problem(409, "invitation-refused");
    remove(&shop.owner, &shop, &other).await.expect(204);
    accept(&ani, &tokens[1]).await.expect_problem(409, "invitation-refused");
    assert_eq!(holders(&app, Role::VendorOwner).await, 1);
}

async fn an_operator_who_lost_the_role_invites_nobody(app: TestApp) {
    let (one, two) = (app.operator().await, app.operator().await);
    let ani = app.buyer("Ani").await;
    let token = link(&one, "/v1/admin/invitations", json!({"role": "operator"})).await;
    let block = format!("/v1/admin/users/{}/block", one.id());
    two.post(&block).send().await.expect(200);
    accept(&ani, &token).await.expect_problem(409, "invitation-refused");
    two.post(&format!("/v1/admin/users/{}/unblock", one.id())).send().await.expect(200);
    two.delete(&format!("/v1/admin/users/{}/roles/operator", one.id())).send().await.expect(204);
    accept(&ani, &token).await.expect_problem(409, "invitation-refused");
    assert_eq!(holders(&app, Role::Operator).await, 1);
}

async fn a_member_is_not_invited_down(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let token = link(&shop.owner, &shop.path("/invitations"), json!({"role": "staff"})).await;
    accept(&shop.owner, &token).await.expect_problem(409, "already-member");
    // It is still there for somebody else.
    let ani = app.buyer("Ani").await;
    accept(&ani, &token).await.expect(200);
}

async fn roles_on_the_platform_and_in_work_units_are_offered(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let token = link(&operator, "/v1/admin/invitations", json!({"role": "auditor"})).await;
    accept(&ani, &token).await.expect(200);
    ani.get("/v1/admin/audit").send().await.expect(200);
    let again = link(&operator, "/v1/admin/invitations", json!({"role": "auditor"})).await;
    accept(&ani, &again).await.expect_problem(409, "already-member");
    let listed = operator.get("/v1/admin/invitations").send().await.expect(200).json();
    assert_eq!(list(&listed["items"]).len(), 2);
    let open = format!("/v1/admin/invitations/{}", text(&listed["items"][0]["id"]));
    operator.delete(&open).send().await.expect(204);

    let body = json!({"code": "1.02.01", "name": "Dinas"});
    let made = operator.post("/v1/admin/work-units").json(body).send().await.expect(201).json();
    let path = format!("/v1/admin/work-units/{}/invitations", text(&made["id"]));
    let body = json!({"role": "treasurer", "decree": "800/1/2026", "valid_from": "2026-11-01", "valid_to": "2026-11-30"});
    let token = link(&operator, &path, body.clone()).await;
    accept(&ani, &token).await.expect(200);
    let me = ani.get("/v1/me").send().await.expect(200).json();
    assert_eq!(me["work_units"][0]["role"], "treasurer");
    app.advance(Duration::days(7));
    assert_eq!(ani.get("/v1/me").send().await.expect(200).json()["work_units"], json!([]));

    let unused = operator.post(&path).json(body.clone()).send().await.expect(201).json();
    let revoke = format!("{path}/{}", text(&unused["id"]));
    operator.delete(&revoke).send().await.expect(204);
    assert_eq!(list(&operator.get(&path).send().await.expect(200).json()["items"]).len(), 2);
    let nowhere = "/v1/admin/work-units/01900000-0000-7000-8000-00000000dead/invitations";
    operator.post(nowhere).json(body).send().await.expect_problem(404, "not-found");
    operator.get(nowhere).send().await.expect_problem(404, "not-found");
}

async fn nobody_floods_others_with_invitations(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    for _ in 0..100 {
        invite(&shop.owner, &shop, json!({"role": "staff"})).await.expect(201);
    }
    let body = json!({"role": "staff", "phone": "081290007777"});
    invite(&shop.owner, &shop, body.clone()).await.expect_problem(429, "too-many-invitations");
    app.advance(Duration::days(1));
    invite(&shop.owner, &shop, body).await.expect(201);
}
