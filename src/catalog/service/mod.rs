//! Use cases of the catalogue.

mod alerts;
mod attributes;
mod bundles;
mod copy;
mod count;
mod create;
mod edit;
mod images;
mod imports;
mod meals;
mod moderate;
mod names;
mod order_images;
mod papers;
mod prices;
mod publish;
mod report;
mod revise;
mod stock;
mod told;
mod upkeep;
pub(super) mod values;
mod waiting;
mod words;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::variant;
use super::error::CatalogError;
use super::model::Attributes;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, VariantId, VendorId};
use crate::platform::db::Unique;

pub use alerts::{find_low, set_threshold};
pub use attributes::{DefinitionPatch, define, redefine, undefine};
pub use copy::copy;
pub use count::{Booked, cancel_count, close_count, enter_counts, open_count};
pub use create::create;
pub(super) use create::{
    Owner, VariantRows, create_in, insert_rows, product_row, put_figures, upsert_variants, variant_rows,
};
pub(super) use edit::edit_in;
pub use edit::{Edit, Seen, edit};
pub use images::{add_image, delete_image, discard_image, may_add_image};
pub(super) use images::{insert_image_in, store_files};
pub use imports::{NewImport, end_import, start_import};
pub(super) use meals::set_plan_in;
pub use meals::{DayWish, Planned, set_day, set_plan, sold_out_today};
pub use moderate::{Decision, decide, take_down};
pub(super) use names::translate_in;
pub use names::{rename, translate};
pub use order_images::order_images;
pub(super) use order_images::order_images_in;
pub use papers::{
    awaited as awaited_papers, decide_paper, end_papers, exempt as exempt_paper, settle_all, settle_one,
    settle_products, settle_shop,
};
pub use prices::{NewSale, end_sale, refresh_prices, set_sale};
pub use publish::{archive, check_publish_at, publish, publish_due, schedule, unarchive, unpublish};
pub(super) use publish::{back_in, publish_in, schedule_in};
pub use report::{Finding, Reported, close_report, forget_reporter, report};
pub(super) use revise::waiting_edit;
pub use revise::{ReadEdit, SeenRevision, approve_revision, reject_revision, withdraw_revision};
pub use stock::set_stock;
pub(super) use stock::set_stock_in;
pub use upkeep::refresh_products;
pub(super) use waiting::wished_images;
pub(super) use words::list as banned_words;
pub use words::{allow, ban};

/// One SKU, one variant of a shop.
pub(super) const SKU: Unique = Unique { name: "variants_sku", columns: "variants.vendor_id, variants.sku" };

/// A number for a variant whose shop gave none; the end of a UUIDv7 is random.
pub(super) fn made_up_sku(id: VariantId) -> String {
    let hex = id.0.simple().to_string();
    format!("LPK-{}", hex[hex.len() - 10..].to_uppercase())
}

/// Finds out which of these SKUs the shop has already; only asked after the database refused one.
async fn taken_skus(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    skus: &[(usize, String, Option<VariantId>)],
) -> CatalogError {
    let names = skus.iter().map(|(_, sku, _)| sku.as_str());
    let found = variant::Entity::find()
        .filter(variant::Column::VendorId.eq(vendor_id))
        .filter(variant::Column::Sku.is_in(names))
        .all(db)
        .await;
    let found = match found {
        Ok(found) => found,
        Err(error) => return error.into(),
    };
    let taken = |(index, sku, id): &(usize, String, Option<VariantId>)| -> Option<FieldError> {
        let other = found.iter().any(|row| row.sku == *sku && Some(row.id) != *id);
        let fault = || Fault::new("sku-taken", "SKU sudah dipakai.", "This SKU is taken.");
        other.then(|| fault().at(format!("/variants/{index}/sku")))
    };
    CatalogError::SkuTaken(skus.iter().filter_map(taken).collect())
}

/// The options of stored variants, to be compared.
fn options_of(row: &variant::Model) -> Attributes {
    Attributes::decode(&row.options)
}
