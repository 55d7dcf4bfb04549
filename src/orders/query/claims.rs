//! Reading returns, quarrels and files, of an order that the caller has already been given or for the office.

use std::collections::HashMap;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::kernel::{Cursor, DisputeId, OrderFileId, OrderId, Page, ReturnId, Rupiah, VendorId};
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::entity::{act, dispute, dispute_post, file, order, return_line, returns};
use crate::web::query::PageOf;

/// A return with its lines.
#[derive(Clone, Debug)]
pub struct Claim {
    pub claim: returns::Model,
    pub lines: Vec<return_line::Model>,
}

/// The returns of an order, the first one first; two statements.
pub async fn returns_of(conn: &impl ConnectionTrait, id: OrderId) -> Result<Vec<Claim>, DbErr> {
    let claims = returns::Entity::find()
        .filter(returns::Column::OrderId.eq(id))
        .order_by_asc(returns::Column::Id)
        .all(conn)
        .await?;
    with_lines(conn, claims).await
}

/// One return of an order.
pub async fn return_of(
    conn: &impl ConnectionTrait,
    (order_id, id): (OrderId, ReturnId),
) -> Result<Option<Claim>, DbErr> {
    let found =
        returns::Entity::find_by_id(id).filter(returns::Column::OrderId.eq(order_id)).one(conn).await?;
    Ok(with_lines(conn, found.into_iter().collect()).await?.pop())
}

async fn with_lines(conn: &impl ConnectionTrait, claims: Vec<returns::Model>) -> Result<Vec<Claim>, DbErr> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let lines = return_line::Entity::find()
        .filter(return_line::Column::ReturnId.is_in(claims.iter().map(|claim| claim.id)))
        .order_by_asc(return_line::Column::LineId)
        .all(conn)
        .await?;
    let mut by_return: HashMap<ReturnId, Vec<return_line::Model>> = HashMap::new();
    for line in lines {
        by_return.entry(line.return_id).or_default().push(line);
    }
    let whole =
        |claim: returns::Model| Claim { lines: by_return.remove(&claim.id).unwrap_or_default(), claim };
    Ok(claims.into_iter().map(whole).collect())
}

/// The quarrels of an order, the first one first.
pub async fn disputes_of(conn: &impl ConnectionTrait, id: OrderId) -> Result<Vec<dispute::Model>, DbErr> {
    dispute::Entity::find()
        .filter(dispute::Column::OrderId.eq(id))
        .order_by_asc(dispute::Column::Id)
        .all(conn)
        .await
}

/// One quarrel of an order.
pub async fn dispute_of(
    conn: &impl ConnectionTrait,
    (order_id, id): (OrderId, DisputeId),
) -> Result<Option<dispute::Model>, DbErr> {
    dispute::Entity::find_by_id(id).filter(dispute::Column::OrderId.eq(order_id)).one(conn).await
}

/// One quarrel, for the office.
pub async fn dispute_of_office(
    conn: &impl ConnectionTrait,
    id: DisputeId,
) -> Result<Option<dispute::Model>, DbErr> {
    dispute::Entity::find_by_id(id).one(conn).await
}

/// What the buyers of completed orders of a shop may still get back, because a return or a quarrel is open. Cash and what a
/// shop took itself is not with us.
pub async fn contested(conn: &impl ConnectionTrait, vendor: VendorId) -> Result<Rupiah, DbErr> {
    let with_the_shop = [PaymentMethod::Cod, PaymentMethod::DirectToVendor];
    let found: Vec<(Rupiah, Rupiah)> = order::Entity::find()
        .select_only()
        .columns([order::Column::Total, order::Column::Refunded])
        .filter(order::Column::VendorId.eq(vendor))
        .filter(order::Column::Status.eq(order::Status::Completed))
        .filter(order::Column::PaymentMethod.is_not_in(with_the_shop))
        .filter(order::Column::OpenReturns.gt(0).or(order::Column::OpenDisputes.gt(0)))
        .into_tuple()
        .all(conn)
        .await?;
    let open = found.iter().map(|(total, refunded)| total.get() - refunded.get()).sum();
    Rupiah::new(open).map_err(|error| DbErr::Custom(error.to_string()))
}

/// The quarrels of all orders, the oldest first, for the office.
pub async fn disputes(
    conn: &impl ConnectionTrait,
    status: Option<dispute::Status>,
    page: &PageOf,
) -> Result<Page<dispute::Model>, DbErr> {
    let rows = dispute::Entity::find()
        .filter(
            Condition::all()
                .add_option(status.map(|status| dispute::Column::Status.eq(status)))
                .add_option(page.after.as_ref().map(|after| dispute::Column::Id.gt(DisputeId(after.id)))),
        )
        .order_by_asc(dispute::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// What was said about quarrels, the first one first.
pub async fn posts_of(
    conn: &impl ConnectionTrait,
    ids: &[DisputeId],
) -> Result<Vec<dispute_post::Model>, DbErr> {
    dispute_post::Entity::find()
        .filter(dispute_post::Column::DisputeId.is_in(ids.iter().copied()))
        .order_by_asc(dispute_post::Column::Id)
        .all(conn)
        .await
}

/// The files of an order that say what they show.
pub async fn files_of(conn: &impl ConnectionTrait, id: OrderId) -> Result<Vec<file::Model>, DbErr> {
    file::Entity::find()
        .filter(file::Column::OrderId.eq(id).and(file::Column::UseOf.is_not_null()))
        .order_by_asc(file::Column::Id)
        .all(conn)
        .await
}

/// One file of an order.
pub async fn file_of(
    conn: &impl ConnectionTrait,
    (order_id, id): (OrderId, OrderFileId),
) -> Result<Option<file::Model>, DbErr> {
    file::Entity::find_by_id(id).filter(file::Column::OrderId.eq(order_id)).one(conn).await
}

/// What happened around an order, the first one first.
pub async fn acts_of(conn: &impl ConnectionTrait, id: OrderId) -> Result<Vec<act::Model>, DbErr> {
    act::Entity::find().filter(act::Column::OrderId.eq(id)).order_by_asc(act::Column::Id).all(conn).await
}
