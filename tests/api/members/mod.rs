//! Roles on the platform, members of shops, work units and invitations: who may give what, and what holds when.

mod invitations;
mod people;
mod races;
mod units;
mod vendors;

use lapak::identity::entity::membership;
use lapak::web::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::{Person, Reply, Shop, TestApp};

/// Somebody who joins a shop through an invitation of its owner.
async fn joins(app: &TestApp, shop: &Shop, name: &str, role: &str) -> Person {
    let person = app.buyer(name).await;
    let token = invite(&shop.owner, shop, json!({"role": role})).await.expect(201).json()["token"].clone();
    accept(&person, &token).await.expect(200);
    person
}

async fn invite(by: &Person, shop: &Shop, body: Value) -> Reply {
    by.post(&shop.path("/invitations")).json(body).send().await
}

async fn accept(by: &Person, token: &Value) -> Reply {
    by.post("/v1/invitations/accept").json(json!({"token": token})).send().await
}

fn member_path(shop: &Shop, person: &Person) -> String {
    shop.path(&format!("/members/{}", person.id()))
}

async fn change(by: &Person, shop: &Shop, whom: &Person, body: Value) -> Reply {
    let seen = version(by.app(), whom).await;
    by.patch(&member_path(shop, whom)).header("if-match", &seen).json(body).send().await
}

/// The version of what somebody holds; people in these tests hold one thing at a time.
async fn version(app: &TestApp, whom: &Person) -> String {
    let row = membership::Entity::find().filter(membership::Column::UserId.eq(whom.id()));
    let version = row.one(app.db.read()).await.unwrap().map_or(1, |row| row.version);
    format!("\"{version}\"")
}

async fn remove(by: &Person, shop: &Shop, whom: &Person) -> Reply {
    by.delete(&member_path(shop, whom)).send().await
}

/// How many people hold a role.
async fn holders(app: &TestApp, role: Role) -> usize {
    let rows = membership::Entity::find()
        .filter(membership::Column::Scope.eq(role.scope().name()))
        .filter(membership::Column::Role.eq(role.name()));
    rows.all(app.db.read()).await.unwrap().len()
}

/// The acts in the audit trail, the oldest first, without those by which people arrive.
async fn deeds(app: &TestApp) -> Vec<String> {
    use lapak::platform::audit::entity::{Column, Entity};
    use sea_orm::QueryOrder;
    let rows = Entity::find().order_by_asc(Column::Id).all(app.db.read()).await.unwrap();
    let deeds = rows.into_iter().map(|row| row.action);
    deeds.filter(|deed| !matches!(deed.as_str(), "user.registered" | "session.opened")).collect()
}
