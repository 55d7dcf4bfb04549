//! Seals: new rows of the books are hashed in batches into a chain, so that a row that is changed or deleted later shows.
//!
//! Tables: `seals`, `sealed_rows`. No business transaction knows of the chain: rows are sealed a moment after they were
//! written. The number of a seal is its key, so of two sealers that work at once one gives way.

mod source;
mod verify;

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{seal, sealed_row};
use crate::kernel::hex;
use crate::platform::db::{Db, Unique};
use source::Row;

pub use source::{Fact, Source};
pub use verify::{Broken, Fault, Verdict, verify};

/// Most rows under one seal.
const BATCH: u64 = 500;
/// A transaction that drew an early id may commit after a later id was sealed, but not so much later.
const LATE: u64 = 3_600_000;

const NUMBER: Unique = Unique { name: "seals_pkey", columns: "seals.number" };
const ONCE: Unique = Unique { name: "sealed_rows_pkey", columns: "sealed_rows.source, sealed_rows.row_id" };

/// How far back a sealer looks for rows that are not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From a safe while before the newest sealed row.
    Recent,
    /// From the first row on; heals what a wrong clock may have hidden.
    All,
}

/// Puts the next batch of rows under a seal and tells how many there were; none if another sealer was faster.
pub async fn seal_next(db: &Db, sources: &[Source], reach: Reach, now: DateTime<Utc>) -> Result<u64, DbErr> {
    // A look before the write: an idle sealer must not take the writer's lock.
    if unsealed(db.read(), sources, reach, 1).await?.is_empty() {
        return Ok(0);
    }
    let txn = db.begin().await?;
    // The last seal is read first: a batch that is read later cannot hold rows of a seal that was not seen.
    let last = last(&txn).await?;
    let rows = unsealed(&txn, sources, reach, BATCH).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let count = rows.len() as u64;
    match write(&txn, last.as_ref(), rows, now).await {
        Ok(()) => txn.commit().await.map(|()| count),
        Err(error) if NUMBER.broken_by(&error) || ONCE.broken_by(&error) => Ok(0),
        Err(error) => Err(error),
    }
}

/// The newest seal.
pub async fn last(db: &impl ConnectionTrait) -> Result<Option<seal::Model>, DbErr> {
    seal::Entity::find().order_by_desc(seal::Column::Number).one(db).await
}

/// One seal.
pub async fn find(db: &impl ConnectionTrait, number: i64) -> Result<Option<seal::Model>, DbErr> {
    seal::Entity::find_by_id(number).one(db).await
}

/// Some rows that are not sealed, at most `limit`, in the order in which they are sealed.
async fn unsealed(
    db: &impl ConnectionTrait,
    sources: &[Source],
    reach: Reach,
    limit: u64,
) -> Result<Vec<Row>, DbErr> {
    let mut rows = Vec::new();
    for source in sources {
        let room = limit - rows.len() as u64;
        if room == 0 {
            break;
        }
        let from = match reach {
            Reach::Recent => newest(db, source).await?.map_or(Uuid::nil(), a_while_before),
            Reach::All => Uuid::nil(),
        };
        rows.extend(source.unsealed(db, from, room).await?);
    }
    rows.sort_by(|one, two| one.key().cmp(&two.key()));
    Ok(rows)
}

async fn newest(db: &impl ConnectionTrait, source: &Source) -> Result<Option<Uuid>, DbErr> {
    let row = sealed_row::Entity::find()
        .filter(sealed_row::Column::Source.eq(source.table))
        .order_by_desc(sealed_row::Column::RowId)
        .one(db)
        .await?;
    Ok(row.map(|row| row.row_id))
}

/// The first id that could have been drawn a while before this one: the upper 48 bits are milliseconds (RFC 9562, 5.7).
fn a_while_before(id: Uuid) -> Uuid {
    let drawn_at = id.as_u128() >> 80;
    Uuid::from_u128(drawn_at.saturating_sub(LATE.into()) << 80)
}

async fn write(
    txn: &impl ConnectionTrait,
    last: Option<&seal::Model>,
    rows: Vec<Row>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut link = seal::Model {
        number: last.map_or(1, |last| last.number + 1),
        row_count: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        content: content(rows.iter().map(|row| (row.source, row.id, row.hash.as_str()))),
        previous: last.map(|last| last.hash.clone()).unwrap_or_default(),
        hash: String::new(),
        created_at: now,
    };
    link.hash = hash_of(&link);
    let number = link.number;
    seal::Entity::insert(seal::ActiveModel::from(link)).exec_without_returning(txn).await?;
    let rows = rows.into_iter().map(|row| sealed_row::ActiveModel {
        source: Set(row.source.to_owned()),
        row_id: Set(row.id),
        seal: Set(number),
        hash: Set(row.hash),
    });
    sealed_row::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(())
}

/// What a seal says about its rows, which come in the order of source and id.
fn content<'a>(rows: impl Iterator<Item = (&'a str, Uuid, &'a str)>) -> String {
    let mut all = Sha256::new();
    for (source, id, hash) in rows {
        all.update(format!("{source} {id} {hash}\n"));
    }
    hex(&all.finalize())
}

/// The hash of a seal over everything it says.
fn hash_of(link: &seal::Model) -> String {
    let at = link.created_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    digest(&format!("{}\n{}\n{}\n{}\n{at}\n", link.number, link.previous, link.content, link.row_count))
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_a_seal_counts() {
        let link = |number, count, content: &str, previous: &str, at: &str| seal::Model {
            number,
            row_count: count,
            content: content.to_owned(),
            previous: previous.to_owned(),
            hash: String::new(),
            created_at: at.parse().unwrap(),
        };
        let (one, two) = ("2026-11-24T03:00:00.000001Z", "2026-11-24T03:00:00.000002Z");
        let hashes = [
            link(1, 2, "a", "b", one),
            link(2, 2, "a", "b", one),
            link(1, 3, "a", "b", one),
            link(1, 2, "c", "b", one),
            link(1, 2, "a", "c", one),
            link(1, 2, "a", "b", two),
        ]
        .map(|link| hash_of(&link));
        let distinct: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
        assert_eq!(digest("").len(), 64);
    }

    #[test]
    fn a_sealer_looks_back_an_hour() {
        let id = Uuid::parse_str("019abf00-0000-7abc-8def-0123456789ab").unwrap();
        let from = a_while_before(id);
        assert_eq!((id.as_u128() >> 80) - (from.as_u128() >> 80), 3_600_000);
        assert_eq!(a_while_before(Uuid::from_u128(7)), Uuid::nil());
    }
}
