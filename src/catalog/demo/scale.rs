//! Many products, the same ones every time: for load tests and for measuring.

use super::PRODUCTS;
use crate::app::App;
use crate::catalog::import::{
    BATCH, CreateShops, ImportError, Outcome, ProductOptions, ProductRow, Progress, Report, Sheet, Store,
};
use crate::catalog::model::{Attributes, Tiers, price};

/// Products of one shop.
const PER_SHOP: u64 = 100;
/// Words that tell products of one kind apart.
const SERIES: [&str; 16] = [
    "Asli",
    "Super",
    "Pilihan",
    "Kampung",
    "Nusantara",
    "Premium",
    "Klasik",
    "Istimewa",
    "Mandiri",
    "Berkah",
    "Jaya",
    "Sejahtera",
    "Makmur",
    "Lestari",
    "Sentosa",
    "Utama",
];

/// Adds `thousands` thousand products in shops of a hundred. Doing it again changes nothing.
pub async fn scale(app: &App, thousands: u32, progress: &mut Progress) -> Result<String, ImportError> {
    let sheet = Sheet::parse(PRODUCTS.as_bytes())?;
    let kinds: Vec<ProductRow> =
        sheet.rows().filter_map(|(line, row)| ProductRow::parse(line, &row.ok()?).ok()).collect();
    let options = ProductOptions { create_shops: CreateShops::Active, draft: false };
    let mut store = Store::open(app, options).await?;
    let mut report = Report::default();
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..u64::from(thousands) * 1000 {
        batch.extend(product(&kinds, number));
        if batch.len() == BATCH {
            progress.advance(batch.len());
            store.write(std::mem::take(&mut batch), &mut report).await?;
        }
    }
    store.write(batch, &mut report).await?;
    progress.finish();
    Ok(format!(
        "{} products created, {} were there already, {} refused; {} shops created.",
        report.created,
        report.updated + report.unchanged,
        report.rows(Outcome::Refused),
        report.shops_created
    ))
}

/// The product with this number.
fn product(kinds: &[ProductRow], number: u64) -> Option<ProductRow> {
    let count = kinds.len() as u64;
    let kind = kinds.get(usize::try_from(number.checked_rem(count)?).ok()?)?;
    let dice = mix(number);
    let mut row = kind.clone();
    row.line = number + 1;
    row.sku = format!("S{number:07}");
    row.nib = Some(format!("98{:011}", number / PER_SHOP));
    row.shop = format!("Toko Uji {:05}", number / PER_SHOP);
    let series = usize::try_from(number / count % SERIES.len() as u64).ok()?;
    let round = number / count / SERIES.len() as u64;
    let title = &mut row.product.fields.title;
    *title = match round {
        0 => format!("{title} {}", SERIES[series]),
        round => format!("{title} {} {round}", SERIES[series]),
    };
    let first = row.product.variants.first_mut()?;
    first.sku = Some(row.sku.clone());
    first.options = Attributes::default();
    first.tiers = Tiers::default();
    // Between 80 and 120 per cent of the usual price, in hundreds.
    let share = i64::try_from(80 + dice % 41).ok()?;
    first.price = price((first.price.get() * share / 10_000 * 100).max(100)).ok()?;
    first.stock = i32::try_from(dice / 41 % 200).ok()?;
    row.product.variants.truncate(1);
    Some(row)
}

/// Well-spread numbers that are the same everywhere (SplitMix64).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
