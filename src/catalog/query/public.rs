//! What everybody may see: published products of active and unclaimed shops.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use super::bundles::{PartRow, parts_among};
use super::meals::plan_and_days;
use super::relations::{category_of_product, first_image, in_stock, stock_of_variant, vendor_of_product};
use super::{categories, images_of, is_slug};
use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::product::{Column, Entity, Status, StockMode};
use crate::catalog::entity::{attribute_value, category, image, meal_day, meal_plan, slug, stock, variant};
use crate::kernel::{CategoryId, Cursor, ImageId, Page, ProductId, Rupiah, VendorId};
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
    pub unit_price: Option<Rupiah>,
    pub unit_price_per: Option<String>,
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
    pub quantity_step: i32,
    pub personalisation: String,
    pub tax_class: TaxClass,
    pub updated_at: DateTime<Utc>,
}

/// A product page.
#[derive(Clone, Debug)]
pub struct Details {
    pub row: Row,
    pub extra: Extra,
    pub variants: Vec<(variant::Model, Option<stock::Model>)>,
    /// Of those variants that are bundles.
    pub parts: Vec<PartRow>,
    pub images: Vec<image::Model>,
    /// Of a daily product.
    pub meal: Option<(meal_plan::Model, Vec<meal_day::Model>)>,
}

/// What a list is about.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Slug of a category; everything below it is found, too.
    pub category: Option<String>,
    /// Id or slug of a shop.
    pub vendor: Option<String>,
    /// Names and values of attributes, all of which must fit.
    pub attributes: Vec<(String, String)>,
    /// Only what is measured in this.
    pub cheapest_per: Option<&'static str>,
    /// Something of it costs at least so much.
    pub price_min: Option<i64>,
    /// Something of it costs at most so much.
    pub price_max: Option<i64>,
    pub sort: Sort,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = ProductSort)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The latest first.
    #[default]
    Newest,
    /// By their lowest price, the cheapest first.
    PriceAsc,
    /// By their lowest price, the dearest first.
    PriceDesc,
    /// By their lowest price per measure, the cheapest first; only what is measured so.
    UnitPrice,
}

impl Sort {
    /// The rows after the one where the page before ended.
    fn after(self, cursor: &Cursor) -> Condition {
        let id = ProductId(cursor.id);
        let by = cursor.by.unwrap_or_default();
        // The first part alone is what the index can use.
        match self {
            Self::Newest => Condition::all().add(Column::Id.lt(id)),
            Self::PriceAsc => Condition::all().add(Column::PriceMin.gte(by)).add(
                Condition::any()
                    .add(Column::PriceMin.gt(by))
                    .add(Column::PriceMin.eq(by).and(Column::Id.gt(id))),
            ),
            Self::UnitPrice => Condition::all().add(Column::UnitPrice.gte(by)).add(
                Condition::any()
                    .add(Column::UnitPrice.gt(by))
                    .add(Column::UnitPrice.eq(by).and(Column::Id.gt(id))),
            ),
            Self::PriceDesc => Condition::all().add(Column::PriceMin.lte(by)).add(
                Condition::any()
                    .add(Column::PriceMin.lt(by))
                    .add(Column::PriceMin.eq(by).and(Column::Id.lt(id))),
            ),
        }
    }

    fn order(self, select: Select<Entity>) -> Select<Entity> {
        match self {
            Self::Newest => select.order_by_desc(Column::Id),
            Self::PriceAsc => select.order_by_asc(Column::PriceMin).order_by_asc(Column::Id),
            Self::UnitPrice => select.order_by_asc(Column::UnitPrice).order_by_asc(Column::Id),
            Self::PriceDesc => select.order_by_desc(Column::PriceMin).order_by_desc(Column::Id),
        }
    }

    fn cursor(self, row: &Row) -> Cursor {
        let by = match self {
            Self::Newest => None,
            Self::UnitPrice => row.unit_price.map(Rupiah::get),
            Self::PriceAsc | Self::PriceDesc => Some(row.price_min.get()),
        };
        Cursor { id: row.id.into(), by }
    }
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
    for (key, value) in &filter.attributes {
        select = select.filter(Column::Id.in_subquery(saying(key, value)));
    }
    let narrowed = Condition::all()
        .add_option(filter.price_min.map(|least| Column::PriceMax.gte(least)))
        .add_option(filter.price_max.map(|most| Column::PriceMin.lte(most)))
        .add_option(filter.cheapest_per.map(|per| Column::UnitPricePer.eq(per)))
        .add_option(page.after.as_ref().map(|after| filter.sort.after(after)));
    let select = filter.sort.order(select.filter(narrowed));
    let found = select.limit(page.limit + 1).into_model::<Row>().all(db).await?;
    Ok(Page::cut(found, page.limit, |row| filter.sort.cursor(row)))
}

/// The products that say this.
fn saying(key: &str, value: &str) -> SelectStatement {
    Query::select()
        .column(attribute_value::Column::ProductId)
        .from(attribute_value::Entity)
        .and_where(attribute_value::Column::Key.eq(key))
        .and_where(attribute_value::Column::Value.eq(value))
        .take()
}

/// A product page by id or slug, in three statements, one more for bundles and two more for meals.
pub async fn details(
    db: &impl ConnectionTrait,
    id_or_slug: &str,
    today: NaiveDate,
) -> Result<Option<Details>, DbErr> {
    let named = match id_or_slug.parse::<ProductId>() {
        Ok(id) => Column::Id.eq(id),
        Err(_) if is_slug(id_or_slug) => Column::Id.in_subquery(called(id_or_slug)),
        Err(_) => return Ok(None),
    };
    let found = rows()
        .columns([
            Column::Description,
            Column::Attributes,
            Column::MinOrder,
            Column::LeadTimeDays,
            Column::StockMode,
            Column::QuantityStep,
            Column::Personalisation,
            Column::TaxClass,
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
    let parts = parts_among(db, variants.iter().map(|(row, _)| row)).await?;
    let images = images_of(db, row.id).await?;
    let meal = match extra.stock_mode {
        StockMode::Daily => plan_and_days(db, row.id, today).await?,
        _ => None,
    };
    Ok(Some(Details { row, extra, variants, parts, images, meal }))
}

/// The ids of what is called so now, or was once; each half finds its row by an index.
fn called(slug: &str) -> SelectStatement {
    let once = Query::select()
        .column(slug::Column::ProductId)
        .from(slug::Entity)
        .and_where(slug::Column::Slug.eq(slug))
        .take();
    Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Slug.eq(slug))
        .union(UnionType::All, once)
        .take()
}

/// What else might please whoever looks at a product: the newest of its category, then of its shop, in three statements.
pub async fn related(
    db: &impl ConnectionTrait,
    id_or_slug: &str,
    most: u64,
) -> Result<Option<Vec<Row>>, DbErr> {
    let named = match id_or_slug.parse::<ProductId>() {
        Ok(id) => Column::Id.eq(id),
        Err(_) if is_slug(id_or_slug) => Column::Id.in_subquery(called(id_or_slug)),
        Err(_) => return Ok(None),
    };
    let found = visible().columns([Column::Id, Column::CategoryId, Column::VendorId]).filter(named);
    let found: Option<(ProductId, CategoryId, VendorId)> = found.into_tuple().one(db).await?;
    let Some((id, category, vendor)) = found else {
        return Ok(None);
    };
    let mut all: Vec<Row> = Vec::new();
    for like in [Column::CategoryId.eq(category), Column::VendorId.eq(vendor)] {
        let more = rows().filter(like).filter(Column::Id.ne(id)).order_by_desc(Column::Id).limit(most);
        for row in more.into_model::<Row>().all(db).await? {
            if !all.iter().any(|known| known.id == row.id) {
                all.push(row);
            }
        }
    }
    all.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(Some(all))
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

/// True if the shop may be found.
///
/// Every product has its shop, so the first half is never true. It keeps the shop from coming first in a plan: SQLite would walk
/// through all shops and sort all their products for one page. (A function around the status would do so as well, but then
/// PostgreSQL could not tell how many products are left.)
fn vendor_shows() -> Condition {
    let shown = [vendor::Status::Active, vendor::Status::Unclaimed];
    Condition::any().add(vendor::Column::Status.is_null()).add(vendor::Column::Status.is_in(shown))
}

/// The one place that says what the public may see: joined with shops and categories, no columns yet.
pub fn visible() -> Select<Entity> {
    Entity::find()
        .select_only()
        .join(JoinType::LeftJoin, vendor_of_product())
        .join(JoinType::LeftJoin, category_of_product())
        .filter(Column::Status.eq(Status::Published))
        .filter(vendor_shows())
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
        Column::UnitPrice,
        Column::UnitPricePer,
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
