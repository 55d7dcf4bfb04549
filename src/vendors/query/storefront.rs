//! Reads about how shops present themselves, and on which terms they deliver.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};

use crate::kernel::{Rupiah, VendorId};
use crate::vendors::entity::{area, storefront};

/// How a shop presents itself, if it said.
pub async fn storefront(db: &impl ConnectionTrait, id: VendorId) -> Result<Option<storefront::Model>, DbErr> {
    storefront::Entity::find_by_id(id).one(db).await
}

/// Where a shop delivers, by code.
pub async fn areas(db: &impl ConnectionTrait, id: VendorId) -> Result<Vec<area::Model>, DbErr> {
    area::Entity::find()
        .filter(area::Column::VendorId.eq(id))
        .order_by_asc(area::Column::RegionCode)
        .all(db)
        .await
}

/// On which terms a shop delivers.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Which shop.
    pub vendor_id: VendorId,
    /// Where it delivers; everywhere if there is none.
    pub areas: Vec<area::Model>,
}

/// The terms of shops, in one statement; a shop that said nothing has none. No statement if no shop is asked for.
pub async fn terms(db: &impl ConnectionTrait, shops: &[VendorId]) -> Result<Vec<Terms>, DbErr> {
    if shops.is_empty() {
        return Ok(Vec::new());
    }
    let of_shop = storefront::Entity::belongs_to(area::Entity)
        .from(storefront::Column::VendorId)
        .to(area::Column::VendorId)
        .into();
    let rows: Vec<(storefront::Model, Option<area::Model>)> = storefront::Entity::find()
        .join(JoinType::LeftJoin, of_shop)
        .select_also(area::Entity)
        .filter(storefront::Column::VendorId.is_in(shops.iter().copied()))
        .all(db)
        .await?;
    let mut all: Vec<Terms> = Vec::new();
    for (shop, area) in rows {
        let at = all.iter().position(|terms| terms.vendor_id == shop.vendor_id).unwrap_or_else(|| {
            all.push(Terms { vendor_id: shop.vendor_id, areas: Vec::new() });
            all.len() - 1
        });
        if let Some(terms) = all.get_mut(at) {
            terms.areas.extend(area);
        }
    }
    Ok(all)
}

impl Terms {
    /// What delivery to a place costs; `Some(None)` where the shop named no areas, nothing where it does not deliver.
    pub fn fee_to(&self, district: &str, village: Option<&str>) -> Option<Option<Rupiah>> {
        if self.areas.is_empty() {
            return Some(None);
        }
        crate::vendors::model::fee_to(&self.areas, district, village).map(Some)
    }
}
