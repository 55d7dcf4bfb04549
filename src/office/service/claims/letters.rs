//! Letters: a code for each shop of a village that waits for its owner, told once, to be printed.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::codes::{row, void};
use crate::app::App;
use crate::kernel::{ClaimCodeId, RegionCode, UserId, VendorId};
use crate::office::entity::claim_code::{Column, Entity, Kind};
use crate::office::entity::{claim_code, register};
use crate::office::error::OfficeError;
use crate::office::model::code;
use crate::platform::audit::{self, Deed, Who};
use crate::vendors::entity::vendor;

/// A letter goes by hand and lies on a table for a while.
const GOOD_FOR: Duration = Duration::days(90);
/// Most letters of one printing.
const MOST: u64 = 1_000;

/// What is printed.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The shop it goes to.
    pub vendor: vendor::Model,
    /// The owner, if the list names one.
    pub owner: Option<String>,
    /// In groups of four; it is stored nowhere.
    pub code: String,
    /// Until when it is good.
    pub expires_at: chrono::DateTime<chrono::Utc>,
}

/// Draws new codes for a village; those of earlier letters are void.
pub async fn draw_letters(
    app: &App,
    (officer, who): (UserId, &Who),
    village: RegionCode,
) -> Result<Vec<Letter>, OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let shops = vendor::Entity::find()
        .filter(vendor::Column::VillageCode.eq(village.as_str()))
        .filter(vendor::Column::Status.eq(vendor::Status::Unclaimed))
        .order_by_asc(vendor::Column::Id)
        .limit(MOST)
        // Of two who draw at once the later one voids the letters of the other.
        .lock_exclusive()
        .all(&txn)
        .await?;
    let ids: Vec<VendorId> = shops.iter().map(|shop| shop.id).collect();
    let owners = owners(app, &txn, &ids).await?;
    let letter = Condition::all().add(Column::Kind.eq(Kind::Letter)).add(Column::VendorId.is_in(ids));
    void(&txn, letter, now).await?;
    let mut letters = Vec::with_capacity(shops.len());
    let mut rows = Vec::with_capacity(shops.len());
    for vendor in shops {
        let (code, expires_at) = (code::draw(), now + GOOD_FOR);
        let hash = app.sealer.index(LETTER, &code);
        let code_row = row(ClaimCodeId::generate(), vendor.id, (Kind::Letter, hash), (now, expires_at));
        rows.push(claim_code::ActiveModel { created_by: Set(Some(officer)), ..code_row });
        let owner = owners.get(&vendor.id).cloned();
        letters.push(Letter { owner, code: code::spell(&code), expires_at, vendor });
    }
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(&txn).await?;
    }
    let shops: Vec<VendorId> = letters.iter().map(|letter| letter.vendor.id).collect();
    for shop in shops {
        let detail = json!({"village": village.as_str()});
        let deed = Deed { action: "claim_letter.drawn", object: ("vendor", shop.into()), detail };
        audit::record(&txn, &app.sealer, who, deed, now).await?;
    }
    app.commit(txn).await?;
    Ok(letters)
}

const LETTER: &str = "claim_codes.letter";

/// What may be stored of a printed code: a letter may be older than the key of the service.
pub(super) fn letter_hashes(app: &App, code: &str) -> Vec<String> {
    let mut hashes = app.sealer.previous_indexes(LETTER, code);
    hashes.push(app.sealer.index(LETTER, code));
    hashes
}

async fn owners(
    app: &App,
    txn: &DatabaseTransaction,
    ids: &[VendorId],
) -> Result<HashMap<VendorId, String>, OfficeError> {
    let found = register::Entity::find()
        .filter(register::Column::VendorId.is_in(ids.iter().copied()))
        .all(txn)
        .await?;
    let named = found.into_iter().filter_map(|row| {
        let place = format!("vendor_register.owner:{}", row.vendor_id);
        Some((row.vendor_id, app.sealer.open(&place, row.owner_sealed.as_deref()?).ok()?))
    });
    Ok(named.collect())
}
