//! A shop's own list of products: lines become products with their variants, and products become lines.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::columns::{Draft, LISTING, Line};
use super::sheet::Row;
use super::{ImportError, ProductRow, Sheet};
use crate::catalog::entity::import_note;
use crate::catalog::model::draft::check_set;
use crate::catalog::model::{NewProduct, NewVariant, ProductFields};
use crate::kernel::FieldError;
use crate::kernel::fields::Fault;
use crate::platform::sheets::{self, Cell, SheetError};

/// A fault with the line it is in.
pub type LineFault = (u64, FieldError);

/// The lines of one product.
pub struct Group {
    /// Their lines, the first one first.
    pub lines: Vec<u64>,
    /// What they say, or why they cannot be taken.
    pub product: Result<ProductRow, Vec<LineFault>>,
    /// Pictures, each with the line that names it.
    pub pictures: Vec<(u64, String)>,
}

/// Makes sure that the table has the columns it must have.
pub fn check_columns(sheet: &Sheet) -> Result<(), ImportError> {
    let required = LISTING.iter().filter(|column| column.required).map(|column| column.name);
    sheet.require(&required.collect::<Vec<_>>())
}

/// Reads all lines. `seed` makes the SKUs of lines that have none, the same ones every time.
pub fn groups(sheet: &Sheet, seed: Uuid) -> Vec<Group> {
    let mut order: Vec<String> = Vec::new();
    let mut by_key: HashMap<String, Vec<(u64, Result<Draft, Vec<FieldError>>)>> = HashMap::new();
    for (line, row) in sheet.rows() {
        let read = match row {
            Ok(row) if row.is_empty() => continue,
            Ok(row) => read_line(&row, (line, seed)),
            Err(bad) => Err(vec![super::report::bad_row(bad).at("")]),
        };
        let key = match &read {
            Ok(draft) if !draft.key.is_empty() => format!("k{}", draft.key),
            _ => format!("l{line}"),
        };
        if !by_key.contains_key(&key) {
            order.push(key.clone());
        }
        by_key.entry(key).or_default().push((line, read));
    }
    let mut seen = BTreeMap::new();
    order.iter().filter_map(|key| by_key.remove(key)).map(|lines| group(lines, &mut seen)).collect()
}

fn read_line(row: &Row<'_>, (line, seed): (u64, Uuid)) -> Result<Draft, Vec<FieldError>> {
    let mut draft = Draft::default();
    let mut faults = Vec::new();
    for column in LISTING {
        if let Err(fault) = (column.read)(row.get(column.name), &mut draft) {
            faults.push(fault.at(format!("/{}", column.name)));
        }
    }
    if let Some(price) = draft.price
        && let Err(fault) = draft.tiers.below(price)
    {
        faults.push(fault.at("/harga_grosir"));
    }
    draft.sku.get_or_insert_with(|| made_up(seed, line));
    if faults.is_empty() { Ok(draft) } else { Err(faults) }
}

/// The SKU of a line that has none: doing the same file again must not make everything twice.
fn made_up(seed: Uuid, line: u64) -> String {
    let digest = Sha256::digest(format!("{seed}:{line}"));
    let hex: String = digest[..5].iter().map(|byte| format!("{byte:02X}")).collect();
    format!("LPK-{hex}")
}

fn group(lines: Vec<(u64, Result<Draft, Vec<FieldError>>)>, seen: &mut BTreeMap<String, u64>) -> Group {
    let numbers: Vec<u64> = lines.iter().map(|(line, _)| *line).collect();
    let mut faults: Vec<LineFault> = Vec::new();
    let mut drafts: Vec<(u64, Draft)> = Vec::new();
    for (line, read) in lines {
        match read {
            Ok(draft) => drafts.push((line, draft)),
            Err(found) => faults.extend(found.into_iter().map(|fault| (line, fault))),
        }
    }
    for (line, draft) in &drafts {
        let sku = draft.sku.clone().unwrap_or_default();
        let first = *seen.entry(sku).or_insert(*line);
        if first != *line {
            faults.push((*line, repeated(first).at("/sku")));
        }
        if draft.product != drafts[0].1.product {
            faults.push((*line, differs(drafts[0].0).at("/produk")));
        }
    }
    let named = |(line, draft): &(u64, Draft)| {
        let line = *line;
        draft.pictures.clone().into_iter().map(move |name| (line, name)).collect::<Vec<_>>()
    };
    let mut pictures: Vec<(u64, String)> = Vec::new();
    for (line, name) in drafts.iter().flat_map(named) {
        if !pictures.iter().any(|(_, known)| *known == name) {
            pictures.push((line, name));
        }
    }
    let product = if faults.is_empty() { product_of(&drafts) } else { Err(faults) };
    Group { lines: numbers, product, pictures }
}

fn product_of(drafts: &[(u64, Draft)]) -> Result<ProductRow, Vec<LineFault>> {
    let Some((line, first)) = drafts.first() else {
        return Err(Vec::new());
    };
    let set: Vec<_> = drafts.iter().map(|(_, draft)| (&draft.options, draft.sku.as_deref())).collect();
    check_set(&set).map_err(|faults| {
        let place = |fault: FieldError| {
            let index = fault.pointer.split('/').nth(2).and_then(|index| index.parse::<usize>().ok());
            let line = index.and_then(|index| drafts.get(index)).map_or(*line, |(line, _)| *line);
            (line, FieldError { pointer: "/pilihan".to_owned(), ..fault })
        };
        faults.into_iter().map(place).collect::<Vec<_>>()
    })?;
    let part = first.product.clone();
    let fields = ProductFields {
        title: part.title,
        description: part.description,
        category: part.category,
        attributes: part.attributes,
        unit: part.unit,
        min_order: part.min_order,
        lead_time_days: part.lead_time_days,
        stock_mode: part.stock_mode,
    };
    let variants = drafts.iter().map(|(_, draft)| NewVariant {
        price: draft.price.unwrap_or_default(),
        tiers: draft.tiers.clone(),
        stock: draft.stock,
        sku: draft.sku.clone(),
        weight_g: draft.weight_g,
        options: draft.options.clone(),
    });
    Ok(ProductRow {
        line: *line,
        sku: first.sku.clone().unwrap_or_default(),
        nib: None,
        shop: String::new(),
        product: NewProduct { fields, variants: variants.collect() },
        tax_class: None,
    })
}

fn repeated(first: u64) -> Fault {
    Fault::new(
        "sku-repeated",
        format!("SKU ini sudah ada di baris {first}."),
        format!("Line {first} has this SKU already."),
    )
}

fn differs(first: u64) -> Fault {
    Fault::new(
        "product-differs",
        format!("Data produk tidak sama dengan baris {first}."),
        format!("The product is not described as in line {first}."),
    )
}

/// The first line of a list.
pub fn header() -> Vec<&'static str> {
    LISTING.iter().map(|column| column.name).collect()
}

/// The cells of a line.
pub fn cells(line: &Line<'_>) -> Vec<Cell> {
    LISTING.iter().map(|column| (column.write)(line)).collect()
}

/// The lines that were not taken, as they were sent, each with the reasons.
pub fn error_file(sheet: &Sheet, notes: &[import_note::Model]) -> Result<Vec<u8>, SheetError> {
    let mut by_line: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for note in notes {
        let reason = match note.column_name.as_str() {
            "" => note.reason_id.clone(),
            column => format!("{column}: {}", note.reason_id),
        };
        by_line.entry(note.line).or_default().push(reason);
    }
    let mut header: Vec<&str> = sheet.headers().iter().map(String::as_str).collect();
    let width = header.len();
    header.extend(["baris", "alasan"]);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (line, cells) in sheet.lines() {
        let Some(reasons) = i64::try_from(line).ok().and_then(|line| by_line.get(&line)) else {
            continue;
        };
        let mut row: Vec<Cell> = cells.into_iter().take(width).map(Cell::from).collect();
        row.resize(width, Cell::from(""));
        row.extend([Cell::from(line.to_string()), Cell::from(reasons.join(" "))]);
        rows.push(row);
    }
    sheets::csv(&header, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::entity::category::TaxClass;
    use crate::catalog::entity::product::{Status, StockMode};
    use crate::catalog::entity::{product, stock, variant};
    use crate::catalog::model::{Attributes, Tiers, draft};
    use crate::kernel::{CategoryId, ProductId, Rupiah, VariantId, VendorId};
    use proptest::prelude::*;

    /// Letters that spreadsheets, separators and escapes stumble over.
    const NASTY: &str = "[a-zA-Z0-9 =+@;:|,\"'\\\\\\-äé漢\u{ff1d}%._/<>&]{1,24}";

    fn words(least: usize) -> impl Strategy<Value = String> {
        NASTY
            .prop_map(|text| text.trim().to_owned())
            .prop_filter("too short", move |text| text.chars().count() >= least)
    }

    fn attributes(most: usize) -> impl Strategy<Value = Attributes> {
        prop::collection::btree_map(words(1), words(1), 0..=most).prop_filter_map("refused", |map| {
            Attributes::parse_options(map.into_iter().map(|(name, value)| (name, value.into())).collect())
                .ok()
        })
    }

    fn row() -> impl Strategy<Value = (product::Model, Vec<(variant::Model, stock::Model)>)> {
        let texts = (words(3), prop::collection::vec(words(1), 0..4), attributes(4), words(1));
        let numbers = (1..100_000_i32, 0..366_i32, any::<bool>());
        let variants = prop::collection::vec(
            (
                attributes(0),
                1_000_000..9_000_000_000_i64,
                0..1_000_000_i32,
                prop::option::of(0..10_000_000_i32),
                0..3_usize,
            ),
            1..4,
        );
        (texts, numbers, variants, words(1)).prop_map(|(texts, numbers, variants, sku)| {
            let (title, lines, attributes, unit) = texts;
            let (min_order, lead_time_days, counted) = numbers;
            let product = product::Model {
                id: ProductId::generate(),
                vendor_id: VendorId::generate(),
                category_id: CategoryId::generate(),
                slug: format!("p-{}", ProductId::generate()),
                title: draft::title(&title).unwrap(),
                description: draft::description(&lines.join("\n")).unwrap(),
                status: Status::Draft,
                attributes: attributes.encode(),
                unit: draft::unit(&unit).unwrap(),
                min_order,
                lead_time_days,
                stock_mode: if counted { StockMode::Tracked } else { StockMode::MadeToOrder },
                tax_class: TaxClass::None,
                price_min: Rupiah::ZERO,
                price_max: Rupiah::ZERO,
                rating: 0,
                version: 1,
                created_at: chrono::DateTime::UNIX_EPOCH,
                updated_at: chrono::DateTime::UNIX_EPOCH,
                published_at: None,
            };
            let rows = (0_usize..).zip(variants).map(|(number, (_, price, pieces, weight_g, tiers))| {
                let id = VariantId::generate();
                let tier = |step: usize| (10 * (step as i64 + 1), price - 1000 * (step as i64 + 1));
                let tiers: Vec<(i64, i64)> = (0..tiers).map(tier).collect();
                let options = [("ukuran:".to_owned(), serde_json::Value::from(format!("{number};\\")))];
                let row = variant::Model {
                    id,
                    product_id: product.id,
                    vendor_id: product.vendor_id,
                    sku: format!("{}-{number}-{id}", sku.chars().take(10).collect::<String>().trim()),
                    price: Rupiah::new(price).unwrap(),
                    tiers: Tiers::parse(&tiers).unwrap().encode(),
                    options: Attributes::parse_options(options.into()).unwrap().encode(),
                    weight_g,
                    position: 0,
                    created_at: chrono::DateTime::UNIX_EPOCH,
                };
                (row, stock::Model { variant_id: id, on_hand: pieces, reserved: 0 })
            });
            let rows = rows.collect();
            (product, rows)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_list_that_is_written_is_read_as_it_was(products in prop::collection::vec(row(), 1..4), as_book in any::<bool>()) {
            let pictures = vec!["https://contoh.id/a;b.jpg".to_owned()];
            let mut lines = Vec::new();
            for (product, variants) in &products {
                for (variant, stock) in variants {
                    lines.push(cells(&Line { product, category: "keripik", variant, stock, pictures: &pictures }));
                }
            }
            let file = if as_book { sheets::xlsx(&header(), &lines) } else { sheets::csv(&header(), &lines) }.unwrap();
            let read = groups(&Sheet::read(&file).unwrap(), Uuid::nil());
            prop_assert_eq!(read.len(), products.len());
            for (group, (product, variants)) in read.iter().zip(&products) {
                let faults = group.product.as_ref().err().map(|faults| format!("{faults:?}"));
                prop_assert!(faults.is_none(), "{}", faults.unwrap_or_default());
                let row = group.product.as_ref().unwrap();
                let fields = &row.product.fields;
                prop_assert_eq!(&fields.title, &product.title);
                prop_assert_eq!(&fields.description, &product.description);
                prop_assert_eq!(&fields.unit, &product.unit);
                prop_assert_eq!(fields.attributes.encode(), product.attributes.clone());
                prop_assert_eq!((fields.min_order, fields.lead_time_days), (product.min_order, product.lead_time_days));
                prop_assert_eq!(fields.stock_mode, product.stock_mode);
                prop_assert_eq!(group.pictures.len(), 1);
                prop_assert_eq!(row.product.variants.len(), variants.len());
                for (new, (variant, stock)) in row.product.variants.iter().zip(variants) {
                    prop_assert_eq!(new.sku.as_deref(), Some(variant.sku.as_str()));
                    prop_assert_eq!(new.options.encode(), variant.options.clone());
                    prop_assert_eq!(new.tiers.encode(), variant.tiers.clone());
                    prop_assert_eq!((new.price, new.stock, new.weight_g), (variant.price, stock.on_hand, variant.weight_g));
                }
            }
        }

        #[test]
        fn nothing_is_calculated_and_nothing_is_lost(text in "['=+@\\-\u{ff1d}a]{0,6}") {
            let safe = sheets::harmless(&text).into_owned();
            prop_assert!(!safe.starts_with(['=', '+', '-', '@', '＝']));
            let sheet = Sheet::from_rows(vec!["a".to_owned(), "b".to_owned()], vec![(2, csv::ByteRecord::from(vec![safe, "x".to_owned()]))]);
            let (_, row) = sheet.rows().next().unwrap();
            prop_assert_eq!(row.ok().unwrap().get("a"), text);
        }
    }

    #[test]
    fn lines_without_a_number_get_the_same_one_every_time() {
        let seed = Uuid::from_u128(7);
        assert_eq!(made_up(seed, 3), made_up(seed, 3));
        assert_ne!(made_up(seed, 3), made_up(seed, 4));
        assert_ne!(made_up(seed, 3), made_up(Uuid::from_u128(8), 3));
    }
}
