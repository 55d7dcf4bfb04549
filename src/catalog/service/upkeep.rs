//! What is derived from products is made anew: after an upgrade, and where officers change what products may say.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::prices::show_of;
use super::{options_of, values};
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::attribute;
use crate::catalog::entity::product::{Column, Entity};
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::RefreshProducts;
use crate::catalog::model::{Attributes, Tree};
use crate::catalog::query::{attributes, public::variants_of};
use crate::kernel::ProductId;
use crate::platform::jobs::{NewJob, enqueue};

/// Products of one job.
const AT_ONCE: u64 = 200;

/// Makes the figures of the next products anew, and what lists find them by; another job goes on behind them.
pub async fn refresh_products(app: &App, after: Option<ProductId>) -> Result<(), CatalogError> {
    let ids: Vec<ProductId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .apply_if(after, |select, after| select.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
        .into_tuple()
        .all(app.db.read())
        .await?;
    if !ids.is_empty() {
        let (tree, all) = attributes::tree(app.db.read()).await?;
        // One by one: whoever edits many products meanwhile, such as an import, locks them in another order.
        for id in &ids {
            refresh(app, (&tree, &all), *id).await?;
        }
    }
    if let Some(last) = ids.last() {
        let now = app.now();
        let txn = app.db.begin().await?;
        enqueue(&txn, vec![NewJob::now(now, &RefreshProducts { after: Some(*last) })?]).await?;
        app.commit(txn).await?;
    }
    Ok(())
}

async fn refresh(
    app: &App,
    defined: (&Tree, &[attribute::Model]),
    id: ProductId,
) -> Result<(), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let Some(product) = Entity::find_by_id(id).lock_exclusive().one(&txn).await? else {
        return Ok(());
    };
    let attributes = Attributes::decode(&product.attributes);
    let rows = variants_of(&txn, id).await?;
    let options = rows.iter().map(|(row, _)| options_of(row)).collect();
    let category_id = product.category_id;
    let said = values::Said { product_id: id, category_id, attributes: &attributes, options };
    values::replace_by(&txn, defined, said).await?;
    if show_of(&txn, product, &rows, now).await? {
        changes::touched(&txn, [id], now).await?;
    }
    app.commit(txn).await?;
    Ok(())
}
