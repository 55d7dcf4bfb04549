//! The columns of a shop's own list of products: one line per variant, the same to read and to write.
//!
//! This table is the only place that names them. A field that is added here is exported and imported.

use crate::catalog::entity::product::StockMode;
use crate::catalog::entity::{product, stock, variant};
use crate::catalog::model::draft;
use crate::catalog::model::{Attributes, Tiers, price, stock as pieces};
use crate::kernel::Rupiah;
use crate::kernel::fields::Fault;
use crate::platform::sheets::Cell;

use super::product_row::{tiers, whole};

/// One line of a list while it is written.
pub struct Line<'a> {
    pub product: &'a product::Model,
    /// Slug.
    pub category: &'a str,
    pub variant: &'a variant::Model,
    pub stock: &'a stock::Model,
    /// Addresses, in their order.
    pub pictures: &'a [String],
}

/// One line of a list while it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Lines with the same one are variants of one product; alone if it is empty.
    pub key: String,
    pub product: ProductPart,
    pub sku: Option<String>,
    pub options: Attributes,
    pub price: Option<Rupiah>,
    pub tiers: Tiers,
    pub stock: i32,
    pub weight_g: Option<i32>,
    pub pictures: Vec<String>,
}

/// What all lines of a product say alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPart {
    pub title: String,
    pub description: String,
    pub category: String,
    pub attributes: Attributes,
    pub unit: String,
    pub min_order: i32,
    pub lead_time_days: i32,
    pub stock_mode: StockMode,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            key: String::new(),
            product: ProductPart {
                title: String::new(),
                description: String::new(),
                category: String::new(),
                attributes: Attributes::default(),
                unit: "pcs".to_owned(),
                min_order: 1,
                lead_time_days: 0,
                stock_mode: StockMode::Tracked,
            },
            sku: None,
            options: Attributes::default(),
            price: None,
            tiers: Tiers::default(),
            stock: 0,
            weight_g: None,
            pictures: Vec::new(),
        }
    }
}

/// One column: its name, how its cells are read and how they are written.
pub struct Column {
    pub name: &'static str,
    /// A list without it cannot be read.
    pub required: bool,
    pub read: fn(&str, &mut Draft) -> Result<(), Fault>,
    pub write: fn(&Line<'_>) -> Cell,
}

const fn column(
    name: &'static str,
    read: fn(&str, &mut Draft) -> Result<(), Fault>,
    write: fn(&Line<'_>) -> Cell,
) -> Column {
    Column { name, required: true, read, write }
}

/// Every column, in the order of the file.
pub const LISTING: &[Column] = &[
    column("produk", |cell, line| keep(&mut line.key, Ok(cell.to_owned())), |line| text(&line.product.slug)),
    column("sku", |cell, line| keep(&mut line.sku, may(cell, draft::sku)), |line| text(&line.variant.sku)),
    column(
        "judul",
        |cell, line| keep(&mut line.product.title, draft::title(cell)),
        |line| text(&line.product.title),
    ),
    column(
        "deskripsi",
        |cell, line| keep(&mut line.product.description, draft::description(cell)),
        |line| text(&line.product.description),
    ),
    column(
        "kategori",
        |cell, line| keep(&mut line.product.category, category(cell)),
        |line| text(line.category),
    ),
    column(
        "atribut",
        |cell, line| keep(&mut line.product.attributes, pairs(cell, Attributes::parse)),
        |line| text(&written(&line.product.attributes)),
    ),
    column(
        "satuan",
        |cell, line| keep(&mut line.product.unit, or(cell, "pcs", draft::unit)),
        |line| text(&line.product.unit),
    ),
    column(
        "min_order",
        |cell, line| keep(&mut line.product.min_order, number(cell, 1, draft::min_order)),
        |line| Cell::Number(line.product.min_order.into()),
    ),
    column(
        "lead_time_hari",
        |cell, line| keep(&mut line.product.lead_time_days, number(cell, 0, draft::lead_time)),
        |line| Cell::Number(line.product.lead_time_days.into()),
    ),
    column(
        "mode_stok",
        |cell, line| keep(&mut line.product.stock_mode, stock_mode(cell)),
        |line| text(&code(line.product.stock_mode)),
    ),
    column(
        "pilihan",
        |cell, line| keep(&mut line.options, pairs(cell, Attributes::parse_options)),
        |line| text(&written(&line.variant.options)),
    ),
    column(
        "harga",
        |cell, line| keep(&mut line.price, whole(cell).and_then(price).map(Some)),
        |line| Cell::Number(line.variant.price.get()),
    ),
    column(
        "harga_grosir",
        |cell, line| keep(&mut line.tiers, tiers(cell)),
        |line| text(&written_tiers(&line.variant.tiers)),
    ),
    column(
        "stok",
        |cell, line| keep(&mut line.stock, number(cell, 0, pieces)),
        |line| Cell::Number(line.stock.on_hand.into()),
    ),
    column(
        "berat_gram",
        |cell, line| keep(&mut line.weight_g, may(cell, |cell| whole(cell).and_then(draft::weight))),
        |line| line.variant.weight_g.map_or_else(|| "".into(), Cell::from),
    ),
    Column {
        name: "gambar",
        required: false,
        read: |cell, line| keep(&mut line.pictures, pictures(cell)),
        write: |line| text(&line.pictures.join("|")),
    },
];

fn keep<T>(place: &mut T, parsed: Result<T, Fault>) -> Result<(), Fault> {
    *place = parsed?;
    Ok(())
}

fn text(text: &str) -> Cell {
    text.into()
}

fn may<T>(cell: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if cell.is_empty() { Ok(None) } else { parse(cell).map(Some) }
}

fn or<T>(cell: &str, absent: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<T, Fault> {
    parse(if cell.is_empty() { absent } else { cell })
}

fn number(cell: &str, absent: i64, check: impl Fn(i64) -> Result<i32, Fault>) -> Result<i32, Fault> {
    if cell.is_empty() { check(absent) } else { whole(cell).and_then(check) }
}

fn category(cell: &str) -> Result<String, Fault> {
    let last = cell.rsplit('/').next().unwrap_or_default().trim();
    if last.is_empty() {
        return Err(Fault::new("required", "Wajib diisi.", "Must not be empty."));
    }
    Ok(last.to_owned())
}

fn stock_mode(cell: &str) -> Result<StockMode, Fault> {
    if cell.is_empty() {
        return Ok(StockMode::Tracked);
    }
    serde_json::from_value(cell.into())
        .map_err(|_| Fault::new("stock-mode", "Mode stok tidak dikenal.", "Unknown stock mode."))
}

fn code(mode: StockMode) -> String {
    serde_json::to_value(mode).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// `name:value;name:value`; `\` stands before a separator that is meant as a letter.
fn pairs(
    cell: &str,
    parse: fn(
        std::collections::BTreeMap<String, serde_json::Value>,
    ) -> Result<Attributes, Vec<crate::kernel::FieldError>>,
) -> Result<Attributes, Fault> {
    let fault =
        || Fault::new("pairs", "Tulis sebagai nama:nilai;nama:nilai.", "Must be name:value;name:value.");
    let mut values = std::collections::BTreeMap::new();
    for part in split(cell, ';') {
        let mut sides = split(&part, ':');
        if sides.len() != 2 {
            return Err(fault());
        }
        let value = plain(&sides.remove(1));
        if values.insert(plain(&sides.remove(0)), value.into()).is_some() {
            return Err(fault());
        }
    }
    parse(values).map_err(|_| fault())
}

/// Cuts at separators that have no `\` before them; nothing for an empty text.
fn split(text: &str, separator: char) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        let last = parts.len() - 1;
        if c == separator && !escaped {
            parts.push(String::new());
            continue;
        }
        parts[last].push(c);
        escaped = c == '\\' && !escaped;
    }
    parts
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        out.push(if c == '\\' { letters.next().unwrap_or('\\') } else { c });
    }
    out
}

fn written(stored: &str) -> String {
    let escape = |text: &str| text.replace('\\', "\\\\").replace(';', "\\;").replace(':', "\\:");
    let pairs = Attributes::decode(stored).into_map().into_iter();
    let pairs = pairs.map(|(name, value)| format!("{}:{}", escape(&name), escape(&value)));
    pairs.collect::<Vec<_>>().join(";")
}

fn written_tiers(stored: &str) -> String {
    let pair = |tier: &crate::catalog::price::Tier| format!("{}:{}", tier.min_quantity, tier.price.get());
    Tiers::decode(stored).into_list().iter().map(pair).collect::<Vec<_>>().join(";")
}

/// Addresses, or names in the archive that came along, separated by `|`.
fn pictures(cell: &str) -> Result<Vec<String>, Fault> {
    let names = cell.split('|').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let names: Vec<String> = names.collect();
    let fine = |name: &String| name.len() <= 500 && !name.chars().any(char::is_control);
    if names.len() <= crate::catalog::model::MAX_IMAGES && names.iter().all(fine) {
        return Ok(names);
    }
    Err(Fault::new(
        "pictures",
        "Paling banyak 10 gambar, dipisah dengan |.",
        "At most 10 pictures, separated by |.",
    ))
}
