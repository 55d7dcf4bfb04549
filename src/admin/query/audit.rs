//! Reading the audit trail.

use std::collections::HashSet;
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::admin::error::AdminError;
use crate::kernel::{AuditEventId, Cursor, Page, UserId};
use crate::platform::audit::address_place;
use crate::platform::audit::entity::{Column, Entity, Model};
use crate::platform::person;
use crate::platform::sealed::Sealer;
use crate::web::query::PageOf;

/// Which events somebody wants to see.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Done by this person.
    pub actor: Option<UserId>,
    /// Of this kind, e.g. `vendor.verified`.
    pub action: Option<String>,
    /// Done to this object.
    pub object: Option<Uuid>,
    /// At this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.actor.map(|actor| Column::ActorId.eq(actor)))
            .add_option(self.action.as_ref().map(|action| Column::Action.eq(action.as_str())))
            .add_option(self.object.map(|object| Column::ObjectId.eq(object)))
            .add_option(self.from.map(|from| Column::CreatedAt.gte(from)))
            .add_option(self.to.map(|to| Column::CreatedAt.lt(to)))
    }
}

/// An event with the address it came from; nothing where there was none or its person is erased.
#[derive(Debug)]
pub struct Event {
    /// What is stored.
    pub row: Model,
    /// The address, opened.
    pub address: Option<IpAddr>,
}

/// One page of events, the newest first.
pub async fn page(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    filter: &Filter,
    page: PageOf,
) -> Result<Page<Event>, AdminError> {
    let mut select = Entity::find().filter(filter.condition()).order_by_desc(Column::Id);
    if let Some(after) = page.after {
        select = select.filter(Column::Id.lt(AuditEventId(after.id)));
    }
    let rows = select.limit(page.limit + 1).all(db).await?;
    let rows = Page::cut(rows, page.limit, |row| Cursor::after(row.id));
    let items = with_addresses(db, sealer, rows.items).await?;
    Ok(Page { items, next_cursor: rows.next_cursor })
}

/// Some events after one, the oldest first.
pub async fn batch(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    filter: &Filter,
    (after, limit): (Uuid, u64),
) -> Result<Vec<Event>, AdminError> {
    let rows: Result<_, DbErr> = Entity::find()
        .filter(filter.condition())
        .filter(Column::Id.gt(AuditEventId(after)))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await;
    with_addresses(db, sealer, rows?).await
}

/// Opens the addresses of all rows with one look at the keys of their people.
async fn with_addresses(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    rows: Vec<Model>,
) -> Result<Vec<Event>, AdminError> {
    let actors: HashSet<UserId> = rows.iter().filter_map(|row| row.actor_id).collect();
    let keys = person::find_all(db, sealer, actors).await?;
    let open = |row: &Model| {
        let key = keys.get(&row.actor_id?)?;
        // A key that was made anew after an erasure opens nothing of before.
        key.open(&address_place(row.id), row.address_sealed.as_deref()?).ok()?.parse().ok()
    };
    Ok(rows.into_iter().map(|row| Event { address: open(&row), row }).collect())
}
