//! Topics, channels, and who is told by which channel.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::Lang;
use crate::web::Role;

/// What news are about; people choose by it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = NotificationTopic)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Orders and their delivery.
    Orders,
    /// Payments and money that goes back.
    Payments,
    /// What shops earn and are paid.
    Payouts,
    /// Returns and disputes.
    Returns,
    /// Messages between buyers and shops.
    Messages,
    /// Papers.
    Documents,
    /// Everything else.
    Other,
}

impl Topic {
    /// The topic of a kind of news: `order.paid` is about orders.
    pub fn of(kind: &str) -> Self {
        match kind.split_once('.').map_or(kind, |(noun, _)| noun) {
            "order" | "shipment" => Self::Orders,
            "payment" | "refund" => Self::Payments,
            "payout" | "statement" | "settlement" => Self::Payouts,
            "return" | "dispute" => Self::Returns,
            "message" => Self::Messages,
            "document" => Self::Documents,
            _ => Self::Other,
        }
    }

    /// Money of a shop is not for all who work there.
    pub fn is_for(self, role: Role) -> bool {
        self != Self::Payouts || role != Role::VendorStaff
    }
}

/// How somebody is told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = NotificationChannel)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In the list, and to whoever listens.
    InApp,
    /// By mail, or to the phone of those who have no address.
    Mail,
}

/// Whether somebody is told by a channel who has said nothing about it. Mail goes to whom it concerns, not to everybody at work.
pub fn by_default(channel: Channel, role: Option<Role>) -> bool {
    match (channel, role) {
        (Channel::InApp, _) | (Channel::Mail, None | Some(Role::VendorOwner)) => true,
        (Channel::Mail, Some(role)) => matches!(role, Role::Officer | Role::Finance | Role::Operator),
    }
}

/// A language as it is stored and sent.
pub fn language_name(lang: Lang) -> &'static str {
    match lang {
        Lang::Id => "id",
        Lang::En => "en",
    }
}

/// A stored language; Indonesian is the language of whoever chose none.
pub fn language(name: Option<&str>) -> Lang {
    if name == Some("en") { Lang::En } else { Lang::Id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_tell_their_topic() {
        assert_eq!(Topic::of("order.paid"), Topic::Orders);
        assert_eq!(Topic::of("dispute.ruled"), Topic::Returns);
        assert_eq!(Topic::of("something.new"), Topic::Other);
        assert!(!Topic::Payouts.is_for(Role::VendorStaff) && Topic::Payouts.is_for(Role::VendorOwner));
    }

    #[test]
    fn mail_goes_to_whom_it_concerns() {
        assert!(by_default(Channel::Mail, None) && by_default(Channel::Mail, Some(Role::VendorOwner)));
        assert!(!by_default(Channel::Mail, Some(Role::VendorStaff)));
        assert!(by_default(Channel::InApp, Some(Role::VendorStaff)));
    }
}
