//! Counting stock.

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
    let now = app.now();
    let txn = app.db.begin().await?;
    variant_of(&txn, vendor_id, variant_id).await?;
    match set_on_hand(&txn, variant_id, on_hand, (reason, Some(actor)), now).await? {
        Counted::Unknown => Err(CatalogError::NotFound),
        Counted::BelowReserved(stock) => Err(CatalogError::StockReserved(stock)),
        Counted::Set(stock, moved) => {
            changes::availability_moved(&txn, &[moved], now).await?;
            app.commit(txn).await?;
            Ok(stock)
        }
    }
}
