//! Use cases that change carts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set, TryInsertResult,
};

use super::entity::{cart, line};
use super::error::CartError;
use super::model::{Access, Basket, LineFault};
use super::query;
use crate::app::App;
use crate::kernel::{CartId, UserId, VariantId};
use crate::platform::random;

/// A cart that was opened, with the secret that only its guest learns.
pub struct Opened {
    /// The cart.
    pub id: CartId,
    /// For guests; a person's cart needs none.
    pub secret: Option<String>,
}

/// Opens a guest's cart, or finds a person's open one.
pub async fn open(app: &App, user_id: Option<UserId>) -> Result<Opened, CartError> {
    let now = app.now();
    let secret = user_id.is_none().then(random::secret);
    let txn = app.db.begin().await?;
    let id = match user_id {
        None => insert(&txn, None, secret.as_deref().map(random::digest), now).await?,
        Some(user) => open_of(&txn, user, now).await?,
    };
    app.commit(txn).await?;
    Ok(Opened { id, secret })
}

/// The open cart of a person; made if there is none. Two at once end up with the same.
async fn open_of(txn: &DatabaseTransaction, user: UserId, now: DateTime<Utc>) -> Result<CartId, CartError> {
    let row = new_cart(Some(user), None, now);
    // The conflict must name the partial index word for word: PostgreSQL and SQLite infer it from its literal condition.
    let mut one_open = OnConflict::column(cart::Column::UserId);
    one_open.target_and_where(Expr::cust("status = 'open'")).do_nothing();
    let id = row.id.clone().take().unwrap_or_else(CartId::generate);
    let inserted =
        cart::Entity::insert(row).on_conflict(one_open).try_insert().exec_without_returning(txn).await?;
    if matches!(inserted, TryInsertResult::Inserted(1)) {
        return Ok(id);
    }
    let open = cart::Entity::find()
        .filter(cart::Column::UserId.eq(user))
        .filter(cart::Column::Status.eq(cart::Status::Open))
        .one(txn)
        .await?;
    open.map(|cart| cart.id).ok_or(CartError::NotFound)
}

async fn insert(
    txn: &DatabaseTransaction,
    user: Option<UserId>,
    secret_hash: Option<String>,
    now: DateTime<Utc>,
) -> Result<CartId, CartError> {
    let row = new_cart(user, secret_hash, now);
    let id = row.id.clone().take().unwrap_or_else(CartId::generate);
    cart::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(id)
}

fn new_cart(user: Option<UserId>, secret_hash: Option<String>, now: DateTime<Utc>) -> cart::ActiveModel {
    cart::ActiveModel {
        id: Set(CartId::generate()),
        user_id: Set(user),
        secret_hash: Set(secret_hash),
        status: Set(cart::Status::Open),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// What a line is to be; quantity 0 removes it.
pub struct Wanted {
    /// The article.
    pub variant_id: VariantId,
    /// Pieces.
    pub quantity: i32,
    /// Anything the shop should know.
    pub note: Option<String>,
    /// What is to be made of it, by the names of the product's fields.
    pub personalisation: BTreeMap<String, String>,
}

/// Sets one line of a cart and returns the whole cart.
pub async fn put_line(
    app: &App,
    cart_id: CartId,
    access: &Access,
    wanted: Wanted,
) -> Result<Basket, CartError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    touch(&txn, cart_id, access, now).await?;
    let adds = wanted.quantity > 0;
    if !adds {
        line::Entity::delete_by_id((cart_id, wanted.variant_id)).exec(&txn).await?;
    } else {
        check(app, &txn, cart_id, &wanted).await?;
        upsert(&txn, cart_id, wanted, now).await?;
    }
    let basket = query::basket(&txn, cart_id, access, now).await?.ok_or(CartError::NotFound)?;
    // What cannot be added up cannot be shown either: nobody could read the cart any more.
    if adds {
        basket.goods_total()?;
    }
    app.commit(txn).await?;
    Ok(basket)
}

/// Guards the cart: it must be open and the caller's for the rest of the transaction.
async fn touch(
    txn: &DatabaseTransaction,
    id: CartId,
    access: &Access,
    now: DateTime<Utc>,
) -> Result<(), CartError> {
    let touched = cart::Entity::update_many()
        .col_expr(cart::Column::UpdatedAt, Expr::value(now))
        .filter(cart::Column::Id.eq(id))
        .filter(query::may_use(access))
        .exec(txn)
        .await?;
    if touched.rows_affected == 1 { Ok(()) } else { Err(CartError::NotFound) }
}

async fn check(
    app: &App,
    txn: &DatabaseTransaction,
    cart_id: CartId,
    wanted: &Wanted,
) -> Result<(), CartError> {
    let mut article = query::article(txn, wanted.variant_id).await?.ok_or(CartError::NotFound)?;
    article.quantity = wanted.quantity;
    article.personalisation = encode(&wanted.personalisation);
    article.chosen().map_err(CartError::Personalisation)?;
    match article.fault() {
        Some(LineFault::Unavailable) => return Err(CartError::NotFound),
        Some(LineFault::BelowMinimum) => return Err(CartError::BelowMinimum(article.min_order)),
        Some(LineFault::NotAStep) => {
            return Err(CartError::NotAStep(article.min_order, article.quantity_step));
        }
        // The shelf may fill up again; checkout decides.
        Some(LineFault::OutOfStock | LineFault::Personalisation) | None => {}
    }
    let max = app.config.checkout.max_lines;
    let others = line::Entity::find()
        .filter(line::Column::CartId.eq(cart_id))
        .filter(line::Column::VariantId.ne(wanted.variant_id))
        .count(txn)
        .await?;
    if usize::try_from(others).unwrap_or(usize::MAX) >= max { Err(CartError::Full(max)) } else { Ok(()) }
}

async fn upsert(
    txn: &DatabaseTransaction,
    cart_id: CartId,
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Result<(), CartError> {
    let row = line::ActiveModel {
        cart_id: Set(cart_id),
        variant_id: Set(wanted.variant_id),
        quantity: Set(wanted.quantity),
        personalisation: Set(encode(&wanted.personalisation)),
        note: Set(wanted.note),
        added_at: Set(now),
    };
    let again = OnConflict::columns([line::Column::CartId, line::Column::VariantId])
        .update_columns([line::Column::Quantity, line::Column::Note, line::Column::Personalisation])
        .to_owned();
    line::Entity::insert(row).on_conflict(again).exec_without_returning(txn).await?;
    Ok(())
}

fn encode(values: &BTreeMap<String, String>) -> Option<String> {
    (!values.is_empty()).then(|| serde_json::to_string(values).unwrap_or_default())
}

/// Closes a cart for good because it becomes a purchase; false if it is not open and the caller's any more.
pub async fn close(
    txn: &DatabaseTransaction,
    id: CartId,
    access: &Access,
    now: DateTime<Utc>,
) -> Result<bool, CartError> {
    let closed = cart::Entity::update_many()
        .col_expr(cart::Column::Status, Expr::value(cart::Status::CheckedOut))
        .col_expr(cart::Column::UpdatedAt, Expr::value(now))
        .filter(cart::Column::Id.eq(id))
        .filter(query::may_use(access))
        .exec(txn)
        .await?;
    Ok(closed.rows_affected == 1)
}

/// Throws a person's open cart away, so that a checkout under way finds none, and takes away what the person wrote to the shops in the others.
pub async fn forget(txn: &DatabaseTransaction, user: UserId) -> Result<(), DbErr> {
    let of_person = |open: bool| {
        let mut carts = Query::select();
        carts.column(cart::Column::Id).from(cart::Entity).and_where(cart::Column::UserId.eq(user));
        if open {
            carts.and_where(cart::Column::Status.eq(cart::Status::Open));
        }
        carts.take()
    };
    line::Entity::delete_many().filter(line::Column::CartId.in_subquery(of_person(true))).exec(txn).await?;
    cart::Entity::delete_many()
        .filter(cart::Column::UserId.eq(user))
        .filter(cart::Column::Status.eq(cart::Status::Open))
        .exec(txn)
        .await?;
    line::Entity::update_many()
        .col_expr(line::Column::Note, Expr::value(None::<String>))
        .col_expr(line::Column::Personalisation, Expr::value(None::<String>))
        .filter(line::Column::CartId.in_subquery(of_person(false)))
        .exec(txn)
        .await?;
    Ok(())
}
