//! What people can do with an order as it stands: clients need no copy of the rules.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Accepted, Actor, Buyer, Cancelled, Completed, Declined, Delivered, Shipped, Status, Vendor};
use crate::orders::entity::order::{self, Channel};

/// What a person can do with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OrderAction)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Call it off.
    Cancel,
    /// Confirm that it came.
    Receive,
    /// Take it on.
    Accept,
    /// Refuse it.
    Decline,
    /// Send it, or a part of it.
    Ship,
    /// Hand it over.
    Deliver,
    /// Ask to give something back.
    RequestReturn,
    /// Ask the office to decide.
    OpenDispute,
}

/// Actions that are moves of the order.
const MOVES: &[(Action, Actor, Status)] = &[
    (Action::Cancel, Buyer, Cancelled),
    (Action::Receive, Buyer, Completed),
    (Action::Accept, Vendor, Accepted),
    (Action::Decline, Vendor, Declined),
    (Action::Ship, Vendor, Shipped),
    (Action::Deliver, Vendor, Delivered),
    (Action::Cancel, Vendor, Cancelled),
];

/// What `actor` may do next, as names of operations.
pub fn allowed_actions(order: &order::Model, actor: Actor, now: DateTime<Utc>) -> Vec<Action> {
    let moves = MOVES.iter().filter(|(_, of, to)| *of == actor && order.status.may_become(*to, actor));
    let moves = moves.map(|(action, ..)| *action);
    let mut actions: Vec<Action> = moves.filter(|action| !order.forbids(*action)).collect();
    if actor == Buyer && order.takes_returns(now) {
        actions.push(Action::RequestReturn);
    }
    if order.takes_disputes(actor, now) {
        actions.push(Action::OpenDispute);
    }
    actions
}

impl order::Model {
    /// What the state alone would allow.
    fn forbids(&self, action: Action) -> bool {
        match action {
            Action::Cancel => self.shipments > 0 || self.open_disputes > 0,
            Action::Receive => self.has_claims(),
            _ => false,
        }
    }

    /// True if its buyer has an account; what a shop sold by hand stands under the member who entered it.
    pub fn has_a_buyer(&self) -> bool {
        self.channel == Channel::Marketplace
    }

    /// True while a return or a quarrel is open: neither the order nor its money comes to an end.
    pub fn has_claims(&self) -> bool {
        self.open_returns > 0 || self.open_disputes > 0
    }

    /// True if the buyer may still ask to give something back.
    pub fn takes_returns(&self, now: DateTime<Utc>) -> bool {
        self.has_a_buyer()
            && matches!(self.status, Delivered | Completed)
            && self.open_disputes == 0
            && self.return_by.is_some_and(|by| now <= by)
    }

    /// True if this side may ask the office to decide.
    pub fn takes_disputes(&self, actor: Actor, now: DateTime<Utc>) -> bool {
        if !self.has_a_buyer() || self.open_disputes > 0 {
            return false;
        }
        let in_time = || self.open_returns > 0 || self.dispute_by.is_some_and(|by| now <= by);
        match (actor, self.status) {
            // Late, or only a part of it came: calling it off is no way out any more.
            (Buyer, Accepted) => self.shipments > 0 || self.ship_by.is_some_and(|by| by < now),
            (Buyer | Vendor, Shipped) => true,
            (Buyer | Vendor, Delivered | Completed) => in_time(),
            _ => false,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::kernel::{OrderId, PurchaseId, Rupiah, UserId, VendorId};
    use crate::orders::entity::order::DeliveryMethod;
    use crate::orders::entity::purchase::PaymentMethod;
    use crate::orders::model::{AwaitingPayment, Paid, Placed};

    pub(in crate::orders::model) fn an_order(status: Status) -> order::Model {
        let at = DateTime::UNIX_EPOCH;
        order::Model {
            id: OrderId::generate(),
            number: "LPK-1".to_owned(),
            purchase_id: PurchaseId::generate(),
            vendor_id: VendorId::generate(),
            buyer_id: UserId::generate(),
            status,
            payment_method: PaymentMethod::Sandbox,
            goods_total: Rupiah::ZERO,
            shipping_total: Rupiah::ZERO,
            tax_total: Rupiah::ZERO,
            discount_total: Rupiah::ZERO,
            total: Rupiah::ZERO,
            refunded: Rupiah::ZERO,
            delivery_method: DeliveryMethod::Pickup,
            delivery_date: None,
            delivery_window: None,
            placed_at: at,
            updated_at: at,
            channel: Channel::Marketplace,
            accept_days: 3,
            ship_days: 5,
            complete_days: 3,
            return_days: 2,
            dispute_days: 7,
            accept_by: None,
            ship_by: None,
            delivered_at: None,
            complete_at: None,
            return_by: None,
            dispute_by: None,
            reminded: 0,
            shipments: 0,
            open_returns: 0,
            open_disputes: 0,
            end_reason: None,
        }
    }

    fn may(order: &order::Model, actor: Actor) -> Vec<Action> {
        allowed_actions(order, actor, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn people_see_what_they_may_do() {
        use Action::{Accept, Cancel, Decline, Deliver, OpenDispute, Receive, Ship};
        let may = |status, actor| may(&an_order(status), actor);
        assert_eq!(may(AwaitingPayment, Buyer), [Cancel]);
        assert_eq!(may(AwaitingPayment, Vendor), []);
        assert_eq!(may(Placed, Vendor), [Accept, Decline]);
        assert_eq!(may(Paid, Vendor), [Accept, Decline]);
        assert_eq!(may(Accepted, Buyer), [Cancel]);
        assert_eq!(may(Accepted, Vendor), [Ship, Cancel]);
        assert_eq!(may(Shipped, Buyer), [Receive, OpenDispute]);
        assert_eq!(may(Shipped, Vendor), [Deliver, OpenDispute]);
        assert_eq!(may(Delivered, Buyer), [Receive]);
        assert_eq!(may(Completed, Buyer), []);
    }

    #[test]
    fn a_parcel_on_its_way_cannot_be_called_off() {
        let mut order = an_order(Accepted);
        order.shipments = 1;
        assert_eq!(may(&order, Buyer), [Action::OpenDispute]);
        assert_eq!(may(&order, Vendor), [Action::Ship]);
    }

    #[test]
    fn nobody_calls_off_what_the_office_decides_about() {
        let mut order = an_order(Accepted);
        order.ship_by = Some(DateTime::UNIX_EPOCH - chrono::Duration::days(1));
        assert_eq!(may(&order, Buyer), [Action::Cancel, Action::OpenDispute]);
        order.open_disputes = 1;
        assert_eq!(may(&order, Buyer), []);
        assert_eq!(may(&order, Vendor), [Action::Ship]);
    }

    #[test]
    fn windows_open_and_close() {
        let mut order = an_order(Delivered);
        let end = DateTime::UNIX_EPOCH + chrono::Duration::days(2);
        (order.return_by, order.dispute_by) = (Some(end), Some(end));
        assert_eq!(may(&order, Buyer), [Action::Receive, Action::RequestReturn, Action::OpenDispute]);
        let late = end + chrono::Duration::seconds(1);
        assert_eq!(allowed_actions(&order, Buyer, late), [Action::Receive]);
        order.open_returns = 1;
        assert_eq!(allowed_actions(&order, Buyer, late), [Action::OpenDispute]);
        order.open_disputes = 1;
        assert_eq!(allowed_actions(&order, Buyer, end), []);
        order.channel = Channel::Phone;
        assert_eq!(allowed_actions(&order, Vendor, end), []);
    }
}
