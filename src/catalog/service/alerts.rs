//! From how few pieces on a shop wants to know, and telling it once per dip.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::app::App;
use crate::catalog::entity::{alert, stock};
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::TellLowStock;
use crate::catalog::query::variant_of;
use crate::kernel::{VariantId, VendorId};
use crate::platform::jobs::{NewJob, enqueue};

/// Sets the threshold of a variant, or forgets it.
pub async fn set_threshold(
    app: &App,
    (vendor_id, variant_id): (VendorId, VariantId),
    threshold: Option<i32>,
) -> Result<(), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    variant_of(&txn, vendor_id, variant_id).await?;
    match threshold {
        None => {
            alert::Entity::delete_by_id(variant_id).exec(&txn).await?;
        }
        Some(threshold) => {
            let row = alert::ActiveModel {
                variant_id: Set(variant_id),
                vendor_id: Set(vendor_id),
                threshold: Set(threshold),
                low: Set(false),
                updated_at: Set(now),
            };
            let columns = [alert::Column::Threshold, alert::Column::Low, alert::Column::UpdatedAt];
            let anew = OnConflict::column(alert::Column::VariantId).update_columns(columns).to_owned();
            alert::Entity::insert(row).on_conflict(anew).exec_without_returning(&txn).await?;
        }
    }
    app.commit(txn).await?;
    Ok(())
}

/// Looks for stock that fell to its threshold since the last look, and for stock that rose again; one job per shop tells.
pub async fn find_low(app: &App) -> Result<(), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    alert::Entity::update_many()
        .col_expr(alert::Column::Low, Expr::value(false))
        .filter(alert::Column::Low.eq(true))
        .filter(below().not())
        .exec(&txn)
        .await?;
    let fallen = alert::Entity::update_many()
        .col_expr(alert::Column::Low, Expr::value(true))
        .col_expr(alert::Column::UpdatedAt, Expr::value(now))
        .filter(alert::Column::Low.eq(false))
        .filter(below())
        .exec_with_returning(&txn)
        .await?;
    let mut by_shop: BTreeMap<VendorId, Vec<VariantId>> = BTreeMap::new();
    for row in fallen {
        by_shop.entry(row.vendor_id).or_default().push(row.variant_id);
    }
    let jobs = by_shop
        .into_iter()
        .map(|(vendor_id, variants)| NewJob::now::<App, _>(now, &TellLowStock { vendor_id, variants }))
        .collect::<Result<_, _>>()?;
    enqueue(&txn, jobs).await?;
    app.commit(txn).await?;
    Ok(())
}

/// True of a threshold that the stock has fallen to.
fn below() -> Expr {
    let available = Expr::col((stock::Entity, stock::Column::OnHand))
        .sub(Expr::col((stock::Entity, stock::Column::Reserved)));
    let shelf = Query::select()
        .expr(Expr::value(1))
        .from(stock::Entity)
        .and_where(
            Expr::col((stock::Entity, stock::Column::VariantId))
                .equals((alert::Entity, alert::Column::VariantId)),
        )
        .and_where(available.lte(Expr::col((alert::Entity, alert::Column::Threshold))))
        .take();
    Expr::exists(shelf)
}
