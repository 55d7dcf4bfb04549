//! What goes into a parcel and what is counted when it comes: pure rules over the lines of an order.

use std::collections::BTreeMap;

use crate::kernel::fields::Fault;
use crate::kernel::{Fields, OrderLineId};
use crate::orders::entity::line;

/// So many pieces of an article of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pieces {
    pub line_id: OrderLineId,
    pub quantity: i32,
}

/// Articles by themselves; the parts of a bundle go with it.
pub fn articles(lines: &[line::Model]) -> impl Iterator<Item = &line::Model> {
    lines.iter().filter(|line| line.parent_id.is_none())
}

/// What is still to be sent of every article.
pub fn left_to_ship(lines: &[line::Model]) -> Vec<Pieces> {
    let left =
        articles(lines).map(|line| Pieces { line_id: line.id, quantity: line.quantity - line.shipped });
    left.filter(|pieces| pieces.quantity > 0).collect()
}

/// Checks a list of pieces against what may be named of each article; all faults at once, below `/lines`.
pub fn check(
    wanted: &[Pieces],
    lines: &[line::Model],
    most: impl Fn(&line::Model) -> i32,
    fields: &mut Fields,
) {
    if wanted.is_empty() {
        fields.push("/lines", Fault::new("required", "Wajib diisi.", "Must not be empty."));
    }
    let mut seen: BTreeMap<OrderLineId, usize> = BTreeMap::new();
    for (index, pieces) in wanted.iter().enumerate() {
        let place = |member: &str| format!("/lines/{index}/{member}");
        let Some(line) = articles(lines).find(|line| line.id == pieces.line_id) else {
            fields.push(place("line_id"), unknown());
            continue;
        };
        if seen.insert(pieces.line_id, index).is_some() {
            let fault = Fault::new("duplicate", "Barang disebut dua kali.", "This article is named twice.");
            fields.push(place("line_id"), fault);
        }
        let most = most(line);
        if pieces.quantity < 1 || pieces.quantity > most {
            fields.push(place("quantity"), too_many(most));
        }
    }
}

fn unknown() -> Fault {
    Fault::new("unknown", "Barang ini tidak ada di pesanan.", "The order has no such article.")
}

fn too_many(most: i32) -> Fault {
    Fault::new("out-of-range", format!("Antara 1 dan {most}."), format!("Between 1 and {most}."))
}
