//! What finance keeps, one of each kind: a batch of payouts with a payout.

use lapak::settlement::service::claim;
use lapak::vendors::entity::bank_account;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;

use crate::settlement::{completed, paid_shop};
use crate::support::TestApp;
use crate::support::shop::text;

/// Ids of what finance keeps.
pub struct Money {
    batch: String,
    payout: String,
}

impl Money {
    pub async fn make(app: &TestApp) -> Self {
        let (shop, product) = paid_shop(app, "Toko Cair", 50_000).await;
        let txn = app.db.begin().await.unwrap();
        // It counts at once here; time stands still for the objects.
        let counts = bank_account::Entity::update_many()
            .col_expr(bank_account::Column::CountsFrom, Expr::value(app.now()));
        counts.exec(&txn).await.unwrap();
        txn.commit().await.unwrap();
        completed(&app.buyer("pembeli").await, &shop, &product, 1).await;
        let opened = app.finance().await.post("/v1/admin/payout-batches").key("kumpulan-contoh");
        let batch = text(&opened.send().await.expect(201).json()["id"]);
        let payout = claim(app, batch.parse().unwrap(), shop.id.parse().unwrap()).await.unwrap();
        Self { batch, payout: payout.unwrap().to_string() }
    }

    /// An id for a path parameter, by the segment before it.
    pub fn id(&self, before: &str) -> Option<String> {
        match before {
            "payout-batches" => Some(self.batch.clone()),
            "payouts" => Some(self.payout.clone()),
            _ => None,
        }
    }
}
