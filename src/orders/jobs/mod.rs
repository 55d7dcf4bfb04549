//! What follows from orders: `orders.placed` and `orders.moved` tell the people they concern.
//!
//! A message may go out twice when a worker dies between sending and finishing; it is never lost.

mod texts;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::entity::{event, order};
use super::query;
use crate::app::App;
use crate::identity::entity::{membership, user};
use crate::kernel::{OrderEventId, PurchaseId};
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};
use crate::web::authz::{Role, Scope};

/// Confirms a purchase to its buyer, and tells the shops of orders that need no payment first.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurchasePlaced {
    /// Which one.
    pub purchase_id: PurchaseId,
}

impl Job<App> for PurchasePlaced {
    const KIND: &'static str = "orders.placed";

    async fn run(self, app: App) -> Result<(), JobError> {
        for whole in query::of_purchase(app.db.read(), self.purchase_id).await? {
            tell(&app, &whole.order, texts::Occasion::Placed).await?;
        }
        Ok(())
    }
}

/// Tells buyer and shop that an order moved.
#[derive(Debug, Serialize, Deserialize)]
pub struct OrderMoved {
    /// The move.
    pub event_id: OrderEventId,
}

impl Job<App> for OrderMoved {
    const KIND: &'static str = "orders.moved";

    async fn run(self, app: App) -> Result<(), JobError> {
        let event = event::Entity::find_by_id(self.event_id).one(app.db.read()).await?;
        let event = event.ok_or_else(|| JobError(format!("order event {} is gone", self.event_id)))?;
        let order = order::Entity::find_by_id(event.order_id).one(app.db.read()).await?;
        let order = order.ok_or_else(|| JobError(format!("order {} is gone", event.order_id)))?;
        tracing::info!(order.id = %order.id, order.from = ?event.from_status, order.to = ?event.to_status, "order moved");
        tell(&app, &order, texts::Occasion::Moved(event.to_status)).await
    }
}

async fn tell(app: &App, order: &order::Model, occasion: texts::Occasion) -> Result<(), JobError> {
    // The shop entered it itself, and its buyer has no account.
    if order.channel != order::Channel::Marketplace {
        return Ok(());
    }
    if let Some(text) = texts::for_buyer(order, occasion) {
        let buyer = user::Entity::find_by_id(order.buyer_id).one(app.db.read()).await?;
        if let Some(buyer) = buyer {
            send(app, order, &buyer, text).await?;
        }
    }
    if let Some(text) = texts::for_shop(order, occasion) {
        for owner in owners(app.db.read(), order).await? {
            send(app, order, &owner, text.clone()).await?;
        }
    }
    Ok(())
}

/// By e-mail, or to the phone of those who have none.
async fn send(app: &App, order: &order::Model, to: &user::Model, text: String) -> Result<(), JobError> {
    let Some(to) = Address::of(to.email.as_deref(), to.phone.as_deref()) else {
        // Whoever was erased is told nothing.
        return Ok(());
    };
    let message = Message { to, subject: format!("Pesanan {}", order.number), text };
    app.messenger.send(message, app.now()).await.map_err(JobError::new)
}

async fn owners(conn: &impl ConnectionTrait, order: &order::Model) -> Result<Vec<user::Model>, DbErr> {
    user::Entity::find()
        .filter(
            user::Column::Id.in_subquery(
                sea_orm::sea_query::Query::select()
                    .column(membership::Column::UserId)
                    .from(membership::Entity)
                    .and_where(membership::Column::Scope.eq(Scope::Vendor.name()))
                    .and_where(membership::Column::ScopeId.eq(order.vendor_id.0))
                    .and_where(membership::Column::Role.eq(Role::VendorOwner.name()))
                    .take(),
            ),
        )
        .all(conn)
        .await
}
