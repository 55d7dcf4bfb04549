//! An officer decides about a product in review.

use sea_orm::{EntityTrait, Set};
use serde_json::json;

use super::papers::settle_one;
use super::publish::{forget_schedule, scheduled_for, set_status};
use super::values::check_stored;
use super::words::check_product;
use crate::app::App;
use crate::catalog::entity::product::{self, Entity, Status};
use crate::catalog::entity::review;
use crate::catalog::error::CatalogError;
use crate::catalog::model::life::Mover;
use crate::kernel::{ProductId, ProductReviewId, UserId};
use crate::platform::audit::{self, Deed, Who};

/// What the officer decides.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Published, or back to the shop.
    pub approve: bool,
    /// Why; the shop reads it.
    pub note: Option<String>,
    /// The version that was looked at; a later one is not approved unseen.
    pub version: Option<i32>,
}

/// Writes the decision and moves the product.
pub async fn decide(
    app: &App,
    (actor, who): (UserId, &Who),
    product_id: ProductId,
    decision: Decision,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let before = Entity::find_by_id(product_id).one(&txn).await?.ok_or(CatalogError::NotFound)?;
    if before.status != Status::InReview {
        return Err(CatalogError::WrongStatus(before.status));
    }
    if decision.version.is_some_and(|version| version != before.version) {
        return Err(CatalogError::Stale);
    }
    if decision.approve {
        check_product(&txn, &before).await?;
        check_stored(&txn, &before).await?;
    }
    let to = match scheduled_for(&txn, product_id).await? {
        _ if !decision.approve => Status::Draft,
        Some(publish_at) if publish_at > now => Status::Scheduled,
        _ => Status::Published,
    };
    if to != Status::Scheduled {
        forget_schedule(&txn, product_id).await?;
    }
    let row = review::ActiveModel {
        id: Set(ProductReviewId::generate()),
        product_id: Set(product_id),
        from_status: Set(before.status),
        to_status: Set(to),
        note: Set(decision.note),
        actor_id: Set(actor),
        created_at: Set(now),
    };
    review::Entity::insert(row).exec_without_returning(&txn).await?;
    let deed = Deed {
        action: if decision.approve { "product.approved" } else { "product.rejected" },
        object: ("product", product_id.into()),
        detail: json!({"version": before.version}),
    };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    let product = set_status(&txn, before, (to, Mover::Office), now).await?;
    let product = settle_one(&txn, app, product).await?;
    app.commit(txn).await?;
    Ok(product)
}
