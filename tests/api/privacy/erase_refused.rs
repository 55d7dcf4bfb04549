//! Who cannot be forgotten yet.

use chrono::Duration;
use lapak::identity::entity::{membership, user};
use lapak::web::Role;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::deeds;
use super::erase::erase;
use crate::support::people::PASSWORD;
use crate::support::{Person, TestApp, both};

both![
    it_needs_the_password,
    not_while_orders_are_under_way,
    not_while_money_is_owed,
    not_the_last_owner_of_a_shop,
    of_two_owners_at_once_one_stays with "database.max_connections = 16",
    of_two_operators_at_once_one_stays with "database.max_connections = 16",
];

async fn erased(app: &TestApp) -> u64 {
    let erased = user::Entity::find().filter(user::Column::Status.eq(user::Status::Erased));
    erased.count(app.db.read()).await.unwrap()
}

async fn it_needs_the_password(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let problem = erase(&ani, "salah-sekali").await.expect_problem(422, "invalid");
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&"/password".into(), &"wrong-password".into())
    );
    app.advance(Duration::minutes(11));
    erase(&ani, PASSWORD).await.expect_problem(403, "step-up-required");
    assert_eq!((erased(&app).await, deeds(&app, "person.erased").await.len()), (0, 0));
    ani.get("/v1/me").send().await.expect(200);
}

async fn not_while_orders_are_under_way(app: TestApp) {
    let shop = app.vendor("Dapur").await;
    let product = shop.product("Keripik").create().await;
    let ani = app.buyer("Ani").await;
    let purchase = ani.buy(&product).await;
    erase(&ani, PASSWORD).await.expect_problem(409, "orders-under-way");
    ani.settle(&purchase).await.expect(200);
    let order = &purchase.orders[0];
    for act in ["accept", "ship", "deliver"] {
        shop.moves(order, act).await.expect(200);
        erase(&ani, PASSWORD).await.expect_problem(409, "orders-under-way");
    }
    ani.moves(order, "receive").await.expect(200);
    erase(&ani, PASSWORD).await.expect(204);
}

async fn not_while_money_is_owed(app: TestApp) {
    let shop = app.vendor("Dapur").await;
    let product = shop.product("Keripik").create().await;
    let ani = app.buyer("Ani").await;
    let purchase = ani.buy(&product).await;
    ani.settle(&purchase).await.expect(200);
    ani.moves(&purchase.orders[0], "cancel").await.expect(200);
    erase(&ani, PASSWORD).await.expect_problem(409, "money-owed");
    app.run_jobs().await;
    erase(&ani, PASSWORD).await.expect(204);
}

async fn not_the_last_owner_of_a_shop(app: TestApp) {
    let shop = app.vendor("Dapur").await;
    erase(&shop.owner, PASSWORD).await.expect_problem(409, "last-owner");
    let budi = app.buyer("Budi").await;
    budi.grant(Role::VendorStaff, shop.id.parse().unwrap()).await;
    erase(&shop.owner, PASSWORD).await.expect_problem(409, "last-owner");
    budi.grant(Role::VendorOwner, shop.id.parse().unwrap()).await;
    erase(&shop.owner, PASSWORD).await.expect(204);
    erase(&budi, PASSWORD).await.expect_problem(409, "last-owner");
}

/// Both at once, over and over: never both.
async fn race(app: &TestApp, one: &Person, two: &Person, role: Role, at: Uuid, code: &str) {
    one.token().await;
    two.token().await;
    let (first, second) = tokio::join!(erase(one, PASSWORD), erase(two, PASSWORD));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409], "{} {}", first.text(), second.text());
    let refused = if first.status == 409 { first } else { second };
    refused.expect_problem(409, code);
    let left = membership::Entity::find()
        .filter(membership::Column::ScopeId.eq(at))
        .filter(membership::Column::Role.eq(role.name()))
        .count(app.db.read())
        .await
        .unwrap();
    assert_eq!(left, 1);
}

async fn of_two_owners_at_once_one_stays(app: TestApp) {
    for name in ["Dapur", "Bengkel", "Warung"] {
        let shop = app.vendor(name).await;
        let at = shop.id.parse().unwrap();
        let partner = app.buyer("Mitra").await;
        partner.grant(Role::VendorOwner, at).await;
        race(&app, &shop.owner, &partner, Role::VendorOwner, at, "last-owner").await;
    }
}

async fn of_two_operators_at_once_one_stays(app: TestApp) {
    let (one, two) = (app.operator().await, app.operator().await);
    race(&app, &one, &two, Role::Operator, Uuid::nil(), "last-operator").await;
}
