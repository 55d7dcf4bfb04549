//! Writes batches of products: new ones in bulk, known ones where they differ.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::report::Report;
use super::shops::{ShopName, Shops};
use super::update::{self, Change, Written};
use super::{ImportError, ProductOptions, ProductRow};
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::movement::Reason;
use crate::catalog::entity::product::Status;
use crate::catalog::entity::{category, product, variant};
use crate::catalog::error::unknown_category;
use crate::catalog::model::Tree;
use crate::catalog::model::content::texts;
use crate::catalog::model::words::{Banned, find};
use crate::catalog::query::categories;
use crate::catalog::service::{
    Owner, SKU, VariantRows, banned_words, insert_rows, product_row, settle_products, values, variant_rows,
};
use crate::catalog::stock::set_on_hand;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, ProductId, VariantId, VendorId};

/// Variants of one statement; a statement has a limit of parameters.
const CHUNK: usize = 1000;

/// Where products are written to.
pub struct Store<'a> {
    app: &'a App,
    options: ProductOptions,
    tree: Arc<Tree>,
    shops: Shops,
}

/// A row whose shop and category are known.
struct Placed<'a> {
    row: &'a ProductRow,
    vendor_id: VendorId,
    category: &'a category::Model,
}

/// What a batch did.
#[derive(Default)]
struct Done {
    created: usize,
    updated: usize,
    unchanged: usize,
    shops_created: usize,
    refused: Vec<(u64, FieldError)>,
}

impl<'a> Store<'a> {
    /// Reads the categories and the shops.
    pub async fn open(app: &'a App, options: ProductOptions) -> Result<Self, ImportError> {
        Ok(Self {
            app,
            options,
            tree: Arc::new(categories::tree(app.db.read()).await?),
            shops: Shops::load(app.db.read()).await?,
        })
    }

    /// Writes a batch in one transaction. If a SKU clashes with what a shop is just writing, row by row.
    pub async fn write(&mut self, rows: Vec<ProductRow>, report: &mut Report) -> Result<(), ImportError> {
        if rows.is_empty() {
            return Ok(());
        }
        match self.batch(&rows).await {
            Err(ImportError::Db(error)) if SKU.broken_by(&error) => {
                // Shops that were made in the transaction are gone with it.
                self.shops = Shops::load(self.app.db.read()).await?;
                self.one_by_one(&rows, report).await
            }
            done => {
                done?.add_to(report);
                Ok(())
            }
        }
    }

    async fn one_by_one(&mut self, rows: &[ProductRow], report: &mut Report) -> Result<(), ImportError> {
        for row in rows {
            match self.batch(std::slice::from_ref(row)).await {
                Err(ImportError::Db(error)) if SKU.broken_by(&error) => {
                    self.shops = Shops::load(self.app.db.read()).await?;
                    report.refuse(row.line, vec![sku_taken().at("/sku")]);
                }
                done => done?.add_to(report),
            }
        }
        Ok(())
    }

    async fn batch(&mut self, rows: &[ProductRow]) -> Result<Done, ImportError> {
        let now = self.app.now();
        let mut done = Done::default();
        let txn = self.app.db.begin().await?;
        let tree = self.tree.clone();
        let placed = self.place(&txn, (&tree, rows), now, &mut done).await?;
        let known = known_products(&txn, &placed).await?;
        let mut fresh = Vec::new();
        let mut changes = Vec::new();
        for placed in placed {
            let found = known_as(&placed, &known);
            let mut found = found.into_iter();
            match (found.next(), found.next()) {
                (None, _) => fresh.push(placed),
                (Some(id), None) => changes.push((id, placed)),
                (Some(_), Some(_)) => done.refused.push((placed.row.line, sku_taken().at("/sku"))),
            }
        }
        done.created = fresh.len();
        let mut touched = self.insert(&txn, &fresh, now).await?;
        touched.extend(self.update(&txn, changes, now, &mut done).await?);
        settle_products(&txn, self.app, &touched, now).await?;
        changes::touched(&txn, touched, now).await?;
        self.app.commit(txn).await?;
        Ok(done)
    }

    /// Finds the shop and the category of each row; shops are made if need be.
    async fn place<'r>(
        &mut self,
        txn: &DatabaseTransaction,
        (tree, rows): (&'r Tree, &'r [ProductRow]),
        now: DateTime<Utc>,
        done: &mut Done,
    ) -> Result<Vec<Placed<'r>>, ImportError> {
        let mut placed = Vec::with_capacity(rows.len());
        let banned = banned_words(txn).await?;
        for row in rows {
            if let Some(fault) = carries(row, &banned) {
                done.refused.push((row.line, fault));
                continue;
            }
            let Some(category) = tree.find(&row.product.fields.category) else {
                done.refused.push((row.line, unknown_category().at("/kategori")));
                continue;
            };
            let shop = ShopName { nib: row.nib.clone(), name: row.shop.clone() };
            let create = self.options.create_shops;
            match self.shops.find_or_create(txn, &shop, create, now).await? {
                Ok((vendor_id, made)) => {
                    done.shops_created += usize::from(made);
                    placed.push(Placed { row, vendor_id, category });
                }
                Err(fault) => done.refused.push((row.line, fault.at("/nama_usaha"))),
            }
        }
        Ok(placed)
    }

    async fn insert(
        &self,
        txn: &DatabaseTransaction,
        fresh: &[Placed<'_>],
        now: DateTime<Utc>,
    ) -> Result<Vec<ProductId>, ImportError> {
        let mut products = Vec::with_capacity(fresh.len());
        let mut variants: Vec<VariantRows> = Vec::new();
        let mut ids = Vec::with_capacity(fresh.len());
        let mut said = Vec::with_capacity(fresh.len());
        for placed in fresh {
            let new = &placed.row.product;
            let (id, mut row) = product_row(placed.vendor_id, placed.category, new, now);
            if let Some(tax_class) = placed.row.tax_class {
                row.tax_class = Set(tax_class);
            }
            if !self.options.draft {
                row.status = Set(Status::Published);
                row.published_at = Set(Some(now));
            }
            let owner = Owner { product_id: id, vendor_id: placed.vendor_id, actor: None, now };
            let rows = (0..).zip(new.variants.iter().cloned());
            variants.extend(rows.map(|(position, new)| variant_rows(&owner, new, position)));
            let place = (id, placed.category.id);
            said.push(values::Said::new(place, &new.fields.attributes, &new.variants));
            products.push(row);
            ids.push(id);
        }
        if !products.is_empty() {
            product::Entity::insert_many(products).exec_without_returning(txn).await?;
        }
        while !variants.is_empty() {
            let rest = variants.split_off(variants.len().min(CHUNK));
            insert_rows(txn, std::mem::replace(&mut variants, rest)).await?;
        }
        values::insert(txn, &said).await?;
        Ok(ids)
    }

    async fn update(
        &self,
        txn: &DatabaseTransaction,
        changes: Vec<(ProductId, Placed<'_>)>,
        now: DateTime<Utc>,
        done: &mut Done,
    ) -> Result<Vec<ProductId>, ImportError> {
        let stored = update::load(txn, changes.iter().map(|(id, _)| *id)).await?;
        let mut touched = Vec::new();
        let mut counts: Vec<(VariantId, i32)> = Vec::new();
        for (id, placed) in changes {
            let Some(stored) = stored.get(&id) else {
                continue;
            };
            let change = Change { row: placed.row, category: placed.category, stored };
            match change.write(txn, now).await? {
                Written::Done(more) => {
                    done.updated += 1;
                    touched.push(id);
                    counts.extend(more);
                }
                Written::Nothing => done.unchanged += 1,
                Written::Refused(fault) => {
                    done.refused
                        .push((placed.row.line, FieldError { pointer: "/harga".to_owned(), ..fault }));
                }
            }
        }
        // In the order of their keys, as orders take them.
        counts.sort_unstable();
        for (variant_id, on_hand) in counts {
            set_on_hand(txn, variant_id, on_hand, (Reason::Count, None), now).await?;
        }
        Ok(touched)
    }
}

impl Done {
    fn add_to(self, report: &mut Report) {
        report.created += self.created;
        report.updated += self.updated;
        report.unchanged += self.unchanged;
        report.shops_created += self.shops_created;
        for (line, fault) in self.refused {
            report.refuse(line, vec![fault]);
        }
    }
}

/// The products of these shops that have one of these SKUs.
async fn known_products(
    txn: &DatabaseTransaction,
    placed: &[Placed<'_>],
) -> Result<HashMap<(VendorId, String), ProductId>, ImportError> {
    let vendors: BTreeSet<VendorId> = placed.iter().map(|placed| placed.vendor_id).collect();
    let skus: Vec<&str> = placed.iter().flat_map(|placed| skus(placed.row)).collect();
    let mut known = HashMap::new();
    for skus in skus.chunks(CHUNK) {
        let found = variant::Entity::find()
            .filter(variant::Column::VendorId.is_in(vendors.iter().copied()))
            .filter(variant::Column::Sku.is_in(skus.iter().copied()))
            .all(txn)
            .await?;
        known.extend(found.into_iter().map(|row| ((row.vendor_id, row.sku), row.product_id)));
    }
    Ok(known)
}

/// The product itself, when the row had one variant, and those of all its variants now.
fn skus(row: &ProductRow) -> impl Iterator<Item = &str> {
    let variants = row.product.variants.iter().filter_map(|variant| variant.sku.as_deref());
    std::iter::once(row.sku.as_str()).chain(variants)
}

/// The first banned word of a row, as a fault of its column.
fn carries(row: &ProductRow, banned: &[Banned]) -> Option<FieldError> {
    if banned.is_empty() {
        return None;
    }
    let fields = &row.product.fields;
    let variants = row.product.variants.iter();
    let variants: Vec<_> = variants
        .map(|variant| json!({"sku": variant.sku, "options": variant.options.clone().into_map()}))
        .collect();
    let content = json!({"title": fields.title, "description": fields.description, "unit": fields.unit,
        "attributes": fields.attributes.clone().into_map(), "variants": variants});
    let found =
        texts(&content).iter().find_map(|(field, text)| find(field, text, banned).into_iter().next())?;
    let column = match found.field.as_str() {
        "title" => "judul",
        "description" => "deskripsi",
        "unit" => "satuan",
        field if field.starts_with("options") => "varian",
        field => field.trim_start_matches("attributes/"),
    };
    let word = found.word;
    let fault = Fault::new(
        "banned-words",
        format!("Kata yang tidak boleh dipakai: {word}."),
        format!("A word that is not allowed: {word}."),
    );
    Some(fault.at(format!("/{column}")))
}

fn known_as(placed: &Placed<'_>, known: &HashMap<(VendorId, String), ProductId>) -> BTreeSet<ProductId> {
    skus(placed.row).filter_map(|sku| known.get(&(placed.vendor_id, sku.to_owned())).copied()).collect()
}

fn sku_taken() -> Fault {
    Fault::new(
        "sku-taken",
        "SKU sudah dipakai produk lain di toko ini.",
        "Another product of this shop has this SKU.",
    )
}
