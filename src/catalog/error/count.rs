//! What can go wrong with a stocktaking.

use super::conflict;
use crate::kernel::{Problem, VariantId};

/// A refusal of a stocktaking.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// The shop has one under way.
    #[error("a stocktaking is open")]
    Open,
    /// It came to its end.
    #[error("the stocktaking has ended")]
    Ended,
    /// Stock moved since these were counted.
    #[error("{} variants moved", .0.len())]
    Moved(Vec<CountConflict>),
    /// Fewer were counted than are promised.
    #[error("{} variants are promised", .0.len())]
    Reserved(Vec<CountConflict>),
}

/// A counted number that cannot be booked.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct CountConflict {
    /// Of what.
    pub variant_id: VariantId,
    /// What was counted.
    pub counted: i32,
    /// What should have been on the shelf when it was counted.
    pub expected: i32,
    /// What they say now.
    pub on_hand: i32,
    /// How much of that is promised.
    pub reserved: i32,
    /// How much is sold and still on the shelf, besides.
    pub to_hand_over: i32,
}

impl From<CountError> for Problem {
    fn from(error: CountError) -> Self {
        match error {
            CountError::Open => {
                conflict("count-open", "Masih ada stok opname yang terbuka.", "A stocktaking is still open.")
            }
            CountError::Ended => {
                conflict("count-ended", "Stok opname ini sudah selesai.", "This stocktaking has ended.")
            }
            CountError::Moved(variants) => conflict(
                "stock-moved",
                "Stok sudah berubah sejak dihitung; hitung ulang varian ini.",
                "Stock has moved since it was counted; count these variants again.",
            )
            .with("variants", variants),
            CountError::Reserved(variants) => conflict(
                "stock-reserved",
                "Hasil hitung kurang dari yang sudah dipesan.",
                "Fewer were counted than are promised to orders.",
            )
            .with("variants", variants),
        }
    }
}
