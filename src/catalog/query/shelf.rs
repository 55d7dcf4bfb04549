//! What the members of a shop see of their stock: levels, the journal, and counts.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::catalog::entity::movement::Reason;
use crate::catalog::entity::{alert, count, count_line, movement, product, stock, variant};
use crate::catalog::error::CatalogError;
use crate::catalog::query::relations::to_hand_over;
use crate::kernel::{
    Cursor, MovementId, OrderId, Page, ProductId, StockCountId, UserId, VariantId, VendorId,
};
use crate::platform::db;
use crate::web::query::PageOf;

/// The stock of a variant, with what it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Level {
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub title: String,
    pub sku: String,
    pub options: String,
    pub on_hand: i32,
    pub reserved: i32,
    pub to_hand_over: i32,
    pub threshold: Option<i32>,
}

/// Which levels.
#[derive(Clone, Debug, Default)]
pub struct LevelFilter {
    /// Only at or below their threshold.
    pub low: bool,
    pub product_id: Option<ProductId>,
    pub sku: Option<String>,
    /// Only these.
    pub variants: Vec<VariantId>,
}

impl Level {
    /// What can still be promised.
    pub fn available(&self) -> i32 {
        self.on_hand - self.reserved
    }

    /// True if the shop wants to know.
    pub fn is_low(&self) -> bool {
        self.threshold.is_some_and(|threshold| self.available() <= threshold)
    }
}

/// One line of the journal.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Movement {
    pub id: MovementId,
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub title: String,
    pub sku: String,
    pub delta: i32,
    pub reason: Reason,
    pub order_id: Option<OrderId>,
    pub actor_id: Option<UserId>,
    pub created_at: DateTime<Utc>,
}

/// Which lines of the journal.
#[derive(Clone, Debug, Default)]
pub struct MovementFilter {
    pub variant_id: Option<VariantId>,
    pub product_id: Option<ProductId>,
    pub order_id: Option<OrderId>,
    pub reason: Option<Reason>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

/// One counted variant.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Counted {
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub title: String,
    pub sku: String,
    pub counted: i32,
    pub expected: i32,
    pub on_hand: i32,
    pub reserved: i32,
    pub to_hand_over: i32,
    pub counted_at: DateTime<Utc>,
}

/// The levels of a shop in the order of their variants, in one statement.
pub async fn levels(
    conn: &impl ConnectionTrait,
    vendor: VendorId,
    filter: &LevelFilter,
    page: &PageOf,
) -> Result<Page<Level>, DbErr> {
    let mut select = level_columns(vendor);
    let available = Expr::col((stock::Entity, stock::Column::OnHand))
        .sub(Expr::col((stock::Entity, stock::Column::Reserved)));
    let low = available.lte(Expr::col((alert::Entity, alert::Column::Threshold)));
    let narrowed = Condition::all()
        .add_option(filter.low.then_some(low))
        .add_option(filter.product_id.map(|id| variant::Column::ProductId.eq(id)))
        .add_option(filter.sku.as_ref().map(|sku| variant::Column::Sku.eq(sku.as_str())))
        .add_option(
            (!filter.variants.is_empty()).then(|| variant::Column::Id.is_in(filter.variants.iter().copied())),
        )
        .add_option(page.after.as_ref().map(|after| variant::Column::Id.gt(VariantId(after.id))));
    select
        .cond_where(narrowed)
        .order_by((variant::Entity, variant::Column::Id), Order::Asc)
        .limit(page.limit + 1);
    let rows: Vec<Level> = db::all(conn, &select).await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.variant_id)))
}

/// The journal of a shop, the newest first, in one statement.
pub async fn movements(
    conn: &impl ConnectionTrait,
    vendor: VendorId,
    filter: &MovementFilter,
    page: &PageOf,
) -> Result<Page<Movement>, DbErr> {
    use movement::Column;
    let mut select = of_vendor(vendor);
    select.inner_join(
        movement::Entity,
        Expr::col((movement::Entity, Column::VariantId)).equals((variant::Entity, variant::Column::Id)),
    );
    article_columns(&mut select);
    select.columns(
        [Column::Id, Column::Delta, Column::Reason, Column::OrderId, Column::ActorId, Column::CreatedAt]
            .map(|column| (movement::Entity, column)),
    );
    let narrowed = Condition::all()
        .add_option(filter.variant_id.map(|id| Column::VariantId.eq(id)))
        .add_option(filter.product_id.map(|id| variant::Column::ProductId.eq(id)))
        .add_option(filter.order_id.map(|id| Column::OrderId.eq(id)))
        .add_option(filter.reason.map(|reason| Column::Reason.eq(reason)))
        .add_option(filter.from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.to.map(|to| Column::CreatedAt.lt(to)))
        .add_option(page.after.as_ref().map(|after| Column::Id.lt(MovementId(after.id))));
    select.cond_where(narrowed).order_by((movement::Entity, Column::Id), Order::Desc).limit(page.limit + 1);
    let rows: Vec<Movement> = db::all(conn, &select).await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// The stocktakings of a shop, the newest first.
pub async fn counts(
    conn: &impl ConnectionTrait,
    vendor: VendorId,
    page: &PageOf,
) -> Result<Page<count::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| count::Column::Id.lt(StockCountId(after.id)));
    let rows = count::Entity::find()
        .filter(count::Column::VendorId.eq(vendor))
        .filter(Condition::all().add_option(after))
        .order_by_desc(count::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// One stocktaking of a shop.
pub async fn count_of(
    conn: &impl ConnectionTrait,
    vendor: VendorId,
    id: StockCountId,
) -> Result<count::Model, CatalogError> {
    let found = count::Entity::find_by_id(id).filter(count::Column::VendorId.eq(vendor)).one(conn).await?;
    found.ok_or(CatalogError::NotFound)
}

/// What was counted, with what the books say now, in the order of the variants.
pub async fn counted(
    conn: &impl ConnectionTrait,
    count: &count::Model,
    page: &PageOf,
) -> Result<Page<Counted>, DbErr> {
    use count_line::Column;
    let mut select = level_columns(count.vendor_id);
    let of_line =
        Expr::col((count_line::Entity, Column::VariantId)).equals((variant::Entity, variant::Column::Id));
    select.inner_join(count_line::Entity, of_line).columns(
        [Column::Counted, Column::Expected, Column::CountedAt].map(|column| (count_line::Entity, column)),
    );
    let after = page.after.as_ref().map(|after| variant::Column::Id.gt(VariantId(after.id)));
    select
        .and_where(Expr::col((count_line::Entity, Column::CountId)).eq(count.id))
        .cond_where(Condition::all().add_option(after))
        .order_by((variant::Entity, variant::Column::Id), Order::Asc)
        .limit(page.limit + 1);
    let rows: Vec<Counted> = db::all(conn, &select).await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.variant_id)))
}

fn of_vendor(vendor: VendorId) -> SelectStatement {
    let mut select = Query::select();
    select
        .from(variant::Entity)
        .inner_join(
            product::Entity,
            Expr::col((product::Entity, product::Column::Id))
                .equals((variant::Entity, variant::Column::ProductId)),
        )
        .and_where(Expr::col((variant::Entity, variant::Column::VendorId)).eq(vendor));
    select
}

fn article_columns(select: &mut SelectStatement) {
    select
        .expr_as(Expr::col((variant::Entity, variant::Column::Id)), Alias::new("variant_id"))
        .columns([variant::Column::ProductId, variant::Column::Sku].map(|column| (variant::Entity, column)))
        .column((product::Entity, product::Column::Title));
}

fn level_columns(vendor: VendorId) -> SelectStatement {
    let mut select = of_vendor(vendor);
    article_columns(&mut select);
    let shelf =
        Expr::col((stock::Entity, stock::Column::VariantId)).equals((variant::Entity, variant::Column::Id));
    let wish =
        Expr::col((alert::Entity, alert::Column::VariantId)).equals((variant::Entity, variant::Column::Id));
    select
        .inner_join(stock::Entity, shelf)
        .left_join(alert::Entity, wish)
        .column((variant::Entity, variant::Column::Options))
        .columns([stock::Column::OnHand, stock::Column::Reserved].map(|column| (stock::Entity, column)))
        .column((alert::Entity, alert::Column::Threshold))
        .expr_as(to_hand_over(), Alias::new("to_hand_over"));
    select
}
