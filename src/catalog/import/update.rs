//! Brings a product that was imported before up to date.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, JoinType, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::{ImportError, ProductRow};
use crate::catalog::entity::{category, product, stock, variant};
use crate::catalog::model::NewVariant;
use crate::catalog::model::figures::{Figures, Priced};
use crate::catalog::model::goods::VariantGoodsPatch;
use crate::catalog::model::patch::VariantChange;
use crate::catalog::query::relations::stock_of_variant;
use crate::catalog::service::{Owner, insert_rows, put_figures, upsert_variants, values, variant_rows};
use crate::kernel::{FieldError, ProductId, VariantId};

/// A product as it is stored.
pub struct Stored {
    product: product::Model,
    variants: Vec<(variant::Model, stock::Model)>,
}

/// A row beside what is stored of it.
pub struct Change<'a> {
    pub row: &'a ProductRow,
    pub category: &'a category::Model,
    pub stored: &'a Stored,
}

/// What a change did.
pub enum Written {
    /// Nothing differs.
    Nothing,
    /// It is written; these counts are still to be set, together with those of others in the order of their keys.
    Done(Vec<(VariantId, i32)>),
    /// It cannot be so.
    Refused(FieldError),
}

/// Reads products with their variants and stock, in two statements. The products are held, so that nobody edits them meanwhile.
pub async fn load(
    txn: &DatabaseTransaction,
    ids: impl Iterator<Item = ProductId> + Clone,
) -> Result<HashMap<ProductId, Stored>, ImportError> {
    if ids.clone().next().is_none() {
        return Ok(HashMap::new());
    }
    let products = product::Entity::find()
        .filter(product::Column::Id.is_in(ids.clone()))
        .order_by_asc(product::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    let mut stored: HashMap<ProductId, Stored> = products
        .into_iter()
        .map(|product| {
            let variants = Vec::new();
            (product.id, Stored { product, variants })
        })
        .collect();
    let variants = variant::Entity::find()
        .join(JoinType::InnerJoin, stock_of_variant())
        .select_also(stock::Entity)
        .filter(variant::Column::ProductId.is_in(ids))
        .all(txn)
        .await?;
    for (variant, stock) in variants {
        if let (Some(stored), Some(stock)) = (stored.get_mut(&variant.product_id), stock) {
            stored.variants.push((variant, stock));
        }
    }
    Ok(stored)
}

impl Change<'_> {
    /// Writes what differs, but for counts.
    pub async fn write(&self, txn: &DatabaseTransaction, now: DateTime<Utc>) -> Result<Written, ImportError> {
        let after = match self.variants_after() {
            Ok(after) => after,
            Err(fault) => return Ok(Written::Refused(fault)),
        };
        let added: Vec<&NewVariant> = self.added().collect();
        let counts = self.counts();
        let product = self.product(&after, now);
        let before = self.stored.variants.iter().map(|(variant, _)| variant);
        let changed: Vec<variant::Model> = after
            .into_iter()
            .zip(before)
            .filter(|(after, before)| after != *before)
            .map(|(after, _)| after)
            .collect();
        let content = product != self.stored.product || !changed.is_empty() || !added.is_empty();
        if !content && counts.is_empty() {
            return Ok(Written::Nothing);
        }
        if content {
            let id = product.id;
            self.write_product(txn, product, now).await?;
            let wanted = &self.row.product;
            let place = (id, self.category.id);
            let said = values::Said::new(place, &wanted.fields.attributes, &wanted.variants);
            values::replace(txn, said).await?;
        }
        upsert_variants(txn, changed, now).await?;
        self.add(txn, added, now).await?;
        Ok(Written::Done(counts))
    }

    /// The product as the row has it. Its status is the shop's affair.
    fn product(&self, after: &[variant::Model], now: DateTime<Utc>) -> product::Model {
        let fields = &self.row.product.fields;
        let mut product = self.stored.product.clone();
        product.category_id = self.category.id;
        product.title.clone_from(&fields.title);
        product.description.clone_from(&fields.description);
        product.attributes = fields.attributes.encode();
        product.unit.clone_from(&fields.unit);
        product.min_order = fields.min_order;
        product.lead_time_days = fields.lead_time_days;
        product.tax_class = self.row.tax_class.unwrap_or(self.category.tax_class);
        let added: Vec<&NewVariant> = self.added().collect();
        let added = added.iter().map(|variant| Priced::fresh(variant, &fields.unit));
        let stored = after.iter().map(|variant| Priced::stored(variant, &fields.unit, now));
        put_figures(&mut product, Figures::of(stored.chain(added)));
        product
    }

    fn wanted(&self, sku: &str) -> Option<&NewVariant> {
        let mut variants = self.row.product.variants.iter();
        variants.find(|variant| variant.sku.as_deref() == Some(sku))
    }

    /// The stored variants as the row has them, by the rules for edits: a running sale must stay one.
    fn variants_after(&self) -> Result<Vec<variant::Model>, FieldError> {
        let after = |(variant, _): &(variant::Model, stock::Model)| {
            let mut after = variant.clone();
            if let Some(wanted) = self.wanted(&variant.sku) {
                let change = VariantChange {
                    id: variant.id,
                    price: Some(wanted.price),
                    tiers: Some(wanted.tiers.clone()),
                    sku: None,
                    weight_g: Some(wanted.weight_g),
                    options: Some(wanted.options.clone()),
                    goods: VariantGoodsPatch::default(),
                };
                change.apply(&mut after)?;
            }
            Ok(after)
        };
        self.stored.variants.iter().map(after).collect()
    }

    fn added(&self) -> impl Iterator<Item = &NewVariant> {
        self.row.product.variants.iter().filter(|wanted| {
            let mut stored = self.stored.variants.iter();
            !stored.any(|(variant, _)| Some(variant.sku.as_str()) == wanted.sku.as_deref())
        })
    }

    /// New counts: never below what is promised, and nothing left of variants that the row has no more. A bundle has no shelf.
    fn counts(&self) -> Vec<(VariantId, i32)> {
        let count = |(variant, stock): &(variant::Model, stock::Model)| {
            if variant.is_bundle {
                return None;
            }
            let wanted = self.wanted(&variant.sku).map_or(0, |wanted| wanted.stock);
            let on_hand = Ord::max(wanted, stock.reserved);
            (on_hand != stock.on_hand).then_some((variant.id, on_hand))
        };
        self.stored.variants.iter().filter_map(count).collect()
    }

    async fn write_product(
        &self,
        txn: &DatabaseTransaction,
        mut product: product::Model,
        now: DateTime<Utc>,
    ) -> Result<(), ImportError> {
        let id = product.id;
        product.updated_at = now;
        let mut row = product.into_active_model().reset_all();
        // Counted by the database, so that an edit at the same time is not overwritten unseen.
        row.not_set(product::Column::Version);
        row.not_set(product::Column::Status);
        row.not_set(product::Column::Id);
        product::Entity::update_many()
            .set(row)
            .col_expr(product::Column::Version, Expr::col(product::Column::Version).add(1))
            .filter(product::Column::Id.eq(id))
            .exec(txn)
            .await?;
        Ok(())
    }

    async fn add(
        &self,
        txn: &DatabaseTransaction,
        added: Vec<&NewVariant>,
        now: DateTime<Utc>,
    ) -> Result<(), ImportError> {
        let product = &self.stored.product;
        let owner = Owner { product_id: product.id, vendor_id: product.vendor_id, actor: None, now };
        let next = self.stored.variants.iter().map(|(variant, _)| variant.position + 1);
        let next = next.max().unwrap_or(0);
        let rows = (next..).zip(added.into_iter().cloned());
        let rows = rows.map(|(position, new)| variant_rows(&owner, new, position)).collect();
        Ok(insert_rows(txn, rows).await?)
    }
}
