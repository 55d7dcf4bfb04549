//! From how few pieces on a shop wants to know, and telling it once per dip.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::told::owners_of;
use crate::app::App;
use crate::catalog::entity::{alert, stock, variant};
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::TellLowStock;
use crate::catalog::query::variant_of;
use crate::kernel::fields::Fault;
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
    let article = variant_of(&txn, vendor_id, variant_id).await?;
    match threshold {
        None => {
            alert::Entity::delete_by_id(variant_id).exec(&txn).await?;
        }
        Some(threshold) => {
            if article.is_bundle {
                return Err(CatalogError::Invalid(vec![no_shelf().at("/threshold")]));
            }
            let row = alert::ActiveModel {
                variant_id: Set(variant_id),
                vendor_id: Set(vendor_id),
                threshold: Set(threshold),
                low: Set(false),
                updated_at: Set(now),
            };
            let columns = [alert::Column::Threshold, alert::Column::Low, alert::Column::UpdatedAt];
            let stored = Expr::col((alert::Entity, alert::Column::Threshold));
            let anew = OnConflict::column(alert::Column::VariantId)
                .update_columns(columns)
                // Said again, the dip that was told stays told.
                .action_and_where(stored.ne(threshold))
                .to_owned();
            alert::Entity::insert(row).on_conflict(anew).try_insert().exec_without_returning(&txn).await?;
        }
    }
    app.commit(txn).await?;
    Ok(())
}

/// Looks for stock that fell to its threshold since the last look, and for stock that rose again; one job per owner tells.
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
    let owners = owners_of(&txn, by_shop.keys().copied()).await?;
    let jobs = owners
        .into_iter()
        .filter_map(|(vendor_id, owner_id)| {
            let variants = by_shop.get(&vendor_id)?.clone();
            Some(NewJob::now::<App, _>(now, &TellLowStock { vendor_id, owner_id, variants }))
        })
        .collect::<Result<_, _>>()?;
    enqueue(&txn, jobs).await?;
    app.commit(txn).await?;
    Ok(())
}

fn no_shelf() -> Fault {
    Fault::new(
        "bundle",
        "Stok paket mengikuti isinya; pasang batas pada isinya.",
        "The stock of a bundle is that of its parts; set a threshold on those.",
    )
}

/// True of a threshold that the stock has fallen to. A bundle has no shelf of its own.
fn below() -> Expr {
    let available = Expr::col((stock::Entity, stock::Column::OnHand))
        .sub(Expr::col((stock::Entity, stock::Column::Reserved)));
    let shelf = Query::select()
        .expr(Expr::value(1))
        .from(stock::Entity)
        .inner_join(
            variant::Entity,
            Expr::col((variant::Entity, variant::Column::Id))
                .equals((stock::Entity, stock::Column::VariantId)),
        )
        .and_where(Expr::col((variant::Entity, variant::Column::IsBundle)).eq(false))
        .and_where(
            Expr::col((stock::Entity, stock::Column::VariantId))
                .equals((alert::Entity, alert::Column::VariantId)),
        )
        .and_where(available.lte(Expr::col((alert::Entity, alert::Column::Threshold))))
        .take();
    Expr::exists(shelf)
}
