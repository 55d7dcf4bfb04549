//! Surveys of a shop and trainings.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::kernel::{Cursor, Page, TrainingId, VendorId, VendorSurveyId};
use crate::office::entity::{participant, survey, training};
use crate::vendors::entity::vendor;
use crate::vendors::query::ids_of;
use crate::web::query::PageOf;

/// One page of what a shop, or one that became it, said, the latest first.
pub async fn of_shop(
    db: &impl ConnectionTrait,
    id: VendorId,
    page: &PageOf,
) -> Result<Page<survey::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| survey::Column::Id.lt(VendorSurveyId(after.id)));
    let rows = survey::Entity::find()
        .filter(survey::Column::VendorId.in_subquery(ids_of(id)))
        .filter(Condition::all().add_option(after))
        .order_by_desc(survey::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// One page of trainings, the latest first, each with how many shops took it; two statements.
pub async fn trainings(
    db: &impl ConnectionTrait,
    page: &PageOf,
) -> Result<Page<(training::Model, i64)>, DbErr> {
    let after = page.after.as_ref().map(|after| training::Column::Id.lt(TrainingId(after.id)));
    let rows = training::Entity::find()
        .filter(Condition::all().add_option(after))
        .order_by_desc(training::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    let page = Page::cut(rows, page.limit, |row| Cursor::after(row.id));
    let counts: Vec<(TrainingId, i64)> = participant::Entity::find()
        .select_only()
        .column(participant::Column::TrainingId)
        .column_as(participant::Column::VendorId.count(), "shops")
        .filter(participant::Column::TrainingId.is_in(page.items.iter().map(|row| row.id)))
        .group_by(participant::Column::TrainingId)
        .into_tuple()
        .all(db)
        .await?;
    let counts: HashMap<TrainingId, i64> = counts.into_iter().collect();
    Ok(page.map(|row| {
        let count = counts.get(&row.id).copied().unwrap_or(0);
        (row, count)
    }))
}

/// One page of the shops that took a training, by their ids; two statements.
pub async fn participants(
    db: &impl ConnectionTrait,
    id: TrainingId,
    page: &PageOf,
) -> Result<Option<Page<vendor::Model>>, DbErr> {
    if training::Entity::find_by_id(id).one(db).await?.is_none() {
        return Ok(None);
    }
    let took = participant::Entity::find()
        .select_only()
        .column(participant::Column::VendorId)
        .filter(participant::Column::TrainingId.eq(id))
        .into_query();
    let after = page.after.as_ref().map(|after| vendor::Column::Id.gt(VendorId(after.id)));
    let rows = vendor::Entity::find()
        .filter(vendor::Column::Id.in_subquery(took))
        .filter(Condition::all().add_option(after))
        .order_by_asc(vendor::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Some(Page::cut(rows, page.limit, |row| Cursor::after(row.id))))
}
