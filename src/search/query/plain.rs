//! The plain search of the database, for when no engine answers: words in titles and shop names, no typos, no facets.

use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, FromQueryResult, IntoSimpleExpr, Order, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::catalog::entity::product;
use crate::catalog::query::relations::in_stock;
use crate::catalog::query::{categories, public};
use crate::kernel::VendorId;
use crate::platform::search::{Filters, PriceHint, SearchQuery, Sort, VendorKey};
use crate::vendors::entity::vendor;

/// More words than this only cost time.
const MOST_WORDS: usize = 6;

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    hit: public::Row,
    total: i64,
}

/// Finds products in at most two statements: the category tree (if it is a filter) and the page with its total.
pub async fn search(
    db: &impl ConnectionTrait,
    query: &SearchQuery,
    words: &[String],
    hint: Option<PriceHint>,
) -> Result<(Vec<public::Row>, u64), DbErr> {
    let mut condition = conditions(&query.filters);
    if let Some(slug) = &query.filters.category {
        let tree = categories::tree(db).await?;
        condition = condition.add(product::Column::CategoryId.is_in(tree.subtree(slug)));
    }
    if let Some(hint) = hint {
        condition = prices(condition, hint.min, hint.max);
    }
    for word in words.iter().take(MOST_WORDS) {
        condition =
            condition.add(contains(product::Column::Title, word).or(contains(vendor::Column::Name, word)));
    }
    let (column, order) = order(query.sort);
    let rows: Vec<Row> = public::rows()
        .expr_as(Expr::cust("COUNT(*) OVER ()"), "total")
        .filter(condition)
        .order_by(column, order.clone())
        .order_by(product::Column::Id, order)
        .offset(query.offset as u64)
        .limit(query.limit as u64)
        .into_model()
        .all(db)
        .await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.hit).collect(), total.unsigned_abs()))
}

fn conditions(filters: &Filters) -> Condition {
    let mut condition = prices(Condition::all(), filters.price_min, filters.price_max);
    condition = match &filters.vendor {
        Some(VendorKey::Id(id)) => condition.add(product::Column::VendorId.eq(VendorId(*id))),
        Some(VendorKey::Slug(slug)) => condition.add(vendor::Column::Slug.eq(slug)),
        None => condition,
    };
    if let Some(code) = &filters.district {
        condition = condition.add(vendor::Column::DistrictCode.eq(code));
    }
    match filters.in_stock {
        Some(true) => condition.add(in_stock()),
        Some(false) => condition.add(in_stock().not()),
        None => condition,
    }
}

fn prices(condition: Condition, min: Option<i64>, max: Option<i64>) -> Condition {
    let mut condition = condition;
    if let Some(min) = min {
        condition = condition.add(product::Column::PriceMax.gte(min));
    }
    if let Some(max) = max {
        condition = condition.add(product::Column::PriceMin.lte(max));
    }
    condition
}

fn order(sort: Sort) -> (product::Column, Order) {
    match sort {
        Sort::Relevance => (product::Column::Id, Order::Desc),
        Sort::PriceAsc => (product::Column::PriceMin, Order::Asc),
        Sort::PriceDesc => (product::Column::PriceMin, Order::Desc),
        Sort::Newest => (product::Column::PublishedAt, Order::Desc),
        Sort::Rating => (product::Column::Rating, Order::Desc),
    }
}

/// Whether a column holds a text, whatever the case; `%` and `_` in it are letters like others.
fn contains(column: impl ColumnTrait, word: &str) -> Expr {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let column = Expr::from(Func::lower(column.into_simple_expr()));
    column.like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}
