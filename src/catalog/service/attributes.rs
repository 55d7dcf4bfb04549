//! Officers say what products of a category may and must tell.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set,
};
use serde_json::json;

use crate::app::App;
use crate::catalog::entity::attribute::{ActiveModel, Column, Entity, Model};
use crate::catalog::entity::category;
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::RefreshProducts;
use crate::catalog::model::definition::{Definition, MAX_DEFINED, check_choices};
use crate::catalog::query::attributes::one;
use crate::kernel::{AttributeId, CategoryId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::platform::jobs::{NewJob, enqueue, forget_queued};

/// One key, one attribute of a category.
const KEY: Unique = Unique {
    name: "category_attributes_key",
    columns: "category_attributes.category_id, category_attributes.key",
};

/// What an officer changes; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct DefinitionPatch {
    pub name_id: Option<String>,
    pub name_en: Option<String>,
    pub unit: Option<String>,
    pub choices: Option<Vec<String>>,
    pub required: Option<bool>,
    pub filterable: Option<bool>,
    pub position: Option<i32>,
}

/// Adds an attribute to a category.
pub async fn define(
    app: &App,
    who: &Who,
    category_id: CategoryId,
    new: Definition,
) -> Result<Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    category::Entity::find_by_id(category_id).one(&txn).await?.ok_or(CatalogError::NotFound)?;
    let defined = Entity::find().filter(Column::CategoryId.eq(category_id)).count(&txn).await?;
    if defined >= MAX_DEFINED {
        return Err(CatalogError::TooManyAttributes);
    }
    let row = Model {
        id: AttributeId::generate(),
        category_id,
        key: new.key,
        name_id: new.name_id,
        name_en: new.name_en,
        kind: new.kind,
        unit: new.unit,
        choices: json!(new.choices).to_string(),
        required: new.required,
        filterable: new.filterable,
        position: new.position,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let insert =
        Entity::insert(ActiveModel::from(row.clone()).reset_all()).exec_without_returning(&txn).await;
    match insert {
        Err(error) if KEY.broken_by(&error) => return Err(CatalogError::AttributeTaken),
        done => done?,
    };
    audit::record(&txn, &app.sealer, who, deed("category_attribute.defined", &row), now).await?;
    refresh(&txn, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Changes an attribute on the version that the officer has seen. Products that are out stay as they are.
pub async fn redefine(
    app: &App,
    who: &Who,
    (id, version): (AttributeId, i32),
    patch: DefinitionPatch,
) -> Result<Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut row = one(&txn, id).await?;
    if row.version != version {
        return Err(CatalogError::Stale);
    }
    if let Some(choices) = patch.choices {
        let choices = check_choices(row.kind, &choices)
            .map_err(|fault| CatalogError::Invalid(vec![fault.at("/choices")]))?;
        row.choices = json!(choices).to_string();
    }
    row.name_id = patch.name_id.unwrap_or(row.name_id);
    row.name_en = patch.name_en.unwrap_or(row.name_en);
    row.unit = patch.unit.or(row.unit);
    row.required = patch.required.unwrap_or(row.required);
    row.filterable = patch.filterable.unwrap_or(row.filterable);
    row.position = patch.position.unwrap_or(row.position);
    let changed = ActiveModel {
        name_id: Set(row.name_id.clone()),
        name_en: Set(row.name_en.clone()),
        unit: Set(row.unit.clone()),
        choices: Set(row.choices.clone()),
        required: Set(row.required),
        filterable: Set(row.filterable),
        position: Set(row.position),
        updated_at: Set(now),
        ..Default::default()
    };
    let updated = Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(version))
        .exec(&txn)
        .await?;
    if updated.rows_affected != 1 {
        return Err(CatalogError::Stale);
    }
    row.version += 1;
    row.updated_at = now;
    audit::record(&txn, &app.sealer, who, deed("category_attribute.changed", &row), now).await?;
    refresh(&txn, now).await?;
    app.commit(txn).await?;
    Ok(row)
}

/// Takes an attribute away. What products say under its name is free text from then on.
pub async fn undefine(app: &App, who: &Who, (id, version): (AttributeId, i32)) -> Result<(), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let row = one(&txn, id).await?;
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(version))
        .exec(&txn)
        .await?;
    if deleted.rows_affected != 1 {
        return Err(CatalogError::Stale);
    }
    audit::record(&txn, &app.sealer, who, deed("category_attribute.removed", &row), now).await?;
    refresh(&txn, now).await?;
    app.commit(txn).await?;
    Ok(())
}

/// Products are found by what is defined. However much is defined in one go, one job waits.
async fn refresh(txn: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), DbErr> {
    let job = RefreshProducts { after: None };
    forget_queued::<App, _>(txn, &job).await?;
    enqueue(txn, vec![NewJob::now::<App, _>(now, &job)?]).await
}

fn deed(action: &'static str, row: &Model) -> Deed {
    let detail = json!({
        "category_id": row.category_id, "key": row.key, "required": row.required, "filterable": row.filterable,
    });
    Deed { action, object: ("category_attribute", row.id.into()), detail }
}
