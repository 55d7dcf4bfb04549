//! What a list wishes for the status of a product, and who makes it so: the same use cases as by hand.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::columns::{Part, of_member};
use super::read::Group;
use crate::app::App;
use crate::catalog::entity::product::{self, Status};
use crate::catalog::error::CatalogError;
use crate::catalog::query::listed::Listed;
use crate::catalog::service;
use crate::kernel::{ProductId, VendorId};

/// What is to become of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Publish,
    Schedule(DateTime<Utc>),
    Archive,
    Draft,
}

/// What the lines of a product wish that is not so yet; what only an officer or the clock can do is no wish.
pub fn wish(group: &Group, stored: Option<&Listed>) -> Option<Wish> {
    let said = |member| of_member(Part::Status, member).and_then(|column| group.first().says(column));
    let wanted: Status = serde_json::from_value(said("status")?.clone()).ok()?;
    let time = said("publish_at").and_then(|time| time.as_str()?.parse::<DateTime<Utc>>().ok());
    let before = stored.map_or(Status::Draft, |of| of.product.status);
    let planned = stored.and_then(|of| of.publish_at);
    match (wanted, before) {
        (Status::Scheduled, Status::Published | Status::OnHold) => None,
        (Status::Scheduled, _) => time.filter(|time| Some(*time) != planned).map(Wish::Schedule),
        (wanted, before) if wanted == before => None,
        (
            Status::Published | Status::InReview | Status::OnHold,
            Status::Draft | Status::Archived | Status::Scheduled,
        ) => Some(Wish::Publish),
        (Status::Published | Status::InReview | Status::OnHold, _) => None,
        (Status::Archived, _) => Some(Wish::Archive),
        (Status::Draft, _) => Some(Wish::Draft),
    }
}

/// Makes it so.
pub async fn act(
    txn: &DatabaseTransaction,
    app: &App,
    ids: (VendorId, ProductId),
    wish: Wish,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    match wish {
        Wish::Publish => service::publish_in(txn, app, ids).await,
        Wish::Schedule(at) => {
            service::check_publish_at(at, now)?;
            service::schedule_in(txn, app, ids, at).await
        }
        Wish::Archive => service::back_in(txn, ids, (None, Status::Archived), now).await,
        Wish::Draft => service::back_in(txn, ids, (None, Status::Draft), now).await,
    }
}
