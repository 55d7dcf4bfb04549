//! The shop takes an order on.

use super::stock::commit_stock;
use super::{By, advance};
use crate::app::App;
use crate::kernel::{OrderId, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::Status;
use crate::orders::query::{self, Whole};

/// The shop takes an order on. Cash on delivery sells the goods now; otherwise the payment did.
pub async fn accept(app: &App, vendor: VendorId, id: OrderId, by: UserId) -> Result<Whole, OrderError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut orders = [query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    advance(&txn, &mut orders, Status::Accepted, (By::person(Actor::Vendor, by), None), now).await?;
    commit_stock(&txn, &mut orders, now).await?;
    app.commit(txn).await?;
    let [accepted] = orders;
    Ok(accepted)
}
