//! What the members of a shop see of their products, and officers of products in review.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};

use super::bundles::{PartRow, parts_among};
use super::relations::{category_of_product, first_image, vendor_of_product};
use super::{any_product, images_of, product_of, public::variants_of, translations};
use crate::catalog::entity::product::{Column, Entity, Model, Status};
use crate::catalog::entity::{category, image, product, review, revision, stock, translation, variant};
use crate::catalog::error::CatalogError;
use crate::kernel::{Cursor, ImageId, Page, ProductId, Rupiah, VendorId};
use crate::vendors::entity::vendor;
use crate::web::query::PageOf;

/// A product with everything its shop may know.
#[derive(Clone, Debug)]
pub struct Details {
    pub product: Model,
    pub category: String,
    pub variants: Vec<(variant::Model, Option<stock::Model>)>,
    /// Of those variants that are bundles.
    pub parts: Vec<PartRow>,
    pub images: Vec<image::Model>,
    /// In other languages.
    pub translations: Vec<translation::Model>,
    /// The officer's last word.
    pub review: Option<review::Model>,
    /// The edit that waits for an officer.
    pub waiting: Option<revision::Model>,
}

/// A product in the list of its shop.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    pub id: ProductId,
    pub slug: String,
    pub title: String,
    pub status: Status,
    pub category: String,
    pub vendor_id: VendorId,
    pub vendor_name: String,
    pub price_min: Rupiah,
    pub price_max: Rupiah,
    pub stock: i64,
    pub available: i64,
    pub image_id: Option<ImageId>,
    pub version: i32,
    pub updated_at: DateTime<Utc>,
}

/// A product of this shop with all its parts, in seven statements, one more for bundles.
pub async fn details(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<Details, CatalogError> {
    with_parts(db, product_of(db, vendor_id, product_id).await?).await
}

/// The same of any shop, for officers.
pub async fn details_of_any(
    db: &impl ConnectionTrait,
    product_id: ProductId,
) -> Result<Details, CatalogError> {
    with_parts(db, any_product(db, product_id).await?).await
}

async fn with_parts(db: &impl ConnectionTrait, product: Model) -> Result<Details, CatalogError> {
    let category = category::Entity::find_by_id(product.category_id).one(db).await?;
    let variants = variants_of(db, product.id).await?;
    Ok(Details {
        category: category.map(|category| category.slug).unwrap_or_default(),
        parts: parts_among(db, variants.iter().map(|(row, _)| row)).await?,
        variants,
        images: images_of(db, product.id).await?,
        review: review::Entity::find()
            .filter(review::Column::ProductId.eq(product.id))
            .order_by_desc(review::Column::Id)
            .one(db)
            .await?,
        translations: translations::of_product(db, product.id).await?,
        waiting: revision::Entity::find()
            .filter(revision::Column::ProductId.eq(product.id))
            .filter(revision::Column::Status.eq(revision::Status::Pending))
            .one(db)
            .await?,
        product,
    })
}

/// The products of this shop, the newest first, in one statement.
pub async fn list(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    status: Option<Status>,
    page: &PageOf,
) -> Result<Page<Row>, DbErr> {
    let select = rows().filter(Column::VendorId.eq(vendor_id));
    paged(db, select, status, page).await
}

/// The products of all shops, for officers.
pub async fn list_of_all(
    db: &impl ConnectionTrait,
    status: Option<Status>,
    page: &PageOf,
) -> Result<Page<Row>, DbErr> {
    paged(db, rows(), status, page).await
}

async fn paged(
    db: &impl ConnectionTrait,
    select: Select<Entity>,
    status: Option<Status>,
    page: &PageOf,
) -> Result<Page<Row>, DbErr> {
    let found = select
        .apply_if(status, |select, status| select.filter(Column::Status.eq(status)))
        .apply_if(page.after.as_ref(), |select, after| select.filter(Column::Id.lt(ProductId(after.id))))
        .order_by_desc(Column::Id)
        .limit(page.limit + 1)
        .into_model::<Row>()
        .all(db)
        .await?;
    Ok(Page::cut(found, page.limit, |row| Cursor::after(row.id)))
}

fn rows() -> Select<Entity> {
    let columns = [
        Column::Id,
        Column::Slug,
        Column::Title,
        Column::Status,
        Column::VendorId,
        Column::PriceMin,
        Column::PriceMax,
        Column::Version,
        Column::UpdatedAt,
    ];
    let on_hand = Expr::col((stock::Entity, stock::Column::OnHand));
    let reserved = Expr::col((stock::Entity, stock::Column::Reserved));
    Entity::find()
        .select_only()
        .columns(columns)
        .column_as(category::Column::Slug, "category")
        .column_as(vendor::Column::Name, "vendor_name")
        .expr_as(sum(on_hand.clone()), "stock")
        .expr_as(sum(on_hand.sub(reserved)), "available")
        .expr_as(Expr::from(first_image()), "image_id")
        .join(JoinType::InnerJoin, vendor_of_product())
        .join(JoinType::InnerJoin, category_of_product())
}

/// The sum over the variants of the product in the outer query.
fn sum(of: Expr) -> Expr {
    let total = Query::select()
        // The sum of integers is wider than an integer on one database only.
        .expr(of.sum().if_null(0).cast_as("bigint"))
        .from(variant::Entity)
        .inner_join(
            stock::Entity,
            Expr::col((stock::Entity, stock::Column::VariantId)).equals((variant::Entity, variant::Column::Id)),
        )
        .and_where(
            Expr::col((variant::Entity, variant::Column::ProductId))
                .equals((product::Entity, product::Column::Id)),
        )
        .to_owned();
    Expr::from(total)
}
