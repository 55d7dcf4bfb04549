//! What is in a cart and whether it can be bought: pure rules.

use sea_orm::FromQueryResult;

use crate::catalog::entity::product::StockMode;
use crate::catalog::entity::{product, stock};
use crate::catalog::price::{stored_tiers, unit_price};
use crate::kernel::{CartId, MoneyError, ProductId, Rupiah, UserId, VariantId, VendorId};
use crate::vendors::entity::vendor;

/// Most pieces of one article in a cart.
pub const MAX_QUANTITY: i32 = 10_000;

/// Who asks for a cart: the person, and the secret of a guest cart.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The signed-in caller.
    pub user_id: Option<UserId>,
    /// Hash of the header `X-Cart-Secret`.
    pub secret_hash: Option<String>,
}

/// One article in a cart, with what is needed to sell it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Line {
    pub variant_id: VariantId,
    pub quantity: i32,
    pub note: Option<String>,
    pub sku: String,
    pub price: Rupiah,
    pub tiers: String,
    pub options: String,
    pub weight_g: Option<i32>,
    pub product_id: ProductId,
    pub product_slug: String,
    pub title: String,
    pub unit: String,
    pub min_order: i32,
    pub lead_time_days: i32,
    pub stock_mode: StockMode,
    pub product_status: product::Status,
    pub vendor_id: VendorId,
    pub vendor_slug: String,
    pub vendor_name: String,
    pub vendor_status: vendor::Status,
    pub on_hand: Option<i32>,
    pub reserved: Option<i32>,
}

/// Why a line cannot be bought as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineFault {
    /// Taken down, or its shop does not sell.
    Unavailable,
    /// Fewer pieces than asked for.
    OutOfStock,
    /// Fewer than the shop sells at once.
    BelowMinimum,
}

impl Line {
    /// The price of one piece in this quantity.
    pub fn unit_price(&self) -> Rupiah {
        unit_price(self.price, &stored_tiers(&self.tiers), self.quantity)
    }

    /// The price of the whole line.
    pub fn total(&self) -> Result<Rupiah, MoneyError> {
        self.unit_price().times(self.quantity)
    }

    /// What keeps the line from being bought. Whether stock is enough is decided by the reservation, this only tells.
    pub fn fault(&self) -> Option<LineFault> {
        let sells =
            self.product_status == product::Status::Published && self.vendor_status == vendor::Status::Active;
        let stock = stock::Model {
            variant_id: self.variant_id,
            on_hand: self.on_hand.unwrap_or(0),
            reserved: self.reserved.unwrap_or(0),
        };
        if !sells {
            Some(LineFault::Unavailable)
        } else if self.quantity < self.min_order {
            Some(LineFault::BelowMinimum)
        } else if self.is_counted() && stock.available() < self.quantity {
            Some(LineFault::OutOfStock)
        } else {
            None
        }
    }

    /// True if stock is counted and must be reserved.
    pub fn is_counted(&self) -> bool {
        self.stock_mode == StockMode::Tracked
    }
}

/// A cart with its lines, those of one shop side by side.
#[derive(Clone, Debug)]
pub struct Basket {
    /// The cart.
    pub cart_id: CartId,
    /// Sorted by shop, then in the order in which they were added.
    pub lines: Vec<Line>,
}

impl Basket {
    /// The lines of each shop.
    pub fn groups(&self) -> impl Iterator<Item = &[Line]> {
        self.lines.chunk_by(|one, other| one.vendor_id == other.vendor_id)
    }

    /// The price of everything.
    pub fn goods_total(&self) -> Result<Rupiah, MoneyError> {
        goods_total(&self.lines)
    }
}

/// The price of some lines.
pub fn goods_total(lines: &[Line]) -> Result<Rupiah, MoneyError> {
    lines.iter().try_fold(Rupiah::ZERO, |sum, line| sum.plus(line.total()?))
}
