//! What is in a cart and whether it can be bought: pure rules.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromQueryResult;

use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::product;
use crate::catalog::entity::product::StockMode;
use crate::catalog::model::goods::{MAX_PIECES, in_steps};
use crate::catalog::model::meal::{Plan, Stored};
use crate::catalog::model::personal::{Chosen, choose, stored_fields, surcharge};
use crate::catalog::price::{asked, on_sale, stored_tiers, unit_price};
use crate::kernel::{
    CartId, CategoryId, FieldError, MoneyError, ProductId, Rupiah, UserId, VariantId, VendorId,
};
use crate::vendors::entity::vendor;
use crate::vendors::model::is_closed;

/// Most pieces of one article in a cart: whatever a shop may ask for can be bought.
pub const MAX_QUANTITY: i32 = MAX_PIECES;

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
    pub category_id: CategoryId,
    pub tax_class: TaxClass,
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
    /// The day on which the shop opens again, as stored; it may be over.
    pub reopens_on: Option<String>,
    pub available: Option<i32>,
    pub is_bundle: bool,
    pub sale_price: Option<Rupiah>,
    pub sale_from: Option<DateTime<Utc>>,
    pub sale_to: Option<DateTime<Utc>>,
    pub quantity_step: i32,
    /// What the shop asks, as stored.
    pub personal_fields: String,
    /// What the buyer filled in, as stored.
    pub personalisation: Option<String>,
    pub meal_weekdays: Option<String>,
    pub cutoff_hours: Option<i32>,
    pub cutoff_days: Option<i32>,
    pub cutoff_minute: Option<i32>,
    pub meal_windows: Option<String>,
    pub meal_districts: Option<String>,
    /// The moment of the prices.
    #[sea_orm(skip)]
    pub at: DateTime<Utc>,
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
    /// Not one of the quantities that the shop sells.
    NotAStep,
    /// What is to be made of it is missing, or not offered any more.
    Personalisation,
}

impl Line {
    /// The price of one piece in this quantity.
    pub fn unit_price(&self) -> Result<Rupiah, MoneyError> {
        let usual = unit_price(self.price, &stored_tiers(&self.tiers), self.quantity);
        let sale = on_sale(self.sale_price, (self.sale_from, self.sale_to), self.at);
        asked(usual, sale).plus(self.surcharge()?)
    }

    /// What the buyer's wishes cost for one piece.
    pub fn surcharge(&self) -> Result<Rupiah, MoneyError> {
        surcharge(&self.chosen().unwrap_or_default())
    }

    /// What the buyer filled in, if it is all there and still offered.
    pub fn chosen(&self) -> Result<Vec<Chosen>, Vec<FieldError>> {
        let values: BTreeMap<String, String> = self
            .personalisation
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        choose(&stored_fields(&self.personal_fields), &values)
    }

    /// The day on which its shop opens again, if it is on holiday.
    pub fn closed_until(&self, today: NaiveDate) -> Option<NaiveDate> {
        let day = self.reopens_on.as_deref()?.parse().ok()?;
        is_closed(Some(day), today).then_some(day)
    }

    /// The price of the whole line.
    pub fn total(&self) -> Result<Rupiah, MoneyError> {
        self.unit_price()?.times(self.quantity)
    }

    /// What keeps the line from being bought. Whether stock is enough is decided by the reservation, this only tells.
    pub fn fault(&self) -> Option<LineFault> {
        let sells =
            self.product_status == product::Status::Published && self.vendor_status == vendor::Status::Active;
        if !sells {
            Some(LineFault::Unavailable)
        } else if self.quantity < self.min_order {
            Some(LineFault::BelowMinimum)
        } else if !in_steps(self.quantity, self.min_order, self.quantity_step) {
            Some(LineFault::NotAStep)
        } else if self.chosen().is_err() {
            Some(LineFault::Personalisation)
        } else if self.is_short() {
            Some(LineFault::OutOfStock)
        } else {
            None
        }
    }

    /// Too few are left, or nobody said when it is made.
    fn is_short(&self) -> bool {
        let counted = self.is_counted() || self.is_bundle;
        let unplanned = self.stock_mode == StockMode::Daily && self.meal_weekdays.is_none();
        unplanned || (counted && self.available.unwrap_or(0) < self.quantity)
    }

    /// When it is made, if it is sold by the day; without a plan it never is.
    pub fn meal_plan(&self) -> Option<Plan> {
        let text = |column: &'_ Option<String>| column.clone().unwrap_or_default();
        (self.stock_mode == StockMode::Daily).then(|| {
            Plan::decode(Stored {
                weekdays: &text(&self.meal_weekdays),
                cutoff: (self.cutoff_hours, self.cutoff_days, self.cutoff_minute),
                windows: &text(&self.meal_windows),
                districts: &text(&self.meal_districts),
            })
        })
    }

    /// True if its own stock is counted and must be reserved; a bundle takes that of its parts.
    pub fn is_counted(&self) -> bool {
        self.stock_mode == StockMode::Tracked && !self.is_bundle
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
