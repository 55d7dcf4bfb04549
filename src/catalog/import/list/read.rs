//! Reads a list: its lines, and which of them are one product.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::columns::{Column, LISTING, Part};
use super::notes::Note;
use crate::catalog::import::report::bad_row;
use crate::catalog::import::sheet::Row;
use crate::catalog::import::{ImportError, Sheet};
use crate::kernel::fields::Fault;

/// What a cell says, and how it is written.
#[derive(Clone, Debug)]
pub struct Said {
    pub raw: String,
    pub value: Value,
}

/// One line: what its cells say, by column; columns that the file has not are absent.
#[derive(Clone, Debug)]
pub struct ListLine {
    pub line: u64,
    cells: BTreeMap<&'static str, Said>,
}

/// The lines of one product, the first one first.
pub struct Group {
    pub lines: Vec<ListLine>,
    /// Why it cannot be taken at all.
    pub faults: Vec<Note>,
}

impl ListLine {
    /// What is said in a column; `None` if nothing is.
    pub fn says(&self, column: &Column) -> Option<&Value> {
        let said = self.cells.get(column.name)?;
        let nothing = said.value.is_null() || (said.raw.is_empty() && !column.clears);
        (!nothing).then_some(&said.value)
    }

    /// As it is written.
    pub fn raw(&self, column: &str) -> &str {
        self.cells.get(column).map(|said| said.raw.as_str()).unwrap_or_default()
    }

    /// SKUs of what a bundle is made of.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        let parts = self.cells.get("isi_paket").and_then(|said| said.value.as_array());
        parts.into_iter().flatten().filter_map(|part| part["sku"].as_str())
    }

    /// Whether the file has the column.
    pub fn has(&self, column: &str) -> bool {
        self.cells.contains_key(column)
    }

    /// Its key in the shop.
    pub fn sku(&self) -> &str {
        self.raw("sku")
    }
}

impl Group {
    /// The line that speaks for the product.
    pub fn first(&self) -> &ListLine {
        &self.lines[0]
    }

    /// Whether one of its variants is a bundle.
    pub fn is_bundle(&self) -> bool {
        self.lines.iter().any(|line| !line.raw("isi_paket").is_empty())
    }

    /// Columns of the product as a whole, or of each variant.
    fn of_product(column: &Column) -> bool {
        !matches!(column.part, Part::Variant | Part::Stock)
    }
}

/// Makes sure that the table is a list of products: it names articles, and every column is known.
pub fn check_columns(sheet: &Sheet) -> Result<(), ImportError> {
    sheet.require(&["sku"])?;
    let known = |header: &String| {
        let name = header.trim().to_lowercase();
        name.is_empty() || LISTING.iter().any(|column| column.name == name)
    };
    match sheet.headers().iter().find(|header| !known(header)) {
        None => Ok(()),
        // Left out in silence, a misspelt column would look as if it had been taken.
        Some(header) => Err(ImportError::Unreadable(format!("it has an unknown column {header}"))),
    }
}

/// Reads all lines. Bundles come last, since their parts may be further down.
pub fn groups(sheet: &Sheet) -> Vec<Group> {
    let here: Vec<&Column> = LISTING.iter().filter(|column| sheet.require(&[column.name]).is_ok()).collect();
    let mut order: Vec<String> = Vec::new();
    let mut by_key: HashMap<String, Group> = HashMap::new();
    for (line, row) in sheet.rows() {
        let (read, faults) = match row {
            Ok(row) if row.is_empty() => continue,
            Ok(row) => read_line(line, &row, &here),
            Err(bad) => {
                let none = ListLine { line, cells: BTreeMap::new() };
                (none, vec![Note::new(line, "", "", bad_row(bad))])
            }
        };
        let key = match read.raw("produk") {
            "" => format!("l{line}"),
            key => format!("k{key}"),
        };
        let group = by_key.entry(key.clone()).or_insert_with(|| {
            order.push(key);
            Group { lines: Vec::new(), faults: Vec::new() }
        });
        group.lines.push(read);
        group.faults.extend(faults);
    }
    let mut seen = HashMap::new();
    let mut groups: Vec<Group> = order.iter().filter_map(|key| by_key.remove(key)).collect();
    for group in &mut groups {
        agree(group);
        number(group, &mut seen);
    }
    groups.sort_by_key(Group::is_bundle);
    groups
}

fn read_line(line: u64, row: &Row<'_>, columns: &[&'static Column]) -> (ListLine, Vec<Note>) {
    let mut cells = BTreeMap::new();
    let mut faults = Vec::new();
    for column in columns {
        let raw = row.get(column.name).replace("\r\n", "\n");
        match column.shape.read(&raw) {
            Ok(value) => {
                cells.insert(column.name, Said { raw, value });
            }
            Err(fault) => {
                faults.push(Note::new(line, column.name, &raw, fault));
                cells.insert(column.name, Said { raw, value: Value::Null });
            }
        }
    }
    (ListLine { line, cells }, faults)
}

/// What all lines of a product say alike is said by the first; the others may leave it empty.
fn agree(group: &mut Group) {
    let (first, others) = group.lines.split_at(1);
    for column in LISTING.iter().filter(|column| Group::of_product(column)) {
        let value = first[0].cells.get(column.name).map(|said| &said.value);
        for line in others {
            let Some(said) = line.cells.get(column.name).filter(|said| !said.raw.is_empty()) else {
                continue;
            };
            if Some(&said.value) != value {
                group.faults.push(Note::new(line.line, column.name, &said.raw, differs(first[0].line)));
            }
        }
    }
}

/// Gives a SKU to lines that have none, and finds those that are there twice.
fn number(group: &mut Group, seen: &mut HashMap<String, u64>) {
    let (key, title) = (group.first().raw("produk").to_owned(), group.first().raw("judul").to_owned());
    for line in &mut group.lines {
        if line.sku().is_empty() {
            let sku = made_up(&[&key, &title, line.raw("pilihan")]);
            line.cells.insert("sku", Said { value: Value::from(sku.as_str()), raw: sku });
        }
        let first = *seen.entry(line.sku().to_owned()).or_insert(line.line);
        if first != line.line {
            group.faults.push(Note::new(line.line, "sku", line.sku(), repeated(first)));
        }
    }
}

/// The SKU of a line that has none: the same list sent again must not make everything twice.
fn made_up(said: &[&str]) -> String {
    let digest = Sha256::digest(said.join("\n"));
    let hex: String = digest[..5].iter().map(|byte| format!("{byte:02X}")).collect();
    format!("LPK-{hex}")
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
        format!("Tidak sama dengan baris {first} dari produk yang sama."),
        format!("Not as in line {first} of the same product."),
    )
}
