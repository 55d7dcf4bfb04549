//! Products with everything that the lines of a list say about them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use url::Url;

use super::bundles::{PartRow, parts_of};
use super::relations::{category_of_product, stock_of_variant};
use crate::catalog::entity::product::StockMode;
use crate::catalog::entity::{category, image, meal_plan, product, schedule, stock, translation, variant};
use crate::catalog::model::{Tongue, media};
use crate::kernel::{ProductId, VariantId, VendorId};

/// Products of one round of statements.
pub const AT_ONCE: u64 = 200;

/// A product with everything that its lines say.
#[derive(Clone, Debug)]
pub struct Listed {
    pub product: product::Model,
    /// Slug.
    pub category: String,
    pub variants: Vec<(variant::Model, stock::Model)>,
    pub parts: Vec<PartRow>,
    pub images: Vec<image::Model>,
    /// Of the pictures, in their order.
    pub addresses: Vec<String>,
    pub texts: Vec<translation::Model>,
    pub plan: Option<meal_plan::Model>,
    pub publish_at: Option<DateTime<Utc>>,
}

impl Listed {
    /// SKU and quantity of the parts of a bundle, by SKU.
    pub fn parts_of(&self, bundle: VariantId) -> impl Iterator<Item = (&str, i32)> {
        let mut parts: Vec<(&str, i32)> = self
            .parts
            .iter()
            .filter(|part| part.bundle_id == bundle)
            .map(|part| (part.sku.as_str(), part.quantity))
            .collect();
        parts.sort_unstable();
        parts.into_iter()
    }

    /// What is to be seen on the pictures; nothing at the end where nothing is said.
    pub fn alts(&self) -> Vec<&str> {
        let mut alts: Vec<&str> =
            self.images.iter().map(|image| image.alt.as_deref().unwrap_or_default()).collect();
        while alts.last().is_some_and(|alt| alt.is_empty()) {
            alts.pop();
        }
        alts
    }

    /// The texts in a language.
    pub fn text(&self, tongue: Tongue) -> Option<&translation::Model> {
        self.texts.iter().find(|text| text.lang == tongue)
    }

    /// Whether it is sold by the day.
    pub fn is_daily(&self) -> bool {
        self.product.stock_mode == StockMode::Daily
    }
}

/// The next products of a shop, the oldest first, in a fixed number of statements; none after the last.
pub async fn page(
    conn: &impl ConnectionTrait,
    (vendor_id, after): (VendorId, Option<ProductId>),
    base: &Url,
) -> Result<Vec<Listed>, DbErr> {
    let after = after.map(|after| product::Column::Id.gt(after));
    let select = product::Entity::find()
        .filter(product::Column::VendorId.eq(vendor_id))
        .filter(Condition::all().add_option(after))
        .order_by_asc(product::Column::Id)
        .limit(AT_ONCE);
    listed(conn, select, base).await
}

/// These products, in a fixed number of statements.
pub async fn of(conn: &impl ConnectionTrait, ids: Vec<ProductId>, base: &Url) -> Result<Vec<Listed>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = product::Entity::find().filter(product::Column::Id.is_in(ids));
    listed(conn, select.order_by_asc(product::Column::Id), base).await
}

async fn listed(
    conn: &impl ConnectionTrait,
    select: Select<product::Entity>,
    base: &Url,
) -> Result<Vec<Listed>, DbErr> {
    let category: sea_orm::RelationDef = category_of_product();
    let products = select.join(JoinType::InnerJoin, category).select_also(category::Entity).all(conn).await?;
    let ids: Vec<ProductId> = products.iter().map(|(product, _)| product.id).collect();
    let mut page = Found {
        places: ids.iter().copied().zip(0..).collect(),
        all: products.into_iter().map(bare).collect(),
    };
    if ids.is_empty() {
        return Ok(page.all);
    }
    goods(conn, &ids, &mut page).await?;
    for image in images(conn, &ids).await? {
        page.at(image.product_id, |one| {
            one.addresses.push(media::url(base, image.id, None));
            one.images.push(image);
        });
    }
    said(conn, &ids, &mut page).await?;
    Ok(page.all)
}

/// Products, and where each of them is.
struct Found {
    all: Vec<Listed>,
    places: HashMap<ProductId, usize>,
}

impl Found {
    fn at(&mut self, id: ProductId, add: impl FnOnce(&mut Listed)) {
        if let Some(one) = self.places.get(&id).and_then(|at| self.all.get_mut(*at)) {
            add(one);
        }
    }
}

/// Adds variants with their stock, and what bundles are made of.
async fn goods(conn: &impl ConnectionTrait, ids: &[ProductId], page: &mut Found) -> Result<(), DbErr> {
    let mut bundles: HashMap<VariantId, ProductId> = HashMap::new();
    for (variant, stock) in variants(conn, ids).await? {
        if variant.is_bundle {
            bundles.insert(variant.id, variant.product_id);
        }
        page.at(variant.product_id, |one| one.variants.extend(stock.map(|stock| (variant, stock))));
    }
    let of: Vec<VariantId> = bundles.keys().copied().collect();
    for part in parts_of(conn, &of).await? {
        if let Some(id) = bundles.get(&part.bundle_id) {
            page.at(*id, |one| one.parts.push(part));
        }
    }
    Ok(())
}

/// Adds texts, plans and times of publication.
async fn said(conn: &impl ConnectionTrait, ids: &[ProductId], page: &mut Found) -> Result<(), DbErr> {
    let texts = translation::Entity::find()
        .filter(translation::Column::ProductId.is_in(ids.iter().copied()))
        .order_by_asc(translation::Column::Lang);
    for text in texts.all(conn).await? {
        page.at(text.product_id, |one| one.texts.push(text));
    }
    let plans = meal_plan::Entity::find().filter(meal_plan::Column::ProductId.is_in(ids.iter().copied()));
    for plan in plans.all(conn).await? {
        page.at(plan.product_id, |one| one.plan = Some(plan));
    }
    let due = schedule::Entity::find().filter(schedule::Column::ProductId.is_in(ids.iter().copied()));
    for due in due.all(conn).await? {
        page.at(due.product_id, |one| one.publish_at = Some(due.publish_at));
    }
    Ok(())
}

fn bare((product, category): (product::Model, Option<category::Model>)) -> Listed {
    Listed {
        product,
        category: category.map(|category| category.slug).unwrap_or_default(),
        variants: Vec::new(),
        parts: Vec::new(),
        images: Vec::new(),
        addresses: Vec::new(),
        texts: Vec::new(),
        plan: None,
        publish_at: None,
    }
}

async fn variants(
    conn: &impl ConnectionTrait,
    ids: &[ProductId],
) -> Result<Vec<(variant::Model, Option<stock::Model>)>, DbErr> {
    variant::Entity::find()
        .join(JoinType::InnerJoin, stock_of_variant())
        .select_also(stock::Entity)
        .filter(variant::Column::ProductId.is_in(ids.iter().copied()))
        .order_by_asc(variant::Column::Position)
        .order_by_asc(variant::Column::Id)
        .all(conn)
        .await
}

async fn images(conn: &impl ConnectionTrait, ids: &[ProductId]) -> Result<Vec<image::Model>, DbErr> {
    image::Entity::find()
        .filter(image::Column::ProductId.is_in(ids.iter().copied()))
        .order_by_asc(image::Column::Position)
        .order_by_asc(image::Column::Id)
        .all(conn)
        .await
}
