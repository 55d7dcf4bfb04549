//! What is sealed of a row: the same text on both databases.

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use serde_json::Value;
use uuid::Uuid;

use super::digest;
use crate::platform::audit::sealed_row;

/// One column of a sealed row, written out by its kind.
#[derive(Clone, Copy, Debug)]
pub enum Fact {
    /// An id.
    Id(&'static str),
    /// A text.
    Text(&'static str),
    /// A whole number of 64 bits.
    Number(&'static str),
    /// A moment, written in UTC with microseconds.
    Time(&'static str),
}

/// A table whose rows are sealed once they are there. Its key is `id`, a UUIDv7.
///
/// What is sealed can never be listed otherwise: another list of facts is another hash of every row.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The table.
    pub table: &'static str,
    /// What of a row stays for ever, besides its id.
    pub facts: &'static [Fact],
}

/// A row as it stands now.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub source: &'static str,
    pub id: Uuid,
    pub hash: String,
}

impl Row {
    /// The order in which rows are sealed.
    pub(super) fn key(&self) -> (&'static str, Uuid) {
        (self.source, self.id)
    }
}

impl Fact {
    const fn column(self) -> &'static str {
        match self {
            Self::Id(name) | Self::Text(name) | Self::Number(name) | Self::Time(name) => name,
        }
    }

    fn read(self, row: &QueryResult) -> Result<Value, DbErr> {
        let column = self.column();
        Ok(match self {
            Self::Id(_) => row.try_get::<Option<Uuid>>("", column)?.map(|id| id.to_string()).into(),
            Self::Text(_) => row.try_get::<Option<String>>("", column)?.into(),
            Self::Number(_) => row.try_get::<Option<i64>>("", column)?.into(),
            Self::Time(_) => row.try_get::<Option<DateTime<Utc>>>("", column)?.map(written).into(),
        })
    }
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl Source {
    /// Rows from an id on that no seal holds, the oldest first.
    pub(super) async fn unsealed(
        &self,
        db: &impl ConnectionTrait,
        from: Uuid,
        limit: u64,
    ) -> Result<Vec<Row>, DbErr> {
        let mut select = self.select();
        select.and_where(self.id().gte(from)).and_where(Expr::not_exists(self.held()));
        select.order_by((Alias::new(self.table), Alias::new("id")), Order::Asc).limit(limit);
        self.rows(db, &select).await
    }

    /// How many rows no seal holds.
    pub(super) async fn waiting(&self, db: &impl ConnectionTrait) -> Result<i64, DbErr> {
        let mut select = Query::select();
        select
            .expr_as(self.id().count(), Alias::new("waiting"))
            .from(Alias::new(self.table))
            .and_where(Expr::not_exists(self.held()));
        let row = db.query_one(&select).await?;
        row.map_or(Ok(0), |row| row.try_get("", "waiting"))
    }

    /// The rows of these ids that are still there.
    pub(super) async fn find(&self, db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Row>, DbErr> {
        let mut select = self.select();
        select.and_where(self.id().is_in(ids));
        self.rows(db, &select).await
    }

    fn id(&self) -> Expr {
        Expr::col((Alias::new(self.table), Alias::new("id")))
    }

    fn select(&self) -> SelectStatement {
        let mut select = Query::select();
        select.column(Alias::new("id")).from(Alias::new(self.table));
        select.columns(self.facts.iter().map(|fact| Alias::new(fact.column())));
        select
    }

    fn held(&self) -> SelectStatement {
        let held = |column| Expr::col((sealed_row::Entity, column));
        Query::select()
            .expr(Expr::value(1))
            .from(sealed_row::Entity)
            .and_where(held(sealed_row::Column::Source).eq(self.table))
            .and_where(held(sealed_row::Column::RowId).eq(self.id()))
            .take()
    }

    async fn rows(&self, db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<Row>, DbErr> {
        db.query_all(select).await?.iter().map(|row| self.row(row)).collect()
    }

    fn row(&self, row: &QueryResult) -> Result<Row, DbErr> {
        let id: Uuid = row.try_get("", "id")?;
        let mut facts = vec![Value::from(self.table), id.to_string().into()];
        for fact in self.facts {
            facts.push(fact.read(row)?);
        }
        Ok(Row { source: self.table, id, hash: digest(&Value::Array(facts).to_string()) })
    }
}
