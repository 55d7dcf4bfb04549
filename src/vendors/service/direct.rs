//! How buyers pay a shop itself: into its own account, or by its own QRIS.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::bank;
use crate::app::App;
use crate::kernel::qris::Qris;
use crate::kernel::{UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::vendors::entity::payment_settings::{Column, Entity, Model};
use crate::vendors::entity::vendor::Status;
use crate::vendors::error::VendorError;
use crate::vendors::query;

/// Replaces how buyers pay the shop itself.
pub async fn set(
    app: &App,
    (actor, who): (UserId, &Who),
    vendor_id: VendorId,
    (bank_account, qris): (bool, Option<Qris>),
) -> Result<Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = query::locked(&txn, vendor_id).await?.ok_or(VendorError::NotFound)?;
    if vendor.status == Status::Withdrawn {
        return Err(VendorError::Locked(vendor.status));
    }
    let row = Model {
        vendor_id,
        bank_account,
        qris: qris.as_ref().map(ToString::to_string),
        updated_by: actor,
        updated_at: now,
    };
    let mut replace = OnConflict::column(Column::VendorId);
    replace.update_columns([Column::BankAccount, Column::Qris, Column::UpdatedBy, Column::UpdatedAt]);
    let stored = row.clone().into_active_model().reset_all();
    Entity::insert(stored).on_conflict(replace).exec_without_returning(&txn).await?;
    let nmid = qris.as_ref().and_then(Qris::nmid);
    let detail = json!({"bank_account": bank_account, "qris": qris.is_some(), "nmid": nmid});
    let deed =
        Deed { action: "vendor.payment_settings_changed", object: ("vendor", vendor_id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// What somebody who ordered needs in order to pay the shop.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    pub bank_code: Option<String>,
    pub number: Option<String>,
    pub holder: Option<String>,
    /// The static code of the shop.
    pub qris: Option<Qris>,
}

impl Destination {
    /// True if there is no way to pay the shop itself.
    pub fn is_empty(&self) -> bool {
        self.number.is_none() && self.qris.is_none()
    }
}

/// Where buyers pay a shop itself now. An account counts only after its waiting time.
pub async fn destination(
    app: &App,
    db: &impl sea_orm::ConnectionTrait,
    vendor_id: VendorId,
) -> Result<Destination, VendorError> {
    let Some(settings) = query::payment_settings(db, vendor_id).await? else {
        return Ok(Destination::default());
    };
    let qris = settings.qris.as_deref().and_then(|text| Qris::parse(text).ok());
    let account = match settings.bank_account {
        true => query::payout_account(db, vendor_id, app.now()).await?,
        false => None,
    };
    let Some((number, holder)) = account.as_ref().and_then(|row| bank::opened(&app.sealer, row).ok()) else {
        return Ok(Destination { qris, ..Destination::default() });
    };
    let bank_code = account.map(|row| row.bank_code);
    Ok(Destination { bank_code, number: Some(number), holder: Some(holder), qris })
}
