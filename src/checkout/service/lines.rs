//! The lines of a basket become those of orders; what they take of the stock is promised, all of it or nothing.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DatabaseTransaction, DbErr, Set};

use crate::cart::Line;
use crate::catalog::changes;
use crate::catalog::query::bundles::{PartRow, parts_of};
use crate::catalog::stock::{self, Pieces};
use crate::checkout::error::CheckoutError;
use crate::checkout::model::Part;
use crate::kernel::{MoneyError, OrderId, OrderLineId, Problem, Rupiah, VariantId};
use crate::orders::entity::line::{self, Reservation};

/// What bundles are made of now.
pub(super) async fn contents(txn: &DatabaseTransaction, lines: &[Line]) -> Result<Vec<PartRow>, DbErr> {
    let bundles = lines.iter().filter(|line| line.is_bundle);
    parts_of(txn, &bundles.map(|line| line.variant_id).collect::<Vec<_>>()).await
}

/// Promises the counted articles, and the parts of bundles; all of them or none.
pub(super) async fn reserve(
    txn: &DatabaseTransaction,
    (lines, contents): (&[Line], &[PartRow]),
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let mut pieces = Vec::new();
    for line in lines {
        pieces.extend(taken(line, contents)?);
    }
    let reserved = stock::reserve(txn, &pieces).await?;
    if !reserved.short.is_empty() {
        let wants = |line: &&Line| {
            let mut taken = taken(line, contents).unwrap_or_default().into_iter();
            taken.any(|piece| reserved.short.contains(&piece.variant_id))
        };
        let short: Vec<VariantId> = lines.iter().filter(wants).map(|line| line.variant_id).collect();
        return Err(CheckoutError::OutOfStock(short));
    }
    Ok(changes::availability_moved(txn, &reserved.moved, now).await?)
}

/// Refuses bundles of which a part is not for sale now.
pub(super) fn check_parts(lines: &[Line], contents: &[PartRow]) -> Result<(), CheckoutError> {
    let off_sale = |line: &&Line| parts(line, contents).any(|part| !part.is_for_sale());
    let unavailable: Vec<VariantId> = lines.iter().filter(off_sale).map(|line| line.variant_id).collect();
    if unavailable.is_empty() { Ok(()) } else { Err(CheckoutError::Unavailable(unavailable)) }
}

/// What a line takes of the stock.
fn taken(line: &Line, contents: &[PartRow]) -> Result<Vec<Pieces>, CheckoutError> {
    if line.is_counted() {
        return Ok(vec![Pieces { variant_id: line.variant_id, quantity: line.quantity }]);
    }
    let parts: Vec<&PartRow> = parts(line, contents).collect();
    // A bundle without parts is nothing that could be sold.
    if line.is_bundle && parts.is_empty() {
        return Err(CheckoutError::Unavailable(vec![line.variant_id]));
    }
    parts
        .into_iter()
        .map(|part| Ok(Pieces { variant_id: part.part_id, quantity: times(part, line)? }))
        .collect()
}

fn parts<'a>(line: &Line, contents: &'a [PartRow]) -> impl Iterator<Item = &'a PartRow> {
    let bundle = line.is_bundle.then_some(line.variant_id);
    contents.iter().filter(move |part| Some(part.bundle_id) == bundle)
}

fn times(part: &PartRow, line: &Line) -> Result<i32, MoneyError> {
    part.quantity.checked_mul(line.quantity).ok_or(MoneyError::Overflow)
}

/// The rows of one order, frozen as they are sold; the parts of a bundle follow it and cost nothing by themselves.
pub(super) fn order_lines(
    order_id: OrderId,
    part: &Part<'_>,
    contents: &[PartRow],
) -> Result<Vec<line::ActiveModel>, CheckoutError> {
    let mut rows = Vec::with_capacity(part.lines.len());
    for line in part.lines {
        let id = OrderLineId::generate();
        rows.push(line_row((id, order_id), line, part.delivery.date)?);
        for content in parts(line, contents) {
            rows.push(part_row((id, order_id), content, times(content, line)?));
        }
    }
    for (position, row) in (0..).zip(&mut rows) {
        row.position = Set(position);
    }
    Ok(rows)
}

fn line_row(
    (id, order_id): (OrderLineId, OrderId),
    line: &Line,
    date: Option<NaiveDate>,
) -> Result<line::ActiveModel, CheckoutError> {
    let portions = date.filter(|_| line.meal_plan().is_some());
    let held = line.is_counted() || portions.is_some();
    let chosen = line.chosen().map_err(|_| CheckoutError::Personalisation(vec![line.variant_id]))?;
    let chosen = (!chosen.is_empty()).then(|| serde_json::to_string(&chosen)).transpose();
    Ok(line::ActiveModel {
        id: Set(id),
        order_id: Set(order_id),
        variant_id: Set(line.variant_id),
        product_id: Set(line.product_id),
        title: Set(line.title.clone()),
        sku: Set(line.sku.clone()),
        options: Set(line.options.clone()),
        unit: Set(line.unit.clone()),
        unit_price: Set(line.unit_price()?),
        quantity: Set(line.quantity),
        line_total: Set(line.total()?),
        note: Set(line.note.clone()),
        reservation: Set(if held { Reservation::Held } else { Reservation::None }),
        position: Set(0),
        personalisation: Set(chosen.map_err(Problem::internal)?),
        surcharge: Set(line.surcharge()?),
        parent_id: Set(None),
        portion_date: Set(portions.map(|date| date.to_string())),
        shipped: Set(0),
        returned: Set(0),
    })
}

fn part_row((parent, order_id): (OrderLineId, OrderId), part: &PartRow, quantity: i32) -> line::ActiveModel {
    line::ActiveModel {
        id: Set(OrderLineId::generate()),
        order_id: Set(order_id),
        variant_id: Set(part.part_id),
        product_id: Set(part.product_id),
        title: Set(part.title.clone()),
        sku: Set(part.sku.clone()),
        options: Set(part.options.clone()),
        unit: Set(part.unit.clone()),
        unit_price: Set(Rupiah::ZERO),
        quantity: Set(quantity),
        line_total: Set(Rupiah::ZERO),
        note: Set(None),
        reservation: Set(Reservation::Held),
        position: Set(0),
        personalisation: Set(None),
        surcharge: Set(Rupiah::ZERO),
        parent_id: Set(Some(parent)),
        portion_date: Set(None),
        shipped: Set(0),
        returned: Set(0),
    }
}
