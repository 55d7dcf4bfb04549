//! What a shop has goes over to the one that it becomes.
//!
//! What the shop that stays says itself is never replaced. Its bank account is not taken over either: where money goes is for
//! its owners to say, with the waiting time that a new account has. Nor is it whether the shop pays VAT or sells abroad.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set,
};

use super::edit::taken;
use super::papers::{nik, npwp, set_nib, set_nik, set_npwp};
use super::{profile as business, storefront as front};
use crate::kernel::VendorId;
use crate::platform::sealed::Sealer;
use crate::vendors::entity::{area, paper, profile, storefront, vendor};
use crate::vendors::error::VendorError;
use crate::vendors::model::{Nib, Nik, Npwp};
use crate::vendors::query;

/// Moves what a shop lacks to it from another one, and names it.
pub async fn absorb(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    (from, into): (&vendor::Model, &vendor::Model),
    now: DateTime<Utc>,
) -> Result<Vec<&'static str>, VendorError> {
    let mut named = numbers(txn, sealer, (from, into), now).await?;
    if papers(txn, from.id, into.id, now).await? {
        named.push("papers");
    }
    if facts(txn, sealer, from.id, into.id, now).await? {
        named.push("business");
    }
    if pages(txn, from.id, into.id, now).await? {
        named.push("storefront");
    }
    if areas(txn, from.id, into.id).await? {
        named.push("delivery_areas");
    }
    Ok(named)
}

/// Moves the numbers that a shop lacks to it, and leaves the other one without any.
async fn numbers(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    (from, into): (&vendor::Model, &vendor::Model),
    now: DateTime<Utc>,
) -> Result<Vec<&'static str>, VendorError> {
    let mut row =
        vendor::ActiveModel { version: Set(into.version + 1), updated_at: Set(now), ..Default::default() };
    let mut named = Vec::new();
    if let (None, Some(nib)) = (&into.nib, from.nib.as_deref().and_then(|nib| Nib::parse(nib).ok())) {
        set_nib(&mut row, Some(&nib));
        named.push("nib");
    }
    let number = npwp(sealer, from).and_then(|number| Npwp::parse(&number).ok());
    if let (None, Some(number)) = (&into.npwp_sealed, number) {
        set_npwp(sealer, into.id, &mut row, Some(&number))?;
        named.push("npwp");
    }
    let number = nik(sealer, from).and_then(|number| Nik::parse(&number).ok());
    if let (None, Some(number)) = (&into.nik_sealed, number) {
        set_nik(sealer, into.id, &mut row, Some(&number))?;
        named.push("nik");
    }
    // First, since a number belongs to one shop at a time. What no key opens stays where it can be found.
    let mut bare = vendor::ActiveModel { nib: Set(None), updated_at: Set(now), ..Default::default() };
    if npwp(sealer, from).is_some() {
        bare.npwp_sealed = Set(None);
    }
    if nik(sealer, from).is_some() {
        (bare.nik_sealed, bare.nik_index) = (Set(None), Set(None));
    }
    vendor::Entity::update_many().set(bare).filter(vendor::Column::Id.eq(from.id)).exec(txn).await?;
    vendor::Entity::update_many()
        .set(row)
        .filter(vendor::Column::Id.eq(into.id))
        .exec(txn)
        .await
        .map_err(taken)?;
    Ok(named)
}

/// Every paper, whatever it is: the office judged it for the same business.
async fn papers(
    txn: &DatabaseTransaction,
    from: VendorId,
    into: VendorId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let row = paper::ActiveModel { vendor_id: Set(into), updated_at: Set(now), ..Default::default() };
    let moved = paper::Entity::update_many()
        .set(row)
        .col_expr(paper::Column::Version, Expr::col(paper::Column::Version).add(1))
        .filter(paper::Column::VendorId.eq(from))
        .exec(txn)
        .await?;
    Ok(moved.rows_affected > 0)
}

/// What is said of the business, fact by fact.
async fn facts(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    from: VendorId,
    into: VendorId,
    now: DateTime<Utc>,
) -> Result<bool, VendorError> {
    let Some(theirs) = query::profile(txn, from).await? else {
        return Ok(false);
    };
    let ours = business::locked(txn, into, now).await?;
    let either = |ours: &String, theirs: &String| if ours.is_empty() { theirs.clone() } else { ours.clone() };
    let mut merged = profile::Model {
        sector: ours.sector.clone().or(theirs.sector.clone()),
        kbli: either(&ours.kbli, &theirs.kbli),
        capital: ours.capital.or(theirs.capital),
        turnover: ours.turnover.or(theirs.turnover),
        export_countries: either(&ours.export_countries, &theirs.export_countries),
        unreviewed: business::joined(&ours.unreviewed, theirs.unreviewed.split_whitespace()),
        ..ours.clone()
    };
    // Sealed for its shop.
    if let (None, Some((name, title))) = (&ours.signer_sealed, business::signer(sealer, &theirs)) {
        merged.signer_sealed = Some(business::seal_signer(sealer, into, &name)?);
        merged.signer_title = Some(title);
    }
    if merged == ours {
        return Ok(false);
    }
    business::write(txn, into, merged.into_active_model().reset_all(), now).await?;
    Ok(true)
}

/// How it presents itself, if the other one does not.
async fn pages(
    txn: &DatabaseTransaction,
    from: VendorId,
    into: VendorId,
    now: DateTime<Utc>,
) -> Result<bool, VendorError> {
    let Some(theirs) = query::storefront(txn, from).await? else {
        return Ok(false);
    };
    let ours = front::locked(txn, into, now).await?;
    let merged = storefront::Model {
        story: if ours.story.is_empty() { theirs.story.clone() } else { ours.story.clone() },
        hours: if ours.hours == front::NO_HOURS { theirs.hours.clone() } else { ours.hours.clone() },
        pickup: ours.pickup.clone().or(theirs.pickup.clone()),
        logo_id: ours.logo_id.or(theirs.logo_id),
        banner_id: ours.banner_id.or(theirs.banner_id),
        ..ours.clone()
    };
    if merged == ours {
        return Ok(false);
    }
    front::write(txn, into, merged.into_active_model().reset_all(), now).await?;
    // A picture belongs to one shop, so that its file goes when that shop shows another one.
    let bare = storefront::ActiveModel { logo_id: Set(None), banner_id: Set(None), ..Default::default() };
    front::write(txn, from, bare, now).await?;
    Ok(true)
}

/// Where it delivers, if the other one names no area: a mixture of two lists of fees is nobody's.
async fn areas(txn: &DatabaseTransaction, from: VendorId, into: VendorId) -> Result<bool, DbErr> {
    use area::{Column, Entity};
    if Entity::find().filter(Column::VendorId.eq(into)).count(txn).await? > 0 {
        return Ok(false);
    }
    let moved = Entity::update_many()
        .col_expr(Column::VendorId, Expr::value(into))
        .filter(Column::VendorId.eq(from))
        .exec(txn)
        .await?;
    Ok(moved.rows_affected > 0)
}
