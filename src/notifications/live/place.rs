//! Places in the table of notifications, as a client hands them back (`Last-Event-ID`).

use std::fmt;
use std::str::FromStr;

use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, Statement};

use crate::app::App;
use crate::notifications::entity::notification::Column;

/// After this row. On SQLite `xid` is always 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The transaction.
    pub xid: i64,
    /// The row.
    pub seq: i64,
}

impl Place {
    /// The place from which on everything is still to come.
    pub async fn now(app: &App) -> Result<Self, DbErr> {
        let sql = match app.db.backend() {
            DbBackend::Postgres => {
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 AS place"
            }
            _ => {
                "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'notifications'), 0) AS place"
            }
        };
        let statement = Statement::from_string(app.db.backend(), sql);
        let place = match app.db.read().query_one_raw(statement).await? {
            Some(row) => row.try_get("", "place")?,
            None => 0,
        };
        Ok(match app.db.backend() {
            DbBackend::Postgres => Self { xid: place, seq: i64::MAX },
            _ => Self { xid: 0, seq: place },
        })
    }

    /// The rows after this place.
    pub fn later(self) -> Condition {
        let in_the_same = Column::Xid.eq(self.xid).and(Column::Seq.gt(self.seq));
        // The first part alone is what an index can use.
        Condition::all().add(Column::Xid.gte(self.xid)).add(Column::Xid.gt(self.xid).or(in_the_same))
    }
}

/// Rows before which nothing can be committed any more.
pub fn settled(backend: DbBackend) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => Expr::cust("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"),
        _ => Expr::cust("1 = 1"),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.xid, self.seq)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (xid, seq) = text.split_once('-').ok_or(())?;
        Ok(Self { xid: xid.parse().map_err(|_| ())?, seq: seq.parse().map_err(|_| ())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_went() {
        let place = Place { xid: 7_301, seq: 12 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for forged in ["", "7", "a-b", "7-", "-1-2-3"] {
            assert!(forged.parse::<Place>().is_err(), "{forged}");
        }
    }
}
