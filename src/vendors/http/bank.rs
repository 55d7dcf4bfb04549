//! Where a shop is paid: for its owners, and for the office.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::entity::bank_account;
use crate::vendors::model::numbers::{BANKS, BankAccount};
use crate::vendors::query;
use crate::vendors::service::bank::{self, MaskedAccount};
use crate::web::authz::VENDOR_LEADS;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson};

// Without an area: no program says where money goes.
pub const SET: Policy = Policy::any_of(&[Role::VendorOwner]).on("vendor", "vendor_id").step_up();
pub const READ: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);
pub const OFFICE: Policy = Policy::any_of(&[Role::Officer, Role::Finance, Role::Auditor])
    .on("vendor", "vendor_id")
    .area(Area::Office);

/// An account at a bank.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BankAccountIn {
    /// Three digits.
    #[schema(example = "110")]
    bank_code: String,
    /// 10 to 16 digits.
    number: String,
    /// As the bank has it.
    holder_name: String,
}

impl BankAccountIn {
    fn parse(&self) -> Result<(BankAccount, String), Problem> {
        let mut fields = Fields::new();
        let (bank, number) = BankAccount::parse(&self.bank_code, &self.number);
        let (bank, number) = (fields.take("/bank_code", bank), fields.take("/number", number));
        let holder = fields.take("/holder_name", text(&self.holder_name, 2, 120, false));
        match (bank, number, holder) {
            (Some(bank), Some(number), Some(holder)) => Ok((BankAccount::new(bank, number), holder)),
            _ => Err(fields.into_problem()),
        }
    }
}

/// An account with its middle hidden.
#[derive(Serialize, ToSchema)]
pub(super) struct BankAccountOut {
    bank_code: String,
    bank: Option<&'static str>,
    #[schema(example = "0012****7890")]
    number: Option<String>,
    #[schema(example = "S*** A***")]
    holder_name: Option<String>,
    /// From when on the shop is paid there.
    counts_from: DateTime<Utc>,
}

/// Where the shop is paid, and where it will be.
#[derive(Serialize, ToSchema)]
pub(super) struct BankAccountsOut {
    /// Counts now.
    current: Option<BankAccountOut>,
    /// Waits.
    waiting: Option<BankAccountOut>,
}

impl BankAccountsOut {
    fn of(app: &App, rows: Vec<bank_account::Model>) -> Json<Self> {
        let out = |row: bank_account::Model| {
            let masked = MaskedAccount::of(&app.sealer, &row);
            BankAccountOut {
                bank: BANKS.iter().find(|(code, _)| *code == row.bank_code).map(|(_, name)| *name),
                bank_code: row.bank_code,
                number: masked.number,
                holder_name: masked.holder,
                counts_from: row.counts_from,
            }
        };
        let (current, waiting) = bank::standing(rows, app.now());
        Json(Self { current: current.map(out), waiting: waiting.map(out) })
    }
}

/// Say where the shop is paid. It counts after a waiting time; all owners are told, and the office looks at it.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/bank-account", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), request_body = BankAccountIn,
    responses((status = 200, body = BankAccountsOut), (status = 409, description = "`vendor-locked`")))]
pub async fn set_bank_account(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<BankAccountIn>,
) -> Result<Json<BankAccountsOut>, Problem> {
    let rows = bank::set_account(&app, (caller.user_id, &who), id, body.parse()?).await?;
    Ok(BankAccountsOut::of(&app, rows))
}

/// Show where the shop is paid.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/bank-account", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), responses((status = 200, body = BankAccountsOut)))]
pub async fn get_bank_account(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
) -> Result<Json<BankAccountsOut>, Problem> {
    Ok(BankAccountsOut::of(&app, query::bank_accounts(app.db.read(), id).await?))
}

/// Show where a shop is paid, to the office.
#[utoipa::path(get, path = "/v1/admin/vendors/{vendor_id}/bank-account", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), responses((status = 200, body = BankAccountsOut)))]
pub async fn get_bank_account_as_office(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
) -> Result<Json<BankAccountsOut>, Problem> {
    Ok(BankAccountsOut::of(&app, query::bank_accounts(app.db.read(), id).await?))
}
