//! Walks the chain of seals and names the first place where it is broken.

use std::collections::HashMap;
use std::fmt;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::source::{Row, Source};
use super::{content, hash_of};
use crate::platform::audit::{seal, sealed_row};

/// Seals that are read at once.
const PAGE: u64 = 100;

/// How the chain stands.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Seals that are in order.
    pub seals: u64,
    /// Rows that were compared and are in order.
    pub rows: u64,
    /// The last seal that is in order: kept elsewhere, it proves that no seal was taken off the end.
    pub head: Option<(i64, String)>,
    /// Rows that wait for their seal.
    pub waiting: i64,
    /// The first place where the chain is broken.
    pub broken: Option<Broken>,
}

/// A place where the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Number of the seal.
    pub seal: i64,
    /// Table and id of the row, where it is one.
    pub row: Option<(String, Uuid)>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a seal or a row under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The number is left out.
    SealMissing,
    /// The seal says something else than when it was made, or does not follow the one before.
    SealChanged,
    /// Rows were put under the seal or taken away.
    ListChanged,
    /// The row says something else than when it was sealed.
    RowChanged,
    /// The row is gone.
    RowDeleted,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::SealMissing => "is missing",
            Fault::SealChanged => "was changed",
            Fault::ListChanged => "holds other rows than when it was made",
            Fault::RowChanged => "was changed",
            Fault::RowDeleted => "was deleted",
        };
        match &self.row {
            Some((table, id)) => write!(f, "seal {}: the row {id} of {table} {fault}", self.seal),
            None => write!(f, "seal {} {fault}", self.seal),
        }
    }
}

/// Checks that seals follow each other, and the rows under the seals from `rows_from` on.
pub async fn verify(db: &impl ConnectionTrait, sources: &[Source], rows_from: i64) -> Result<Verdict, DbErr> {
    let mut verdict = Verdict::default();
    loop {
        let after = verdict.head.as_ref().map_or(0, |(number, _)| *number);
        let links = seal::Entity::find()
            .filter(seal::Column::Number.gt(after))
            .order_by_asc(seal::Column::Number)
            .limit(PAGE)
            .all(db)
            .await?;
        if links.is_empty() {
            break;
        }
        for link in links {
            let (rows, broken) = check(db, sources, &link, (&verdict, rows_from)).await?;
            if broken.is_some() {
                verdict.broken = broken;
                return Ok(verdict);
            }
            verdict.seals += 1;
            verdict.rows += rows;
            verdict.head = Some((link.number, link.hash));
        }
    }
    for source in sources {
        verdict.waiting += source.waiting(db).await?;
    }
    Ok(verdict)
}

async fn check(
    db: &impl ConnectionTrait,
    sources: &[Source],
    link: &seal::Model,
    (so_far, rows_from): (&Verdict, i64),
) -> Result<(u64, Option<Broken>), DbErr> {
    let (last, previous) = so_far.head.as_ref().map_or((0, ""), |(number, hash)| (*number, hash.as_str()));
    let broken = |seal, fault| Ok((0, Some(Broken { seal, row: None, fault })));
    if link.number != last + 1 {
        return broken(last + 1, Fault::SealMissing);
    }
    if link.previous != previous || link.hash != hash_of(link) {
        return broken(link.number, Fault::SealChanged);
    }
    if link.number < rows_from {
        return Ok((0, None));
    }
    let mut listed =
        sealed_row::Entity::find().filter(sealed_row::Column::Seal.eq(link.number)).all(db).await?;
    // Each database has its own order of texts.
    listed.sort_by(|one, two| (&one.source, one.row_id).cmp(&(&two.source, two.row_id)));
    if let Some((row, fault)) = first_fault(db, sources, &listed).await? {
        return Ok((0, Some(Broken { seal: link.number, row: Some(row), fault })));
    }
    let rows = listed.iter().map(|row| (row.source.as_str(), row.row_id, row.hash.as_str()));
    if content(rows) != link.content || i64::try_from(listed.len()) != Ok(link.row_count) {
        return broken(link.number, Fault::ListChanged);
    }
    Ok((listed.len() as u64, None))
}

/// The first row that is not what it was when it was sealed.
async fn first_fault(
    db: &impl ConnectionTrait,
    sources: &[Source],
    listed: &[sealed_row::Model],
) -> Result<Option<((String, Uuid), Fault)>, DbErr> {
    let mut present: HashMap<(&str, Uuid), String> = HashMap::new();
    for source in sources {
        let ids: Vec<Uuid> =
            listed.iter().filter(|row| row.source == source.table).map(|row| row.row_id).collect();
        if !ids.is_empty() {
            let rows = source.find(db, ids).await?;
            present.extend(rows.into_iter().map(|Row { source, id, hash }| ((source, id), hash)));
        }
    }
    for row in listed {
        let fault = match present.get(&(row.source.as_str(), row.row_id)) {
            None => Fault::RowDeleted,
            Some(hash) if *hash != row.hash => Fault::RowChanged,
            Some(_) => continue,
        };
        return Ok(Some(((row.source.clone(), row.row_id), fault)));
    }
    Ok(None)
}
