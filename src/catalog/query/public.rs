//! What everybody may see: published products of active and unclaimed shops.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use super::relations::{category_of_product, first_image, in_stock, stock_of_variant, vendor_of_product};
use super::{categories, images_of, is_slug};
use crate::catalog::entity::product::{Column, Entity, Status, StockMode};
use crate::catalog::entity::{category, image, stock, variant};
use crate::kernel::{Cursor, ImageId, Page, ProductId, Rupiah, VendorId};
use crate::vendors::entity::vendor;
use crate::web::query::PageOf;

/// A product and its shop, as a list shows them.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    pub id: ProductId,
    pub slug: String,
    pub title: String,
    pub category: String,
    pub unit: String,
    pub price_min: Rupiah,
    pub price_max: Rupiah,
    pub rating: i32,
    pub vendor_id: VendorId,
    pub vendor_slug: String,
    pub vendor_name: String,
    pub vendor_district: String,
    pub vendor_status: vendor::Status,
    pub in_stock: bool,
    pub image_id: Option<ImageId>,
    pub published_at: Option<DateTime<Utc>>,
}

/// The members of a product page that a list does not show.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Extra {
    pub description: String,
    pub attributes: String,
    pub min_order: i32,
    pub lead_time_days: i32,
    pub stock_mode: StockMode,
    pub updated_at: DateTime<Utc>,
}

/// A product page.
#[derive(Clone, Debug)]
pub struct Details {
    pub row: Row,
    pub extra: Extra,
    pub variants: Vec<(variant::Model, Option<stock::Model>)>,
    pub images: Vec<image::Model>,
}

/// What a list is about.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Slug of a category; everything below it is found, too.
    pub category: Option<String>,
    /// Id or slug of a shop.
    pub vendor: Option<String>,
}

impl Row {
    /// True if it can be bought here: the owner of the shop has claimed it.
    pub fn orderable(&self) -> bool {
        self.vendor_status == vendor::Status::Active
    }
}

/// The newest products first: two statements with a category, else one.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: &PageOf) -> Result<Page<Row>, DbErr> {
    let mut select = rows();
    if let Some(slug) = &filter.category {
        let below = categories::tree(db).await?.subtree(slug);
        select = select.filter(Column::CategoryId.is_in(below));
    }
    if let Some(vendor) = &filter.vendor {
        select = select.filter(match vendor.parse::<VendorId>() {
            Ok(id) => Column::VendorId.eq(id),
            Err(_) if is_slug(vendor) => vendor::Column::Slug.eq(vendor),
            Err(_) => {
                return Ok(Page::cut(Vec::new(), page.limit, |row: &Row| Cursor::after(row.id)));
            }
        });
    }
    if let Some(after) = &page.after {
        select = select.filter(Column::Id.lt(ProductId(after.id)));
    }
    let found = select.order_by_desc(Column::Id).limit(page.limit + 1).into_model::<Row>().all(db).await?;
    Ok(Page::cut(found, page.limit, |row| Cursor::after(row.id)))
}

/// A product page by id or slug, in three statements.
pub async fn details(db: &impl ConnectionTrait, id_or_slug: &str) -> Result<Option<Details>, DbErr> {
    let named = match id_or_slug.parse::<ProductId>() {
        Ok(id) => Column::Id.eq(id),
        Err(_) if is_slug(id_or_slug) => Column::Slug.eq(id_or_slug),
        Err(_) => return Ok(None),
    };
    let found = rows()
        .columns([
            Column::Description,
            Column::Attributes,
            Column::MinOrder,
            Column::LeadTimeDays,
            Column::StockMode,
            Column::UpdatedAt,
        ])
        .filter(named)
        .into_model::<Both>()
        .one(db)
        .await?;
    let Some(Both { row, extra }) = found else {
        return Ok(None);
    };
    let variants = variants_of(db, row.id).await?;
    let images = images_of(db, row.id).await?;
    Ok(Some(Details { row, extra, variants, images }))
}

/// The variants of a product with their stock, in their order.
pub async fn variants_of(
    db: &impl ConnectionTrait,
    product_id: ProductId,
) -> Result<Vec<(variant::Model, Option<stock::Model>)>, DbErr> {
    variant::Entity::find()
        .join(JoinType::InnerJoin, stock_of_variant())
        .select_also(stock::Entity)
        .filter(variant::Column::ProductId.eq(product_id))
        .order_by_asc(variant::Column::Position)
        .order_by_asc(variant::Column::Id)
        .all(db)
        .await
}

struct Both {
    row: Row,
    extra: Extra,
}

impl FromQueryResult for Both {
    fn from_query_result(found: &sea_orm::QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Row::from_query_result(found, prefix)?,
            extra: Extra::from_query_result(found, prefix)?,
        })
    }
}

/// The one place that says what the public may see: joined with shops and categories, no columns yet.
pub fn visible() -> Select<Entity> {
    Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, vendor_of_product())
        .join(JoinType::InnerJoin, category_of_product())
        .filter(Column::Status.eq(Status::Published))
        .filter(vendor::Column::Status.is_in([vendor::Status::Active, vendor::Status::Unclaimed]))
}

/// The columns of [`Row`].
pub fn rows() -> Select<Entity> {
    let columns = [
        Column::Id,
        Column::Slug,
        Column::Title,
        Column::Unit,
        Column::PriceMin,
        Column::PriceMax,
        Column::Rating,
        Column::PublishedAt,
    ];
    visible()
        .columns(columns)
        .column_as(category::Column::Slug, "category")
        .column_as(vendor::Column::Id, "vendor_id")
        .column_as(vendor::Column::Slug, "vendor_slug")
        .column_as(vendor::Column::Name, "vendor_name")
        .column_as(vendor::Column::DistrictCode, "vendor_district")
        .column_as(vendor::Column::Status, "vendor_status")
        .expr_as(in_stock(), "in_stock")
        .expr_as(Expr::from(first_image()), "image_id")
}
