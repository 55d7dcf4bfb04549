//! What can go wrong with portions of a day.

use axum::http::StatusCode;

use crate::kernel::Problem;

/// A refusal about portions of a day.
#[derive(Debug, thiserror::Error)]
pub enum MealError {
    /// The product is not sold by the day.
    #[error("no plan")]
    NoPlan,
    /// More is ordered for that day than should be made.
    #[error("taken")]
    Taken,
    /// What bundles are made of has to be counted.
    #[error("part of a bundle")]
    PartOfBundle,
}

impl From<MealError> for Problem {
    fn from(error: MealError) -> Self {
        let conflict =
            |code, id: &'static str, en: &'static str| Self::new(StatusCode::CONFLICT, code, id, en);
        match error {
            MealError::NoPlan => conflict(
                "no-meal-plan",
                "Produk ini belum punya jadwal harian.",
                "The product is not sold by the day.",
            ),
            MealError::PartOfBundle => conflict(
                "part-of-bundle",
                "Barang ini bagian dari paket, jadi stoknya harus dihitung.",
                "A bundle is made of it, so its stock has to be counted.",
            ),
            MealError::Taken => conflict(
                "portions-taken",
                "Porsi yang sudah dipesan untuk hari itu lebih banyak; tutup saja harinya.",
                "More portions are ordered for that day; close the day instead.",
            ),
        }
    }
}
