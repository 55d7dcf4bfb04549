//! Reading carts: only with the right to.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::entity::{cart, line};
use super::model::{Access, Basket, Line};
use crate::catalog::entity::{meal_plan, product, stock, variant};
use crate::catalog::query::relations::available;
use crate::kernel::{CartId, UserId, VariantId};
use crate::platform::db;
use crate::vendors::entity::{storefront, vendor};

/// An open cart that the caller may use, with its lines, in one statement; `None` if there is none.
///
/// An empty cart is one row without a variant.
pub async fn basket(
    conn: &impl ConnectionTrait,
    id: CartId,
    access: &Access,
    now: DateTime<Utc>,
) -> Result<Option<Basket>, DbErr> {
    read(conn, id, may_use(access), now).await
}

/// The same of a cart that the caller has just closed in this transaction, with the right to.
pub async fn closed_basket(
    txn: &DatabaseTransaction,
    id: CartId,
    now: DateTime<Utc>,
) -> Result<Option<Basket>, DbErr> {
    use sea_orm::ColumnTrait;
    let closed = sea_orm::Condition::all().add(cart::Column::Status.eq(cart::Status::CheckedOut));
    read(txn, id, closed, now).await
}

async fn read(
    conn: &impl ConnectionTrait,
    id: CartId,
    which: sea_orm::Condition,
    now: DateTime<Utc>,
) -> Result<Option<Basket>, DbErr> {
    let mut select = Query::select();
    select.from(cart::Entity);
    join_lines(&mut select);
    select
        .and_where(Expr::col((cart::Entity, cart::Column::Id)).eq(id))
        .cond_where(which)
        .order_by((vendor::Entity, vendor::Column::Id), Order::Asc)
        .order_by((line::Entity, line::Column::AddedAt), Order::Asc)
        .order_by((line::Entity, line::Column::VariantId), Order::Asc);
    let rows = conn.query_all(&select).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        if row.try_get::<Option<VariantId>>("", "variant_id")?.is_some() {
            let line = Line::from_query_result(row, "")?;
            lines.push(Line { at: now, ..line });
        }
    }
    Ok(Some(Basket { cart_id: id, lines }))
}

/// The condition under which a caller may use a cart: open and theirs, or a guest's whose secret they hold.
pub(super) fn may_use(access: &Access) -> sea_orm::Condition {
    use sea_orm::ColumnTrait;
    let mut owner = sea_orm::Condition::any();
    if let Some(user) = access.user_id {
        owner = owner.add(cart::Column::UserId.eq(user));
    }
    if let Some(hash) = &access.secret_hash {
        owner = owner.add(cart::Column::UserId.is_null().and(cart::Column::SecretHash.eq(hash.as_str())));
    }
    // Without either there is nothing that may be used; an empty `any` would let everybody in.
    if owner.is_empty() {
        owner = owner.add(Expr::value(false));
    }
    sea_orm::Condition::all().add(cart::Column::Status.eq(cart::Status::Open)).add(owner)
}

/// One article as it would stand in a cart; `None` if it does not exist.
pub async fn article(conn: &impl ConnectionTrait, id: VariantId) -> Result<Option<Line>, DbErr> {
    Ok(articles(conn, &[id]).await?.pop())
}

/// Articles as they would stand in a cart, one piece of each; those that do not exist are missing.
pub async fn articles(conn: &impl ConnectionTrait, ids: &[VariantId]) -> Result<Vec<Line>, DbErr> {
    let mut select = Query::select();
    select.from(variant::Entity);
    join_goods(&mut select, JoinType::InnerJoin);
    select
        .expr_as(Expr::value(1), "quantity")
        .expr_as(Expr::value(None::<String>), "note")
        .expr_as(Expr::value(None::<String>), "personalisation")
        .and_where(Expr::col((variant::Entity, variant::Column::Id)).is_in(ids.iter().copied()));
    db::all(conn, &select).await
}

fn join_lines(select: &mut SelectStatement) {
    let of_cart = Expr::col((line::Entity, line::Column::CartId)).equals((cart::Entity, cart::Column::Id));
    let article =
        Expr::col((variant::Entity, variant::Column::Id)).equals((line::Entity, line::Column::VariantId));
    select.left_join(line::Entity, of_cart).left_join(variant::Entity, article);
    join_goods(select, JoinType::LeftJoin);
    select.columns([
        (line::Entity, line::Column::Quantity),
        (line::Entity, line::Column::Note),
        (line::Entity, line::Column::Personalisation),
    ]);
}

/// Joins what a variant is sold as, and selects the columns of [`Line`].
fn join_goods(select: &mut SelectStatement, join: JoinType) {
    let page = Expr::col((product::Entity, product::Column::Id))
        .equals((variant::Entity, variant::Column::ProductId));
    let shop =
        Expr::col((vendor::Entity, vendor::Column::Id)).equals((variant::Entity, variant::Column::VendorId));
    let shelf =
        Expr::col((stock::Entity, stock::Column::VariantId)).equals((variant::Entity, variant::Column::Id));
    select.join(join, product::Entity, page).join(join, vendor::Entity, shop).left_join(stock::Entity, shelf);
    select.expr_as(Expr::col((variant::Entity, variant::Column::Id)), Alias::new("variant_id"));
    select.columns([
        (variant::Entity, variant::Column::Sku),
        (variant::Entity, variant::Column::Price),
        (variant::Entity, variant::Column::Tiers),
        (variant::Entity, variant::Column::Options),
        (variant::Entity, variant::Column::WeightG),
        (variant::Entity, variant::Column::ProductId),
        (variant::Entity, variant::Column::VendorId),
        (variant::Entity, variant::Column::IsBundle),
        (variant::Entity, variant::Column::SalePrice),
        (variant::Entity, variant::Column::SaleFrom),
        (variant::Entity, variant::Column::SaleTo),
    ]);
    select.columns([
        (product::Entity, product::Column::Title),
        (product::Entity, product::Column::Unit),
        (product::Entity, product::Column::MinOrder),
        (product::Entity, product::Column::LeadTimeDays),
        (product::Entity, product::Column::StockMode),
        (product::Entity, product::Column::QuantityStep),
        (product::Entity, product::Column::CategoryId),
        (product::Entity, product::Column::TaxClass),
    ]);
    join_plan(select);
    select.expr_as(available(), Alias::new("available"));
    for (column, name) in [
        (product::Column::Slug, "product_slug"),
        (product::Column::Status, "product_status"),
        (product::Column::Personalisation, "personal_fields"),
    ] {
        select.expr_as(Expr::col((product::Entity, column)), Alias::new(name));
    }
    select_shop(select);
}

/// Selects who sells, and joins when a shop on holiday opens again.
fn select_shop(select: &mut SelectStatement) {
    let counter = Expr::col((storefront::Entity, storefront::Column::VendorId))
        .equals((variant::Entity, variant::Column::VendorId));
    select.left_join(storefront::Entity, counter);
    select.column((storefront::Entity, storefront::Column::ReopensOn));
    for (column, name) in [
        (vendor::Column::Slug, "vendor_slug"),
        (vendor::Column::Name, "vendor_name"),
        (vendor::Column::Status, "vendor_status"),
    ] {
        select.expr_as(Expr::col((vendor::Entity, column)), Alias::new(name));
    }
}

/// Joins when a daily product is made.
fn join_plan(select: &mut SelectStatement) {
    let plan = Expr::col((meal_plan::Entity, meal_plan::Column::ProductId))
        .equals((variant::Entity, variant::Column::ProductId));
    select.left_join(meal_plan::Entity, plan);
    select.columns([
        (meal_plan::Entity, meal_plan::Column::CutoffHours),
        (meal_plan::Entity, meal_plan::Column::CutoffDays),
        (meal_plan::Entity, meal_plan::Column::CutoffMinute),
    ]);
    for (column, name) in [
        (meal_plan::Column::Weekdays, "meal_weekdays"),
        (meal_plan::Column::Windows, "meal_windows"),
        (meal_plan::Column::Districts, "meal_districts"),
    ] {
        select.expr_as(Expr::col((meal_plan::Entity, column)), Alias::new(name));
    }
}

/// The lines of a person's open cart.
pub async fn open_lines(conn: &impl ConnectionTrait, user: UserId) -> Result<Vec<line::Model>, DbErr> {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let open = Query::select()
        .column(cart::Column::Id)
        .from(cart::Entity)
        .and_where(cart::Column::UserId.eq(user))
        .and_where(cart::Column::Status.eq(cart::Status::Open))
        .take();
    line::Entity::find().filter(line::Column::CartId.in_subquery(open)).all(conn).await
}
