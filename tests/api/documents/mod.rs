//! Papers: issued with numbers without a gap, typeset, frozen, and checked by whoever holds one.

mod numbers;
mod papers;
mod verify;

use lapak::documents::entity::document::{Entity, Model};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::shop::{Purchase, Shop, text};
use crate::support::{Person, TestApp};

/// All papers, the oldest first.
async fn issued(app: &TestApp) -> Vec<Model> {
    use lapak::documents::entity::document::Column;
    Entity::find().order_by_asc(Column::Id).all(app.db.read()).await.unwrap()
}

/// A buyer has a paper issued; the answer.
async fn by_buyer(buyer: &Person, order_id: &str, kind: &str) -> Value {
    let path = format!("/v1/orders/{order_id}/documents");
    let reply = buyer.post(&path).json(json!({"kind": kind})).send().await;
    assert!([200, 201].contains(&reply.status.as_u16()), "{}", reply.text());
    reply.json()
}

/// A shop that sold something expensive, with the purchase paid, accepted and sent.
async fn sold(app: &TestApp) -> (Shop, Person, Purchase) {
    let (shop, ani) = (app.vendor("Toko Batik Melati").await, app.buyer("Ani Lestari").await);
    let cloth = shop.product("Batik tulis sutra").price(2_600_000).create().await;
    let napkin = shop.product("Serbet bordir").price(12_500).create().await;
    let bought = ani.checkout().item(&cloth, 2).item(&napkin, 3).deliver_by("own_courier").send().await;
    let purchase: Purchase = bought.into();
    ani.settle(&purchase).await.expect(200);
    for act in ["accept", "ship"] {
        shop.moves(&purchase.orders[0], act).await.expect(200);
    }
    (shop, ani, purchase)
}

/// The file of a paper of a buyer.
async fn file_of(buyer: &Person, document: &Value) -> Vec<u8> {
    let path = format!("/v1/me/documents/{}/file", text(&document["id"]));
    buyer.get(&path).send().await.expect(200).body.to_vec()
}
