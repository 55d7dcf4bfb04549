//! An officer reads an identity number in full, and that is written down.

use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::papers;
use crate::app::App;
use crate::kernel::VendorId;
use crate::platform::audit::{self, Deed, Who};
use crate::vendors::entity::vendor;
use crate::vendors::error::VendorError;
use crate::vendors::query;

/// Which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Number {
    /// Of the owner.
    Nik,
    /// Of the business or the owner.
    Npwp,
}

/// A number in full. Whoever cannot be written down as its reader does not get it.
pub async fn reveal(
    app: &App,
    who: &Who,
    id: VendorId,
    number: Number,
    reason: &str,
) -> Result<String, VendorError> {
    let txn = app.db.begin().await?;
    let vendor = query::find(&txn, id).await?.ok_or(VendorError::NotFound)?;
    let value = read(app, &vendor, number)?;
    write_down(app, &txn, who, &vendor, json!({"field": number, "reason": reason})).await?;
    app.commit(txn).await?;
    Ok(value)
}

fn read(app: &App, vendor: &vendor::Model, number: Number) -> Result<String, VendorError> {
    let (sealed, opened) = match number {
        Number::Nik => (&vendor.nik_sealed, papers::nik(&app.sealer, vendor)),
        Number::Npwp => (&vendor.npwp_sealed, papers::npwp(&app.sealer, vendor)),
    };
    match (sealed, opened) {
        (None, _) => Err(VendorError::NotGiven),
        (Some(_), None) => Err(VendorError::Unreadable),
        (Some(_), Some(value)) => Ok(value),
    }
}

async fn write_down(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    vendor: &vendor::Model,
    detail: serde_json::Value,
) -> Result<(), VendorError> {
    let deed = Deed { action: "vendor.revealed", object: ("vendor", vendor.id.into()), detail };
    audit::record(txn, &app.sealer, who, deed, app.now()).await?;
    Ok(())
}
