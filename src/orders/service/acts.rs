//! What happened around an order, for its timeline.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, Set};
use serde_json::Value;
use uuid::Uuid;

use super::By;
use crate::kernel::{OrderActId, OrderId};
use crate::orders::entity::act::{ActiveModel, Entity, Kind};

/// Writes one act: ids, codes and amounts only, nothing that anybody typed.
pub async fn write(
    txn: &DatabaseTransaction,
    (order_id, object_id): (OrderId, Uuid),
    (kind, by): (Kind, By),
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(OrderActId::generate()),
        order_id: Set(order_id),
        kind: Set(kind),
        actor: Set(by.actor),
        actor_id: Set(by.user_id),
        object_id: Set(object_id),
        detail: Set(detail.to_string()),
        created_at: Set(now),
    };
    Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}
