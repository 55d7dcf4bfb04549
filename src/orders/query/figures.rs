//! How a shop deals with its orders, in figures.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::kernel::VendorId;
use crate::orders::entity::order::{self, Channel, EndReason, Status};
use crate::orders::entity::{act, dispute, returns};
use crate::vendors;

/// Orders that stand in one state for one reason.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Count {
    pub status: Status,
    pub end_reason: Option<EndReason>,
    pub orders: i64,
}

/// The figures of a shop.
#[derive(Clone, Debug)]
pub struct Figures {
    pub counts: Vec<Count>,
    /// Orders that were not sent in time.
    pub late: u64,
    pub returns: u64,
    pub disputes: u64,
    /// Quarrels in which money went back.
    pub disputes_lost: u64,
}

/// How a shop dealt with the orders that were placed between two moments; five statements.
pub async fn of_shop(
    conn: &impl ConnectionTrait,
    vendor: VendorId,
    (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Figures, DbErr> {
    let of_shop = Condition::all()
        .add(order::Column::VendorId.in_subquery(vendors::query::ids_of(vendor)))
        .add(order::Column::Channel.eq(Channel::Marketplace))
        .add_option(from.map(|from| order::Column::PlacedAt.gte(from)))
        .add_option(to.map(|to| order::Column::PlacedAt.lt(to)));
    let ids =
        || order::Entity::find().select_only().column(order::Column::Id).filter(of_shop.clone()).into_query();
    let counts = order::Entity::find()
        .select_only()
        .column(order::Column::Status)
        .column(order::Column::EndReason)
        .expr_as(order::Column::Id.count().cast_as("bigint"), "orders")
        .filter(of_shop.clone())
        .group_by(order::Column::Status)
        .group_by(order::Column::EndReason)
        .order_by_asc(order::Column::Status)
        .order_by_asc(order::Column::EndReason)
        .into_model()
        .all(conn)
        .await?;
    let quarrels = || dispute::Entity::find().filter(dispute::Column::OrderId.in_subquery(ids()));
    let lost = [dispute::Outcome::RefundFull, dispute::Outcome::RefundPart];
    Ok(Figures {
        counts,
        late: act::Entity::find()
            .filter(act::Column::OrderId.in_subquery(ids()))
            .filter(act::Column::Kind.eq(act::Kind::ShipOverdue))
            .count(conn)
            .await?,
        returns: returns::Entity::find()
            .filter(returns::Column::OrderId.in_subquery(ids()))
            .count(conn)
            .await?,
        disputes: quarrels().count(conn).await?,
        disputes_lost: quarrels().filter(dispute::Column::Outcome.is_in(lost)).count(conn).await?,
    })
}
