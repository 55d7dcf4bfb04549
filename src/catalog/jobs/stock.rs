//! `catalog.tell_low_stock`: the owners of a shop learn that something is running out.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::catalog::query::shelf::{self, LevelFilter};
use crate::catalog::service;
use crate::identity::entity::{membership, user};
use crate::kernel::{VariantId, VendorId};
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};
use crate::web::authz::{Role, Scope};
use crate::web::query::PageOf;

/// Most lines of a message.
const SHOWN: u64 = 20;

/// Looks for stock that fell to its threshold.
pub async fn find_low(app: App) -> Result<(), JobError> {
    service::find_low(&app).await.map_err(JobError::new)
}

/// Tells the owners of a shop what is running out.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellLowStock {
    /// Whose.
    pub vendor_id: VendorId,
    /// What.
    pub variants: Vec<VariantId>,
}

impl Job<App> for TellLowStock {
    const KIND: &'static str = "catalog.tell_low_stock";

    async fn run(self, app: App) -> Result<(), JobError> {
        let count = self.variants.len();
        let filter = LevelFilter { variants: self.variants, ..LevelFilter::default() };
        let page = PageOf { limit: SHOWN, after: None };
        let levels = shelf::levels(app.db.read(), self.vendor_id, &filter, &page).await?;
        let mut text = format!("Stok {count} barang hampir habis:\n");
        for level in &levels.items {
            text.push_str(&format!("- {} ({}): tersisa {}\n", level.title, level.sku, level.available()));
        }
        if count > levels.items.len() {
            text.push_str(&format!("- dan {} lainnya\n", count - levels.items.len()));
        }
        for owner in owners(app.db.read(), self.vendor_id).await? {
            let Some(to) = Address::of(owner.email.as_deref(), owner.phone.as_deref()) else { continue };
            let message = Message { to, subject: "Stok hampir habis".to_owned(), text: text.clone() };
            app.messenger.send(message, app.now()).await.map_err(JobError::new)?;
        }
        Ok(())
    }
}

/// Who owns a shop.
pub(super) async fn owners(
    conn: &impl ConnectionTrait,
    vendor_id: VendorId,
) -> Result<Vec<user::Model>, DbErr> {
    let owners = sea_orm::sea_query::Query::select()
        .column(membership::Column::UserId)
        .from(membership::Entity)
        .and_where(membership::Column::Scope.eq(Scope::Vendor.name()))
        .and_where(membership::Column::ScopeId.eq(vendor_id.0))
        .and_where(membership::Column::Role.eq(Role::VendorOwner.name()))
        .take();
    user::Entity::find().filter(user::Column::Id.in_subquery(owners)).all(conn).await
}
