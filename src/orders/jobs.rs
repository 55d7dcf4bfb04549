//! What follows from a move of an order: `orders.moved` tells the people it concerns.

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::entity::{event, order};
use crate::app::App;
use crate::kernel::OrderEventId;
use crate::platform::jobs::{Job, JobError};

/// Tells buyer and shop that an order moved.
#[derive(Debug, Serialize, Deserialize)]
pub struct OrderMoved {
    /// The move.
    pub event_id: OrderEventId,
}

impl Job<App> for OrderMoved {
    const KIND: &'static str = "orders.moved";

    async fn run(self, app: App) -> Result<(), JobError> {
        let Some(event) = event::Entity::find_by_id(self.event_id)
            .one(app.db.read())
            .await?
        else {
            return Err(JobError(format!("order event {} is gone", self.event_id)));
        };
        let Some(order) = order::Entity::find_by_id(event.order_id)
            .one(app.db.read())
            .await?
        else {
            return Err(JobError(format!("order {} is gone", event.order_id)));
        };
        // Mail and messages come with the notifications feature; until then the log is the message.
        tracing::info!(
            order.id = %order.id,
            order.number = order.number,
            order.from = ?event.from_status,
            order.to = ?event.to_status,
            buyer.id = %order.buyer_id,
            vendor.id = %order.vendor_id,
            "order moved"
        );
        Ok(())
    }
}
