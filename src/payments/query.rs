//! Reading payments: of a buyer, or for the people who handle money.

pub mod reviews;

use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::{payment, refund, refund_line};
use crate::kernel::{Cursor, OrderId, Page, PaymentId, PurchaseId, RefundId, Rupiah, UserId};
use crate::orders::entity::purchase::PaymentMethod;
use crate::web::query::PageOf;

/// A payment of a buyer.
pub async fn of_buyer(
    conn: &impl ConnectionTrait,
    buyer: UserId,
    id: PaymentId,
) -> Result<Option<payment::Model>, DbErr> {
    payment::Entity::find_by_id(id)
        .filter(payment::Column::BuyerId.eq(buyer))
        // What a member of a shop entered is nothing that the member bought.
        .filter(payment::Column::Method.ne(PaymentMethod::Cash))
        .one(conn)
        .await
}

/// Any payment: for finance and for jobs.
pub async fn of_platform(
    conn: &impl ConnectionTrait,
    id: PaymentId,
) -> Result<Option<payment::Model>, DbErr> {
    payment::Entity::find_by_id(id).one(conn).await
}

/// The payment of a purchase that the caller has already been given.
pub async fn of_purchase(
    conn: &impl ConnectionTrait,
    id: PurchaseId,
) -> Result<Option<payment::Model>, DbErr> {
    payment::Entity::find().filter(payment::Column::PurchaseId.eq(id)).one(conn).await
}

/// A page of payments for finance, the oldest first.
pub async fn list(
    conn: &impl ConnectionTrait,
    status: Option<payment::Status>,
    page: &PageOf,
) -> Result<Page<payment::Model>, DbErr> {
    let filter = Condition::all()
        .add_option(status.map(|status| payment::Column::Status.eq(status)))
        .add_option(page.after.as_ref().map(|cursor| payment::Column::Id.gt(PaymentId(cursor.id))));
    let rows = payment::Entity::find()
        .filter(filter)
        .order_by_asc(payment::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// A page of refunds for finance, the oldest first.
pub async fn list_refunds(
    conn: &impl ConnectionTrait,
    status: Option<refund::Status>,
    page: &PageOf,
) -> Result<Page<refund::Model>, DbErr> {
    let filter = Condition::all()
        .add_option(status.map(|status| refund::Column::Status.eq(status)))
        .add_option(page.after.as_ref().map(|cursor| refund::Column::Id.gt(RefundId(cursor.id))));
    let rows = refund::Entity::find()
        .filter(filter)
        .order_by_asc(refund::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// True if money of a person is on its way: a transfer that is being looked at, or a refund that has not gone out.
pub async fn owed(conn: &impl ConnectionTrait, buyer: UserId) -> Result<bool, DbErr> {
    let refunds = Query::select()
        .column(refund::Column::PaymentId)
        .from(refund::Entity)
        .and_where(refund::Column::Status.eq(refund::Status::Pending))
        .take();
    let on_its_way = Condition::any()
        .add(payment::Column::Status.is_in([payment::Status::ProofSubmitted, payment::Status::RefundPending]))
        .add(payment::Column::Id.in_subquery(refunds));
    let found = payment::Entity::find()
        .filter(payment::Column::BuyerId.eq(buyer))
        .filter(on_its_way)
        .limit(1)
        .one(conn);
    Ok(found.await?.is_some())
}

/// The next payments of a person, the oldest first.
pub async fn payments_after(
    conn: &impl ConnectionTrait,
    buyer: UserId,
    after: Option<PaymentId>,
    most: u64,
) -> Result<Vec<payment::Model>, DbErr> {
    payment::Entity::find()
        .filter(payment::Column::BuyerId.eq(buyer))
        .filter(Condition::all().add_option(after.map(|after| payment::Column::Id.gt(after))))
        .order_by_asc(payment::Column::Id)
        .limit(most)
        .all(conn)
        .await
}

/// The refund that has this key.
pub async fn refund_by_key(conn: &impl ConnectionTrait, key: &str) -> Result<Option<refund::Model>, DbErr> {
    refund::Entity::find().filter(refund::Column::Key.eq(key)).one(conn).await
}

/// What went back of an order, line by line.
pub async fn refund_lines_of(
    conn: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Vec<refund_line::Model>, DbErr> {
    let refunds = Query::select()
        .column(refund::Column::Id)
        .from(refund::Entity)
        .and_where(refund::Column::OrderId.eq(order))
        .take();
    refund_line::Entity::find()
        .filter(refund_line::Column::RefundId.in_subquery(refunds))
        .order_by_asc(refund_line::Column::Id)
        .all(conn)
        .await
}

/// The refunds of orders, the oldest first.
pub async fn refunds_of(
    conn: &impl ConnectionTrait,
    orders: impl IntoIterator<Item = OrderId>,
) -> Result<Vec<refund::Model>, DbErr> {
    refund::Entity::find()
        .filter(refund::Column::OrderId.is_in(orders))
        .order_by_asc(refund::Column::Id)
        .all(conn)
        .await
}

/// What is owed back of a payment in all, whether it has left or not.
pub async fn owed_of(conn: &impl ConnectionTrait, id: PaymentId) -> Result<Rupiah, DbErr> {
    let sum = refund::Entity::find()
        .select_only()
        .expr_as(refund::Column::Amount.sum().cast_as("bigint"), "owed")
        .filter(refund::Column::PaymentId.eq(id))
        .into_tuple::<Option<i64>>()
        .one(conn)
        .await?;
    Rupiah::new(sum.flatten().unwrap_or(0)).map_err(|error| DbErr::Custom(error.to_string()))
}
