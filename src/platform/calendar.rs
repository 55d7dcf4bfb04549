//! The days on which nobody works, as operators keep them.
//!
//! Table: `holidays`, seeded from `config/data/holidays.csv`. Deadlines are frozen when they begin: a new holiday moves none.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::db::Unique;
use crate::kernel::clock::business_date;
use crate::kernel::{HolidayId, UserId, WorkingDays};

/// A day is in the list once.
pub const DAY_TAKEN: Unique = Unique { name: "holidays_day", columns: "holidays.day" };

/// One day on which nobody works.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "holidays")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HolidayId,
    pub day: String,
    pub name: String,
    pub kind: Kind,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why nobody works.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = HolidayKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// By the decree of the ministers.
    National,
    /// Joint leave, by the same decree.
    JointLeave,
    /// Follows the moon; the decree is not out yet.
    Expected,
    /// Here only.
    Local,
}

/// The calendar from the day of `at` on, in one statement.
pub async fn working_days(conn: &impl ConnectionTrait, at: DateTime<Utc>) -> Result<WorkingDays, DbErr> {
    let days: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Day)
        .filter(Column::Day.gte(business_date(at).to_string()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(WorkingDays::without(days.iter().filter_map(|day| day.parse().ok())))
}

/// The holidays of a year, in their order.
pub async fn of_year(conn: &impl ConnectionTrait, year: i32) -> Result<Vec<Model>, DbErr> {
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.to_string()).unwrap_or_default();
    Entity::find()
        .filter(Column::Day.gte(first(year)).and(Column::Day.lt(first(year + 1))))
        .order_by_asc(Column::Day)
        .all(conn)
        .await
}
