//! What happens between an order and its end.

mod cancel;
mod deadlines;
mod disputes;
mod holidays;
mod parcels;
mod races;
mod returns;
mod talk;

use lapak::platform::news::entity::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;

use crate::support::shop::{Product, Shop, text};
use crate::support::{Person, Purchase, TestApp};

/// How often people were told something.
pub async fn told(app: &TestApp, kind: &str) -> u64 {
    Entity::find().filter(Column::Kind.eq(kind)).count(app.db.read()).await.unwrap()
}

/// A paid order of so many pieces, as its buyer sees it.
pub async fn paid(buyer: &Person, product: &Product, pieces: i64) -> (Purchase, String) {
    let purchase: Purchase = buyer.checkout().item(product, pieces).send().await.into();
    buyer.settle(&purchase).await.expect(200);
    let order = purchase.orders[0].clone();
    (purchase, order)
}

/// A paid order that its shop has taken on.
pub async fn accepted(shop: &Shop, buyer: &Person, product: &Product, pieces: i64) -> String {
    let (_, order) = paid(buyer, product, pieces).await;
    shop.moves(&order, "accept").await.expect(200);
    order
}

/// The same, sent and handed over.
pub async fn delivered(shop: &Shop, buyer: &Person, product: &Product, pieces: i64) -> String {
    let order = accepted(shop, buyer, product, pieces).await;
    shop.moves(&order, "ship").await.expect(200);
    shop.moves(&order, "deliver").await.expect(200);
    order
}

/// An order as its buyer sees it.
pub async fn seen(buyer: &Person, order: &str) -> Value {
    buyer.get(&format!("/v1/orders/{order}")).send().await.expect(200).json()
}

/// The first line of an order.
pub async fn first_line(buyer: &Person, order: &str) -> String {
    text(&seen(buyer, order).await["lines"][0]["id"])
}
