//! One row of a list of products: one product, with a variant for each combination of option values.

use std::collections::BTreeMap;

use serde_json::Value;

use super::repair::thousands;
use super::sheet::Row;
use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::product::StockMode;
use crate::catalog::model::draft::{self, check_set};
use crate::catalog::model::goods::{Goods, VariantGoods};
use crate::catalog::model::{
    Attributes, MAX_VARIANTS, NewProduct, NewVariant, ProductFields, Tiers, price, stock,
};
use crate::kernel::fields::{Fault, Fields};
use crate::kernel::money::split_units;
use crate::kernel::{FieldError, Rupiah, Slug};

/// Columns without which a table is no list of products.
pub const COLUMNS: [&str; 7] = ["sku", "nama_usaha", "kategori", "judul", "harga", "stok", "satuan"];

/// Columns that are kept as attributes, under their own names.
const KEPT: [&str; 8] =
    ["pirt", "halal", "tkdn", "bahan", "siap_ekspor", "panjang_cm", "lebar_cm", "tinggi_cm"];

/// A row that can be written.
#[derive(Clone, Debug)]
pub struct ProductRow {
    /// Line of the file.
    pub line: u64,
    /// Key of the row in its shop.
    pub sku: String,
    /// Number of the shop, if it has one.
    pub nib: Option<String>,
    /// Name of the shop.
    pub shop: String,
    /// The product with its variants, each with a SKU.
    pub product: NewProduct,
    /// Where the goods are taxed otherwise than their category.
    pub tax_class: Option<TaxClass>,
}

impl ProductRow {
    /// Reads a row; all faults are found at once, each at its column.
    pub fn parse(line: u64, row: &Row<'_>) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let sku = fields.take("/sku", draft::sku(row.get("sku")));
        let shop = fields.take("/nama_usaha", shop_name(row.get("nama_usaha")));
        let nib = fields.take("/nib", nib(row.get("nib")));
        let tax_class = fields.take("/kelas_pajak", tax_class(row.get("kelas_pajak")));
        let product = product_fields(&mut fields, row);
        let base = variant_base(&mut fields, row);
        let options = fields.take("/varian", options(row.get("varian")));
        let (Some(sku), Some(shop), Some(nib), Some(tax_class), Some(product), Some(base), Some(options)) =
            (sku, shop, nib, tax_class, product, base, options)
        else {
            return Err(fields.into_errors());
        };
        let variants = expand(&sku, &base, options);
        let set: Vec<_> = variants.iter().map(|variant| (&variant.options, variant.sku.as_deref())).collect();
        check_set(&set).map_err(|faults| faults.into_iter().map(at_options).collect::<Vec<_>>())?;
        Ok(Self { line, sku, nib, shop, product: NewProduct { fields: product, variants }, tax_class })
    }
}

fn at_options(mut fault: FieldError) -> FieldError {
    "/varian".clone_into(&mut fault.pointer);
    fault
}

fn product_fields(fields: &mut Fields, row: &Row<'_>) -> Option<ProductFields> {
    let title = fields.take("/judul", draft::title(row.get("judul")));
    let description = fields.take("/deskripsi", draft::description(row.get("deskripsi")));
    let category = fields.take("/kategori", category(row.get("kategori")));
    let unit = fields.take("/satuan", draft::unit(or(row.get("satuan"), "pcs")));
    let min_order = take_whole(fields, row, "min_order", 1, draft::min_order);
    let lead_time = take_whole(fields, row, "lead_time_hari", 0, draft::lead_time);
    let attributes = fields.take("/bahan", attributes(row));
    for (column, check) in [("pirt", is_pirt as fn(&str) -> bool), ("halal", is_halal), ("tkdn", is_percent)]
    {
        let value = row.get(column);
        if !value.is_empty() && !check(value) {
            fields.push(format!("/{column}"), not_a_number());
        }
    }
    Some(ProductFields {
        title: title?,
        description: description?,
        category: category?,
        attributes: attributes?,
        unit: unit?,
        min_order: min_order?,
        lead_time_days: lead_time?,
        stock_mode: StockMode::Tracked,
        goods: Goods::default(),
    })
}

/// What all variants of a row have in common.
struct Base {
    price: Rupiah,
    tiers: Tiers,
    stock: i32,
    weight_g: Option<i32>,
}

fn variant_base(fields: &mut Fields, row: &Row<'_>) -> Option<Base> {
    let price = fields.take("/harga", whole(row.get("harga")).and_then(price));
    let pieces = take_whole(fields, row, "stok", 0, stock);
    let weight = match row.get("berat_gram") {
        "" => Some(None),
        cell => fields.take("/berat_gram", whole(cell).and_then(draft::weight)).map(Some),
    };
    let tiers = fields.take("/harga_grosir", tiers(row.get("harga_grosir")));
    let tiers = match (price, tiers) {
        (Some(price), Some(tiers)) => fields.take("/harga_grosir", tiers.below(price).map(|()| tiers)),
        _ => None,
    };
    Some(Base { price: price?, tiers: tiers?, stock: pieces?, weight_g: weight? })
}

/// One variant for each combination of values, the stock split by the largest remainder.
fn expand(sku: &str, base: &Base, combinations: Vec<Attributes>) -> Vec<NewVariant> {
    let single = combinations.len() == 1;
    let stocks = split_units(i64::from(base.stock), &vec![1; combinations.len()]);
    let mut used: Vec<String> = Vec::new();
    let mut variants = Vec::with_capacity(combinations.len());
    for (options, pieces) in combinations.into_iter().zip(stocks) {
        let mut number = sku.to_owned();
        if !single {
            number.push_str(&suffix(&options));
        }
        // Values may differ only in what a SKU cannot show.
        if used.contains(&number) {
            number.push_str(&format!("-{}", used.len() + 1));
        }
        used.push(number.clone());
        variants.push(NewVariant {
            price: base.price,
            tiers: base.tiers.clone(),
            stock: i32::try_from(pieces).unwrap_or(0),
            sku: Some(number),
            weight_g: base.weight_g,
            options,
            goods: VariantGoods::default(),
        });
    }
    variants
}

fn suffix(options: &Attributes) -> String {
    options.values().map(|value| format!("-{}", Slug::of(value).as_str().to_uppercase())).collect()
}

/// `name:value|value;name:value` as all combinations, in the order of the file.
fn options(cell: &str) -> Result<Vec<Attributes>, Fault> {
    let mut combinations: Vec<BTreeMap<String, Value>> = vec![BTreeMap::new()];
    for part in cell.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, values) = part.split_once(':').ok_or_else(not_options)?;
        let values: Vec<&str> = values.split('|').map(str::trim).collect();
        let distinct = values.iter().enumerate().all(|(at, value)| !values[..at].contains(value));
        if !distinct || combinations.len() * values.len() > MAX_VARIANTS {
            return Err(not_options());
        }
        let with = |combination: &BTreeMap<String, Value>, value: &str| {
            let mut more = combination.clone();
            let before = more.insert(name.trim().to_owned(), value.into());
            before.is_none().then_some(more)
        };
        combinations = combinations
            .iter()
            .flat_map(|combination| values.iter().map(|value| with(combination, value)))
            .collect::<Option<_>>()
            .ok_or_else(not_options)?;
    }
    combinations
        .into_iter()
        .map(|combination| Attributes::parse_options(combination).map_err(|_| not_options()))
        .collect()
}

pub(super) fn tiers(cell: &str) -> Result<Tiers, Fault> {
    let pair = |part: &str| {
        let (quantity, price) = part.split_once(':')?;
        Some((quantity.trim().parse().ok()?, thousands(price.trim())?))
    };
    let parts = cell.split(';').map(str::trim).filter(|part| !part.is_empty());
    let pairs: Vec<(i64, i64)> = parts.map(pair).collect::<Option<_>>().ok_or_else(not_tiers)?;
    Tiers::parse(&pairs).map_err(|_| not_tiers())
}

fn attributes(row: &Row<'_>) -> Result<Attributes, Fault> {
    let mut attributes = Attributes::default();
    for column in KEPT {
        attributes.set(column, row.get(column));
    }
    // What the variants say is not said again.
    let varies = |name: &str| row.get("varian").split(';').any(|part| part.trim().starts_with(name));
    for column in ["warna", "ukuran"] {
        if !varies(&format!("{column}:")) {
            attributes.set(column, &row.get(column).replace('|', ", "));
        }
    }
    let values = attributes.into_map().into_iter().map(|(name, value)| (name, value.into()));
    Attributes::parse(values.collect())
        .map_err(|_| Fault::new("attributes", "Keterangan terlalu panjang.", "An attribute is too long."))
}

fn shop_name(cell: &str) -> Result<String, Fault> {
    crate::vendors::model::name(&super::repair::text(cell))
}

fn nib(cell: &str) -> Result<Option<String>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    crate::vendors::model::Nib::parse(cell).map(|nib| Some(nib.as_str().to_owned()))
}

/// The last part of a path of slugs.
fn category(cell: &str) -> Result<String, Fault> {
    let last = cell.rsplit('/').next().unwrap_or_default().trim();
    if last.is_empty() {
        return Err(Fault::new("required", "Wajib diisi.", "Must not be empty."));
    }
    Ok(last.to_owned())
}

fn tax_class(cell: &str) -> Result<Option<TaxClass>, Fault> {
    Ok(Some(match cell {
        "" => return Ok(None),
        "ppn_standard" => TaxClass::PpnStandard,
        "ppn_luxury" => TaxClass::PpnLuxury,
        "ppn_exempt" => TaxClass::PpnExempt,
        "pbjt_food" => TaxClass::PbjtFood,
        "none" => TaxClass::None,
        _ => {
            return Err(Fault::new("tax-class", "Kelas pajak tidak dikenal.", "Unknown tax class."));
        }
    }))
}

fn take_whole(
    fields: &mut Fields,
    row: &Row<'_>,
    column: &str,
    absent: i64,
    check: fn(i64) -> Result<i32, Fault>,
) -> Option<i32> {
    let number = match row.get(column) {
        "" => Ok(absent),
        cell => whole(cell),
    };
    fields.take(&format!("/{column}"), number.and_then(check))
}

/// A whole number: `12000`, `12.000`, `Rp 12.000`, `12000.0`.
pub(super) fn whole(cell: &str) -> Result<i64, Fault> {
    let number = cell.strip_prefix("Rp").unwrap_or(cell).trim_start_matches(['.', ' ']);
    let number = number.strip_suffix(".0").unwrap_or(number);
    let (sign, number) = number.strip_prefix('-').map_or((1, number), |number| (-1, number));
    thousands(number)
        .map(|number| sign * number)
        .ok_or_else(|| Fault::new("number", "Bukan bilangan bulat.", "Not a whole number."))
}

fn or<'a>(cell: &'a str, absent: &'a str) -> &'a str {
    if cell.is_empty() { absent } else { cell }
}

/// `1234567890123-45`, perhaps with `P-IRT No.` in front.
pub(super) fn is_pirt(cell: &str) -> bool {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    let marks = cell.to_uppercase();
    let plain = marks
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .chars()
        .all(|c| c.is_ascii_digit() || c == '-');
    digits.len() == 15 && plain
}

/// `ID` and 16 to 18 digits.
pub(super) fn is_halal(cell: &str) -> bool {
    cell.strip_prefix("ID").is_some_and(|digits| {
        (16..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_percent(cell: &str) -> bool {
    let (whole, part) = cell.split_once('.').unwrap_or((cell, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part) && part.len() <= 2 && whole.parse::<u32>().is_ok_and(|whole| whole <= 100)
}

fn not_a_number() -> Fault {
    Fault::new("paper-number", "Bentuk nomor atau nilai tidak benar.", "Not in the form of such a number.")
}

fn not_options() -> Fault {
    Fault::new(
        "options",
        "Tulis sebagai nama:nilai|nilai;nama:nilai, paling banyak 100 varian.",
        "Must be name:value|value;name:value, at most 100 variants.",
    )
}

fn not_tiers() -> Fault {
    Fault::new(
        "tiers",
        "Tulis sebagai jumlah:harga;jumlah:harga, jumlah naik dan harga turun.",
        "Must be quantity:price;quantity:price, rising quantities and falling prices.",
    )
}

#[cfg(test)]
mod tests;
