//! What people may ask about their own data: addresses, consents, a copy of everything, and to be forgotten; and how the
//! numbers that identify them are kept.

mod addresses;
mod consents;
mod erase;
mod erase_refused;
mod export;
mod keys;
mod reveal;

use lapak::platform::audit::entity::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::support::TestApp;

/// The audit rows of one action, the oldest first.
async fn deeds(app: &TestApp, action: &str) -> Vec<Model> {
    Entity::find()
        .filter(Column::Action.eq(action))
        .order_by_asc(Column::Id)
        .all(app.db.read())
        .await
        .unwrap()
}
