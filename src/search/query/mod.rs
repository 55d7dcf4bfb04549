//! Reading products for the index and for answers. What the public may see is decided here, once.

pub mod answer;
pub mod documents;
pub mod hits;
pub mod plain;
pub mod tree;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Select,
};

use crate::catalog::entity::{image, product, stock, variant};
use crate::kernel::ProductId;
use crate::vendors::entity::vendor;

/// What the public sees: published products of shops that sell or wait for their owner.
pub fn visible() -> Condition {
    Condition::all()
        .add(product::Column::Status.eq(product::Status::Published))
        .add(vendor::Column::Status.is_in([vendor::Status::Active, vendor::Status::Unclaimed]))
}

fn to_vendor() -> RelationDef {
    product::Entity::belongs_to(vendor::Entity)
        .from(product::Column::VendorId)
        .to(vendor::Column::Id)
        .into()
}

/// Products the public sees, with their shops at hand.
pub fn public_products() -> Select<product::Entity> {
    product::Entity::find()
        .select_only()
        .join(sea_orm::JoinType::InnerJoin, to_vendor())
        .filter(visible())
}

/// Whether a product can be bought now: something is left, or nothing is counted.
pub fn can_be_bought() -> Expr {
    let left = Query::select()
        .expr(Expr::value(1))
        .from(variant::Entity)
        .inner_join(
            stock::Entity,
            Expr::col((stock::Entity, stock::Column::VariantId))
                .equals((variant::Entity, variant::Column::Id)),
        )
        .and_where(
            Expr::col((variant::Entity, variant::Column::ProductId))
                .equals((product::Entity, product::Column::Id)),
        )
        .and_where(
            Expr::col((stock::Entity, stock::Column::OnHand))
                .gt(Expr::col((stock::Entity, stock::Column::Reserved))),
        )
        .to_owned();
    product::Column::StockMode
        .ne(product::StockMode::Tracked)
        .or(Expr::exists(left))
}

/// The first picture of a product.
pub fn first_image() -> SelectStatement {
    Query::select()
        .expr(Expr::col((image::Entity, image::Column::Id)))
        .from(image::Entity)
        .and_where(
            Expr::col((image::Entity, image::Column::ProductId))
                .equals((product::Entity, product::Column::Id)),
        )
        .order_by((image::Entity, image::Column::Position), sea_orm::Order::Asc)
        .order_by((image::Entity, image::Column::Id), sea_orm::Order::Asc)
        .limit(1)
        .to_owned()
}

/// Up to `limit` ids of public products after `after`, ascending.
pub async fn public_ids(
    db: &impl ConnectionTrait,
    after: Option<ProductId>,
    limit: u64,
) -> Result<Vec<ProductId>, DbErr> {
    let mut select = public_products().column(product::Column::Id);
    if let Some(after) = after {
        select = select.filter(product::Column::Id.gt(after));
    }
    select
        .order_by_asc(product::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// How many products the public sees; the index holds as many.
pub async fn public_count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    public_products().column(product::Column::Id).count(db).await
}
