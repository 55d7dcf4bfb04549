//! The buyer of an unpaid purchase tries again, or pays otherwise.

use axum::http::StatusCode;
use axum::response::Response;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::kernel::{PaymentId, Problem, PurchaseId, UserId, VendorId};
use crate::orders::entity::order;
use crate::orders::entity::purchase::{self, PaymentMethod};
use crate::orders::query as orders_query;
use crate::payments::entity::payment::{self, Status};
use crate::payments::model::is_offered;
use crate::payments::service::charges;
use crate::payments::{PaymentError, query, service as payments};
use crate::platform::jobs;
use crate::vendors::service::direct;
use crate::web::idempotency::Request;

/// Most attempts for one payment; each costs the gateway something.
const MAX_CHARGES: u64 = 20;

/// A payment that can be made anew. What the buyer has to do is read from the payment.
#[derive(Serialize, ToSchema)]
pub struct Renewed {
    pub id: PaymentId,
    pub method: PaymentMethod,
    pub status: Status,
}

/// Refuses a method that is not offered here, or not for this purchase.
pub async fn check_method(
    app: &App,
    db: &impl ConnectionTrait,
    method: PaymentMethod,
    shops: &[VendorId],
) -> Result<(), PaymentError> {
    if !is_offered(&app.config.payments, method) {
        return Err(PaymentError::NotOffered);
    }
    if method != PaymentMethod::DirectToVendor {
        return Ok(());
    }
    let [shop] = shops else {
        return Err(PaymentError::SeveralShops);
    };
    let to = direct::destination(app, db, *shop).await?;
    if to.is_empty() { Err(PaymentError::NotOffered) } else { Ok(()) }
}

/// Says how a purchase is paid: the purchase, its orders and its payment.
pub async fn set_method(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    method: PaymentMethod,
) -> Result<(), CheckoutError> {
    payment::Entity::update_many()
        .col_expr(payment::Column::Method, Expr::value(method))
        .filter(payment::Column::Id.eq(payment.id))
        .exec(txn)
        .await?;
    purchase::Entity::update_many()
        .col_expr(purchase::Column::PaymentMethod, Expr::value(method))
        .filter(purchase::Column::Id.eq(payment.purchase_id))
        .exec(txn)
        .await?;
    order::Entity::update_many()
        .col_expr(order::Column::PaymentMethod, Expr::value(method))
        .filter(order::Column::PurchaseId.eq(payment.purchase_id))
        .exec(txn)
        .await?;
    payment.method = method;
    Ok(())
}

/// A new attempt at the gateway; the one before is called off.
pub async fn retry(
    app: &App,
    buyer: UserId,
    request: Request<'_>,
    id: PaymentId,
) -> Result<Response, Problem> {
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let payment = waiting(app, txn, buyer, id).await?;
        if charges::way(payment.method).is_none() {
            return Err(PaymentError::WrongMethod.into());
        }
        begin_again(app, txn, &payment).await?;
        Ok((StatusCode::OK, Renewed::of(&payment)))
    })
    .await
}

/// Calls off what could be paid before and begins a new attempt, if there were not too many.
async fn begin_again(
    app: &App,
    txn: &DatabaseTransaction,
    payment: &payment::Model,
) -> Result<(), PaymentError> {
    let now = app.now();
    charges::close_live(txn, payment.id, now).await?;
    if charges::way(payment.method).is_some() && charges::count(txn, payment.id).await? >= MAX_CHARGES {
        return Err(PaymentError::TooManyAttempts);
    }
    let call = charges::begin(txn, &app.gateways, payment, now).await?;
    Ok(jobs::enqueue(txn, call.into_iter().collect()).await?)
}

/// Another method for an unpaid purchase. Cash on delivery is an order of another kind and is neither left nor chosen here.
pub async fn change(
    app: &App,
    buyer: UserId,
    request: Request<'_>,
    (id, method): (PaymentId, PaymentMethod),
) -> Result<Response, Problem> {
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let mut payment = waiting(app, txn, buyer, id).await?;
        if method.first_status() != payment.method.first_status() {
            return Err(PaymentError::WrongMethod.into());
        }
        let shops = shops(txn, payment.purchase_id).await?;
        check_method(app, txn, method, &shops).await?;
        if method != payment.method {
            set_method(txn, &mut payment, method).await?;
            begin_again(app, txn, &payment).await?;
        }
        Ok((StatusCode::OK, Renewed::of(&payment)))
    })
    .await
}

/// A payment that the buyer has done nothing for yet, while nobody else touches it.
async fn waiting(
    app: &App,
    txn: &DatabaseTransaction,
    buyer: UserId,
    id: PaymentId,
) -> Result<payment::Model, CheckoutError> {
    let found = query::of_buyer(txn, buyer, id).await?.ok_or(PaymentError::NotFound)?;
    let payment = payments::lock(txn, found.purchase_id, app.now()).await?;
    if payment.status == Status::Pending {
        Ok(payment)
    } else {
        Err(PaymentError::WrongState(payment.status).into())
    }
}

async fn shops(txn: &DatabaseTransaction, id: PurchaseId) -> Result<Vec<VendorId>, CheckoutError> {
    let orders = orders_query::of_purchase(txn, id).await?;
    Ok(orders.iter().map(|whole| whole.order.vendor_id).collect())
}

impl Renewed {
    fn of(payment: &payment::Model) -> Self {
        Self { id: payment.id, method: payment.method, status: payment.status }
    }
}
