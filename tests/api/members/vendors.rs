//! Members of a shop.

use lapak::identity::MemberError;
use lapak::identity::service::members;
use lapak::web::Role;
use serde_json::json;

use super::{change, deeds, holders, invite, joins, member_path, remove};
use crate::support::{Person, TestApp, both, list};

both![
    a_manager_cannot_make_itself_owner,
    a_manager_touches_staff_only,
    staff_changes_nobody,
    what_staff_may_do_is_limited_at_once,
    members_leave,
    the_last_owner_stays,
    nobody_goes_who_is_needed,
    members_are_changed_only_after_a_recent_login,
    members_are_listed_without_addresses,
];

async fn a_manager_cannot_make_itself_owner(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let manager = joins(&app, &shop, "Mira", "manager").await;
    for body in [json!({"role": "owner"}), json!({"role": "owner", "permissions": null})] {
        change(&manager, &shop, &manager, body.clone()).await.expect_problem(403, "not-permitted");
        let staff = joins(&app, &shop, "Sari", "staff").await;
        change(&manager, &shop, &staff, body).await.expect_problem(403, "not-permitted");
    }
    invite(&manager, &shop, json!({"role": "owner"})).await.expect_problem(403, "not-permitted");
    invite(&manager, &shop, json!({"role": "manager"})).await.expect_problem(403, "not-permitted");
    assert_eq!(holders(&app, Role::VendorOwner).await, 1);
}

async fn a_manager_touches_staff_only(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let manager = joins(&app, &shop, "Mira", "manager").await;
    let colleague = joins(&app, &shop, "Maya", "manager").await;
    let staff = joins(&app, &shop, "Sari", "staff").await;
    for boss in [&shop.owner, &colleague] {
        change(&manager, &shop, boss, json!({"role": "staff"})).await.expect_problem(403, "not-permitted");
        remove(&manager, &shop, boss).await.expect_problem(403, "not-permitted");
    }
    let limited = change(&manager, &shop, &staff, json!({"permissions": ["orders", "stock"]})).await;
    assert_eq!(limited.expect(200).json()["permissions"], json!(["stock", "orders"]));
    remove(&manager, &shop, &staff).await.expect(204);
    remove(&manager, &shop, &staff).await.expect_problem(404, "not-found");
}

async fn staff_changes_nobody(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let (staff, other) =
        (joins(&app, &shop, "Sari", "staff").await, joins(&app, &shop, "Sita", "staff").await);
    for whom in [&staff, &other, &shop.owner] {
        change(&staff, &shop, whom, json!({"role": "manager"})).await.expect_problem(403, "role-missing");
    }
    for whom in [&other, &shop.owner] {
        remove(&staff, &shop, whom).await.expect_problem(403, "not-permitted");
    }
    invite(&staff, &shop, json!({"role": "staff"})).await.expect_problem(403, "role-missing");
    staff.get(&shop.path("/members")).send().await.expect_problem(403, "role-missing");
}

async fn what_staff_may_do_is_limited_at_once(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let product = shop.product("Keripik").create().await;
    let staff = joins(&app, &shop, "Sari", "staff").await;
    let stock = async || {
        let path = shop.path(&format!("/variants/{}/stock", product.variant()));
        staff.put(&path).json(json!({"on_hand": 7, "reason": "count"})).send().await
    };
    stock().await.expect(200);
    change(&shop.owner, &shop, &staff, json!({"permissions": ["orders"]})).await.expect(200);
    stock().await.expect_problem(403, "not-permitted");
    staff.get(&shop.path("/orders")).send().await.expect(200);
    // Nothing said, nothing changed; null lifts the limit.
    let same = change(&shop.owner, &shop, &staff, json!({})).await.expect(200).json();
    assert_eq!(same["permissions"], json!(["orders"]));
    change(&shop.owner, &shop, &staff, json!({"permissions": null})).await.expect(200);
    stock().await.expect(200);

    for wrong in [json!({"permissions": []}), json!({"permissions": ["payments"]}), json!({"role": "boss"})] {
        change(&shop.owner, &shop, &staff, wrong).await.expect_problem(422, "invalid");
    }
    // Two leads at once: the second one has not seen what the first one did.
    let late = shop.owner.patch(&member_path(&shop, &staff)).header("if-match", "\"1\"");
    late.json(json!({"permissions": ["stock"]})).send().await.expect_problem(412, "stale");
    let both = json!({"role": "manager", "permissions": ["stock"]});
    change(&shop.owner, &shop, &staff, both).await.expect_problem(422, "invalid");
    change(&shop.owner, &shop, &staff, json!({"permissions": ["stock"]})).await.expect(200);
    let raised = change(&shop.owner, &shop, &staff, json!({"role": "manager"})).await.expect(200).json();
    assert_eq!(raised["permissions"], json!(null));
    assert!(deeds(&app).await.iter().filter(|deed| *deed == "member.changed").count() >= 4);
}

async fn members_leave(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    for role in ["staff", "manager", "owner"] {
        let person = joins(&app, &shop, role, role).await;
        person.get(&shop.path("/profile")).send().await.expect(200);
        remove(&person, &shop, &person).await.expect(204);
        person.get(&shop.path("/profile")).send().await.expect_problem(403, "role-missing");
    }
    assert_eq!(deeds(&app).await.iter().filter(|deed| *deed == "member.left").count(), 3);
}

async fn the_last_owner_stays(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    joins(&app, &shop, "Mira", "manager").await;
    remove(&shop.owner, &shop, &shop.owner).await.expect_problem(409, "last-owner");
    let step_down = json!({"role": "staff"});
    change(&shop.owner, &shop, &shop.owner, step_down.clone()).await.expect_problem(409, "last-owner");
    let heir = joins(&app, &shop, "Wati", "owner").await;
    change(&shop.owner, &shop, &shop.owner, step_down.clone()).await.expect(200);
    change(&heir, &shop, &heir, step_down).await.expect_problem(409, "last-owner");

    // An owner who cannot sign in is none who could decide.
    change(&heir, &shop, &shop.owner, json!({"role": "owner"})).await.expect(200);
    let operator = app.operator().await;
    let block = format!("/v1/admin/users/{}/block", shop.owner.id());
    operator.post(&block).send().await.expect(200);
    remove(&heir, &shop, &heir).await.expect_problem(409, "last-owner");
}

async fn nobody_goes_who_is_needed(app: TestApp) {
    let (shop, operator) = (app.vendor("Toko Satu").await, app.operator().await);
    let may_go = async |person: &Person| {
        let txn = app.db.begin().await.unwrap();
        members::may_go(&txn, person.id(), app.now()).await
    };
    assert!(matches!(may_go(&shop.owner).await, Err(MemberError::LastOwner)));
    assert!(matches!(may_go(&operator).await, Err(MemberError::LastOperator)));
    joins(&app, &shop, "Wati", "owner").await;
    app.operator().await;
    may_go(&shop.owner).await.unwrap();
    may_go(&operator).await.unwrap();
    may_go(&app.buyer("Ani").await).await.unwrap();
}

async fn members_are_changed_only_after_a_recent_login(app: TestApp) {
    let shop = app.vendor("Toko Satu").await;
    let staff = joins(&app, &shop, "Sari", "staff").await;
    let token = shop.owner.token().await;
    app.advance(chrono::Duration::minutes(11));
    let member = member_path(&shop, &staff);
    for request in [
        app.patch(&member).json(json!({"role": "owner"})),
        app.delete(&member),
        app.post(&shop.path("/invitations")).json(json!({"role": "owner"})),
    ] {
        request.bearer(&token).send().await.expect_problem(403, "step-up-required");
    }
    app.get(&shop.path("/members")).bearer(&token).send().await.expect(200);
    assert_eq!(holders(&app, Role::VendorOwner).await, 1);
}

async fn members_are_listed_without_addresses(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Satu").await, app.vendor("Toko Dua").await);
    for name in ["Sari", "Sita"] {
        joins(&app, &shop, name, "staff").await;
    }
    let first = shop.owner.get(&shop.path("/members?limit=2")).send().await.expect(200);
    assert!(first.statements <= 3 && !first.text().contains(shop.owner.login()));
    let page = first.json();
    assert_eq!(page["items"][0]["role"], "owner");
    assert_eq!(page["items"][0]["email"], "p***@contoh.id");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = shop.owner.get(&shop.path(&format!("/members?limit=2&cursor={cursor}"))).send().await;
    let rest = rest.expect(200).json();
    assert_eq!(list(&rest["items"]).len(), 1);
    assert_eq!(rest["items"][0]["permissions"], json!(null));
    // A member of another shop is nobody here.
    let foreign = change(&shop.owner, &shop, &other.owner, json!({"role": "staff"})).await;
    foreign.expect_problem(404, "not-found");
    shop.owner.delete(&member_path(&other, &other.owner)).send().await.expect_problem(404, "not-found");
}
