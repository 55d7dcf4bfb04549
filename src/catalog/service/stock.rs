//! Counting stock.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::movement::Reason;
use crate::catalog::entity::stock;
use crate::catalog::error::CatalogError;
use crate::catalog::query::variant_of;
use crate::catalog::stock::{Counted, set_on_hand};
use crate::kernel::{UserId, VariantId, VendorId};

/// Sets what is on hand of a variant of this shop.
pub async fn set_stock(
    app: &App,
    (vendor_id, variant_id): (VendorId, VariantId),
    on_hand: i32,
    reason: Reason,
    actor: UserId,
) -> Result<stock::Model, CatalogError> {
    let txn = app.db.begin().await?;
    variant_of(&txn, vendor_id, variant_id).await?;
    let stock = set_stock_in(&txn, (variant_id, on_hand), (reason, actor), app.now()).await?;
    app.commit(txn).await?;
    Ok(stock)
}

/// The same of a variant that is known to be the shop's, in a transaction of the caller.
pub(in crate::catalog) async fn set_stock_in(
    txn: &DatabaseTransaction,
    (variant_id, on_hand): (VariantId, i32),
    (reason, actor): (Reason, UserId),
    now: DateTime<Utc>,
) -> Result<stock::Model, CatalogError> {
    match set_on_hand(txn, variant_id, on_hand, (reason, Some(actor)), now).await? {
        Counted::Unknown => Err(CatalogError::NotFound),
        Counted::BelowReserved(stock) => Err(CatalogError::StockReserved(stock)),
        Counted::Set(stock, moved) => {
            changes::availability_moved(txn, &[moved], now).await?;
            Ok(stock)
        }
    }
}
