//! The sections of the settings that are about orders and money.

use std::time::Duration;

use chrono::NaiveDate;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::values::{day, duration};
use crate::kernel::Rupiah;

/// `[checkout]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    #[serde(deserialize_with = "duration")]
    pub unpaid_ttl: Duration,
    pub own_courier_fee: Rupiah,
    pub zone_fee: Rupiah,
    pub max_lines: usize,
}

/// `[orders]`: working days
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    pub accept_days: u16,
    pub ship_days: u16,
    pub complete_days: u16,
    pub return_days: u16,
    pub return_decide_days: u16,
    pub return_ship_days: u16,
    pub dispute_days: u16,
}

/// `[payments]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payments {
    pub custody: Custody,
    pub sandbox: bool,
    pub transfer_bank: String,
    pub transfer_account: String,
    pub transfer_name: String,
    pub qris: Provider,
    pub virtual_account: Provider,
    pub virtual_account_bank: String,
    #[serde(deserialize_with = "duration")]
    pub gateway_timeout: Duration,
    pub midtrans_url: String,
    pub midtrans_server_key: SecretString,
}

/// Who holds the money of buyers until the shop has earned it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// Nobody: buyers pay shops.
    None,
    /// A licensed payment provider.
    PspSplit,
    /// A bank, on an escrow account.
    BankEscrow,
}

/// Who serves a method of paying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Nobody: it is not offered.
    Off,
    /// The gateway for trying out.
    Sandbox,
    Midtrans,
}

impl Provider {
    /// As stored with charges and as in the path of its webhook.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Sandbox => "sandbox",
            Self::Midtrans => "midtrans",
        }
    }
}

impl Payments {
    /// True if there is a key for Midtrans.
    pub fn has_midtrans(&self) -> bool {
        !self.midtrans_server_key.expose_secret().trim().is_empty()
    }

    /// True if this provider serves a method.
    fn uses(&self, provider: Provider) -> bool {
        [self.qris, self.virtual_account].contains(&provider)
    }

    /// What contradicts itself, or would let an office hold what is not its own.
    pub(super) fn refusals(&self) -> Vec<String> {
        let short = self.midtrans_server_key.expose_secret().trim().len() < 16;
        let gateway = self.uses(Provider::Midtrans);
        let insecure =
            !self.midtrans_url.starts_with("https://") && !self.midtrans_url.starts_with("http://127.0.0.1:");
        let rules = [
            (
                gateway && short,
                "payments.midtrans_server_key is missing or shorter than 16 characters; anybody could say that a purchase is paid",
            ),
            (
                !gateway && self.has_midtrans() && short,
                "payments.midtrans_server_key is shorter than 16 characters",
            ),
            (
                self.uses(Provider::Sandbox) && !self.sandbox,
                "payments.qris or payments.virtual_account is \"sandbox\", but payments.sandbox is off",
            ),
            (
                gateway && self.custody == Custody::None,
                "payments.custody is \"none\", but a gateway would take buyers' money for the office; name who holds it, or turn payments.qris and payments.virtual_account off",
            ),
            (
                self.has_midtrans() && insecure,
                "payments.midtrans_url is not https; the key would cross the network in the open",
            ),
        ];
        rules.into_iter().filter(|(broken, _)| *broken).map(|(_, reason)| reason.to_owned()).collect()
    }
}

/// `[tax]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    #[serde(deserialize_with = "day")]
    pub appointed_from: Option<NaiveDate>,
    pub pbjt_monthly_turnover: Rupiah,
}

/// `[settlement]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    pub payout_minimum: Rupiah,
    pub payout_days: Vec<String>,
    pub disburser: Disburser,
    pub sandbox_outcome: SandboxOutcome,
}

/// Who pays out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disburser {
    /// People, with a file.
    BankFile,
    /// Nobody really.
    Sandbox,
}

/// What the sandbox does with a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SandboxOutcome {
    Paid,
    Failed,
    Timeout,
    Lost,
}
