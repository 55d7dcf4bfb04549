//! What the database says about stock and money, beside the API.

use lapak::catalog::entity::stock;
use lapak::kernel::VariantId;
use lapak::payments::entity::{account, transfer};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::TestApp;

impl TestApp {
    /// On hand and reserved of a variant.
    pub async fn stock(&self, variant: &str) -> (i32, i32) {
        let id: VariantId = variant.parse().unwrap();
        let row = stock::Entity::find_by_id(id).one(self.db.read()).await.unwrap();
        let row = row.unwrap_or_else(|| panic!("variant {variant} has no stock row"));
        (row.on_hand, row.reserved)
    }

    /// Credits minus debits of all accounts of a kind; of one owner if named.
    pub async fn balance(&self, kind: account::Kind, owner: Option<&str>) -> i64 {
        let mut filter = Condition::all().add(account::Column::Kind.eq(kind));
        if let Some(owner) = owner {
            filter = filter.add(account::Column::OwnerId.eq(owner.parse::<Uuid>().unwrap()));
        }
        let accounts = account::Entity::find().filter(filter).all(self.db.read()).await.unwrap();
        let ids: Vec<_> = accounts.iter().map(|account| account.id).collect();
        let transfers = transfer::Entity::find().all(self.db.read()).await.unwrap();
        let sum = |side: &dyn Fn(&transfer::Model) -> bool| -> i64 {
            let chosen = transfers.iter().filter(|transfer| side(transfer));
            chosen.map(|transfer| transfer.amount.get()).sum()
        };
        sum(&|transfer| ids.contains(&transfer.credit_account))
            - sum(&|transfer| ids.contains(&transfer.debit_account))
    }
}
