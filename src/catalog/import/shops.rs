//! Which shop a row of products belongs to.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QuerySelect};

use super::ImportError;
use super::repair::text;
use crate::kernel::VendorId;
use crate::kernel::fields::Fault;
use crate::vendors::entity::vendor::{self, Status};
use crate::vendors::service::{Named, create_named};

/// What happens with shops that a list of products names and nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum CreateShops {
    /// They sell at once.
    Active,
    /// They can be found, and sell when their owner has claimed them.
    Unclaimed,
    /// Their rows are refused.
    No,
}

/// How a row names its shop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShopName {
    /// Thirteen digits.
    pub nib: Option<String>,
    /// As on the signboard.
    pub name: String,
}

/// All shops by number and name.
#[derive(Clone, Debug, Default)]
pub struct Shops {
    by_nib: HashMap<String, VendorId>,
    by_name: HashMap<String, Vec<Known>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    id: VendorId,
    has_nib: bool,
}

impl CreateShops {
    fn status(self) -> Option<Status> {
        match self {
            Self::Active => Some(Status::Active),
            Self::Unclaimed => Some(Status::Unclaimed),
            Self::No => None,
        }
    }
}

/// One name for upper and lower case and all kinds of blanks.
fn fold(name: &str) -> String {
    text(name).to_lowercase()
}

impl Shops {
    /// Reads all shops.
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let rows: Vec<(VendorId, Option<String>, String)> = vendor::Entity::find()
            .select_only()
            .columns([vendor::Column::Id, vendor::Column::Nib, vendor::Column::Name])
            .into_tuple()
            .all(db)
            .await?;
        let mut shops = Self::default();
        for (id, nib, name) in rows {
            shops.add(id, &ShopName { nib, name });
        }
        Ok(shops)
    }

    fn add(&mut self, id: VendorId, shop: &ShopName) {
        if let Some(nib) = &shop.nib {
            self.by_nib.insert(nib.clone(), id);
        }
        let known = Known { id, has_nib: shop.nib.is_some() };
        self.by_name.entry(fold(&shop.name)).or_default().push(known);
    }

    /// The shop that is meant. By number; where there is none, by name if only one shop has it.
    pub fn find(&self, shop: &ShopName) -> Result<Option<VendorId>, Fault> {
        let named = self.by_name.get(&fold(&shop.name)).map_or(&[][..], Vec::as_slice);
        if let Some(nib) = &shop.nib {
            // A shop of this name that never gave its number is the same one.
            let without = named.iter().find(|known| !known.has_nib).map(|known| known.id);
            return Ok(self.by_nib.get(nib).copied().or(without));
        }
        match named {
            [] => Ok(None),
            [one] => Ok(Some(one.id)),
            _ => Err(Fault::new(
                "shop-ambiguous",
                "Ada beberapa toko dengan nama ini; isi NIB-nya.",
                "Several shops have this name; give the NIB.",
            )),
        }
    }

    /// The shop that is meant, made if need be; true if it was made.
    pub async fn find_or_create(
        &mut self,
        txn: &DatabaseTransaction,
        shop: &ShopName,
        create: CreateShops,
        now: DateTime<Utc>,
    ) -> Result<Result<(VendorId, bool), Fault>, ImportError> {
        match self.find(shop) {
            Err(fault) => return Ok(Err(fault)),
            Ok(Some(id)) => return Ok(Ok((id, false))),
            Ok(None) => {}
        }
        let Some(status) = create.status() else {
            return Ok(Err(unknown_shop()));
        };
        let named = Named { name: shop.name.clone(), nib: shop.nib.clone(), status };
        let id = create_named(txn, named, now).await.map_err(ImportError::Vendor)?;
        self.add(id, shop);
        Ok(Ok((id, true)))
    }
}

fn unknown_shop() -> Fault {
    Fault::new("unknown-shop", "Toko tidak dikenal.", "Unknown shop.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(nib: Option<&str>, name: &str) -> ShopName {
        ShopName { nib: nib.map(str::to_owned), name: name.to_owned() }
    }

    #[test]
    fn a_shop_is_found_by_number_then_by_name() {
        let mut shops = Shops::default();
        let (a, b, c) = (VendorId::generate(), VendorId::generate(), VendorId::generate());
        shops.add(a, &shop(Some("1"), "Toko Ani"));
        shops.add(b, &shop(None, "Toko Budi"));
        assert_eq!(shops.find(&shop(Some("1"), "Lain")).unwrap(), Some(a));
        assert_eq!(shops.find(&shop(None, "TOKO\u{a0}ani")).unwrap(), Some(a));
        assert_eq!(shops.find(&shop(Some("2"), "Toko Ani")).unwrap(), None);
        assert_eq!(shops.find(&shop(Some("2"), "Toko Budi")).unwrap(), Some(b));
        assert_eq!(shops.find(&shop(None, "Toko Cici")).unwrap(), None);
        shops.add(c, &shop(Some("3"), "toko budi"));
        assert_eq!(shops.find(&shop(None, "Toko Budi")).unwrap_err().code, "shop-ambiguous");
    }
}
