//! How buyers pay a shop itself: for its owners.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::kernel::fields::{Fault, Fields};
use crate::kernel::qris::{Qris, QrisError};
use crate::kernel::{Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::entity::payment_settings::Model;
use crate::vendors::query;
use crate::vendors::service::direct;
use crate::web::authz::VENDOR_LEADS;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson};

// Without an area: no program says where money goes.
pub const SET: Policy = Policy::any_of(&[Role::VendorOwner]).on("vendor", "vendor_id").step_up();
pub const READ: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);

/// How buyers pay the shop itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentSettingsIn {
    /// Whether somebody who ordered is shown the shop's account at the bank.
    bank_account: bool,
    /// The text of the shop's own static QRIS code; `null` for none.
    #[serde(default)]
    qris: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct PaymentSettingsOut {
    bank_account: bool,
    qris: Option<String>,
    /// Whom the code pays.
    qris_name: Option<String>,
    qris_nmid: Option<String>,
}

impl PaymentSettingsOut {
    fn of(row: Option<Model>) -> Json<Self> {
        let code = row.as_ref().and_then(|row| Qris::parse(row.qris.as_deref()?).ok());
        Json(Self {
            bank_account: row.as_ref().is_some_and(|row| row.bank_account),
            qris_name: code.as_ref().map(|code| code.merchant_name().to_owned()),
            qris_nmid: code.as_ref().and_then(Qris::nmid),
            qris: row.and_then(|row| row.qris),
        })
    }
}

fn parse(text: &str) -> Result<Qris, Fault> {
    let code = Qris::parse(text).map_err(|error| match error {
        QrisError::Foreign => Fault::new(
            "qris-foreign",
            "Kode ini bukan QRIS merchant Indonesia dalam rupiah.",
            "This code is not of an Indonesian merchant in rupiah.",
        ),
        _ => Fault::new(
            "qris",
            "Kode QRIS tidak utuh; salin seluruh isinya.",
            "The QRIS code is not whole; copy all of it.",
        ),
    })?;
    if code.is_static() && code.amount().is_none() {
        return Ok(code);
    }
    Err(Fault::new(
        "qris-dynamic",
        "Pakai QRIS statis tanpa nominal; nominal diisi sendiri.",
        "Use the static code without an amount; the amount is filled in.",
    ))
}

/// Say how buyers pay the shop itself. Its code must be whole, Indonesian and static.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/payment-settings", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), request_body = PaymentSettingsIn,
    responses((status = 200, body = PaymentSettingsOut), (status = 409, description = "`vendor-locked`"),
        (status = 422, description = "`qris`, `qris-foreign`, `qris-dynamic`")))]
pub async fn set_payment_settings(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<PaymentSettingsIn>,
) -> Result<Json<PaymentSettingsOut>, Problem> {
    let mut fields = Fields::new();
    let qris = fields.take_opt("/qris", body.qris.as_deref().map(parse));
    let qris = qris.ok_or_else(|| fields.into_problem())?;
    let row = direct::set(&app, (caller.user_id, &who), id, (body.bank_account, qris)).await?;
    Ok(PaymentSettingsOut::of(Some(row)))
}

/// Show how buyers pay the shop itself.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/payment-settings", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), responses((status = 200, body = PaymentSettingsOut)))]
pub async fn get_payment_settings(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
) -> Result<Json<PaymentSettingsOut>, Problem> {
    Ok(PaymentSettingsOut::of(query::payment_settings(app.db.read(), id).await?))
}
