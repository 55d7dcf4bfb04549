//! Reading the office's tables of shops and products into search documents.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use uuid::Uuid;

use super::EvalError;
use crate::platform::search::ProductDoc;

/// The products of the files, ready to index.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The documents.
    pub products: Vec<ProductDoc>,
    /// The SKU of each.
    pub skus: HashMap<Uuid, String>,
}

#[derive(Deserialize)]
struct VendorRow {
    nama_usaha: String,
    nib: String,
    kecamatan: String,
}

#[derive(Deserialize)]
struct CategoryRow {
    slug: String,
    name_id: String,
    #[serde(default)]
    name_en: String,
}

#[derive(Deserialize)]
struct ProductRow {
    sku: String,
    nib: String,
    nama_usaha: String,
    kategori: String,
    judul: String,
    deskripsi: String,
    varian: String,
    satuan: String,
    harga: String,
    stok: String,
    pirt: String,
    halal: String,
    tkdn: String,
    bahan: String,
    warna: String,
    ukuran: String,
    siap_ekspor: String,
}

impl Catalogue {
    /// Reads products, the districts of their shops, and the category names (from `categories.csv` in `folder`).
    pub fn read(products: &Path, vendors: &Path, folder: Option<&Path>) -> Result<Self, EvalError> {
        let mut districts: HashMap<String, String> = HashMap::new();
        for row in csv::Reader::from_path(vendors)?.deserialize() {
            let row: VendorRow = row?;
            let district = row.kecamatan.trim().to_owned();
            if !row.nib.trim().is_empty() {
                districts.insert(row.nib.trim().to_owned(), district.clone());
            }
            districts.entry(row.nama_usaha.trim().to_owned()).or_insert(district);
        }
        let mut names: HashMap<String, [String; 2]> = HashMap::new();
        if let Some(table) = folder.map(|folder| folder.join("categories.csv")).filter(|table| table.exists())
        {
            for row in csv::Reader::from_path(table)?.deserialize() {
                let row: CategoryRow = row?;
                names.insert(row.slug, [row.name_id, row.name_en]);
            }
        }
        let mut catalogue = Self::default();
        for (row, number) in csv::Reader::from_path(products)?.deserialize().zip(1_u128..) {
            let row: ProductRow = row?;
            let district = districts.get(row.nib.trim()).or_else(|| districts.get(row.nama_usaha.trim()));
            let id = Uuid::from_u128(number);
            catalogue.skus.insert(id, row.sku.clone());
            catalogue.products.push(document(row, id, district.cloned().unwrap_or_default(), &names));
        }
        Ok(catalogue)
    }
}

fn document(row: ProductRow, id: Uuid, district: String, names: &HashMap<String, [String; 2]>) -> ProductDoc {
    let price = row.harga.trim().parse().unwrap_or(0);
    let (category_path, category_names) = categories(&row.kategori, names);
    let shop = |sum: u128, byte: u8| sum.wrapping_mul(31) + u128::from(byte);
    ProductDoc {
        product_id: id,
        category_path,
        category_names,
        vendor_id: Uuid::from_u128(row.nama_usaha.bytes().fold(1, shop)),
        vendor_slug: row.nama_usaha.to_lowercase().replace(' ', "-"),
        district_code: district.to_lowercase().replace(' ', "-"),
        district_name: district,
        price_min: price,
        price_max: price,
        in_stock: row.stok.trim().parse::<i64>().is_ok_and(|stock| stock > 0),
        rating: 0,
        created_at_ms: 0,
        options: options(&row.varian),
        attributes: facts(&row),
        vendor_name: row.nama_usaha,
        title: row.judul,
        description: row.deskripsi,
        translations: Vec::new(),
        sku: vec![row.sku],
        unit: row.satuan,
    }
}

fn categories(path: &str, names: &HashMap<String, [String; 2]>) -> (Vec<String>, Vec<String>) {
    let slugs: Vec<String> = path.split('/').map(str::to_owned).collect();
    let of =
        |slug: &String| names.get(slug).map_or_else(|| vec![slug.replace('-', " ")], |found| found.to_vec());
    let named = slugs.iter().flat_map(of).filter(|name| !name.is_empty()).collect();
    (slugs, named)
}

fn options(variants: &str) -> Vec<String> {
    let groups = variants.split(';').filter_map(|group| group.split_once(':'));
    groups.flat_map(|(_, values)| values.split('|')).map(str::to_owned).collect()
}

fn facts(row: &ProductRow) -> Vec<(String, String)> {
    let facts = [
        ("bahan", &row.bahan),
        ("warna", &row.warna),
        ("ukuran", &row.ukuran),
        ("pirt", &row.pirt),
        ("halal", &row.halal),
        ("tkdn", &row.tkdn),
        ("siap_ekspor", &row.siap_ekspor),
    ];
    let told = facts.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}
