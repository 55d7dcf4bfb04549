//! Rows become products, and what is wrong with them is named.

use super::super::Sheet;
use super::*;
use proptest::prelude::*;

const HEADER: &str = "sku,nib,nama_usaha,kategori,judul,deskripsi,varian,satuan,harga,harga_grosir,min_order,stok,\
    berat_gram,pirt,halal,tkdn,bahan,warna,ukuran,siap_ekspor,lead_time_hari,kelas_pajak";

fn parse(row: &str) -> Result<ProductRow, Vec<(String, &'static str)>> {
    let sheet = Sheet::parse(format!("{HEADER}\n{row}\n").as_bytes()).unwrap();
    let (line, row) = sheet.rows().next().unwrap();
    ProductRow::parse(line, &row.ok().unwrap())
        .map_err(|faults| faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
}

#[test]
fn a_row_becomes_a_product_with_variants() {
    let row = parse(
        "P1,9943190950237,Kulit Anggrek,sepatu-kulit/barang-kulit,Jaket Kulit,Bagus,ukuran:M|L;warna:hitam|cokelat tua,pcs,\
         939000,6:902000;12:841000,1,7,679,,,48.02,kulit sapi,hitam|cokelat tua,M|L,tidak,4,ppn_standard",
    )
    .unwrap();
    assert_eq!(row.product.fields.category, "barang-kulit");
    assert_eq!(row.tax_class, Some(TaxClass::PpnStandard));
    let variants: Vec<_> =
        row.product.variants.iter().map(|variant| (variant.sku.as_deref().unwrap(), variant.stock)).collect();
    assert_eq!(
        variants,
        [("P1-M-HITAM", 2), ("P1-M-COKELAT-TUA", 2), ("P1-L-HITAM", 2), ("P1-L-COKELAT-TUA", 1)]
    );
    let attributes = row.product.fields.attributes.encode();
    assert_eq!(attributes, r#"{"bahan":"kulit sapi","siap_ekspor":"tidak","tkdn":"48.02"}"#);
}

#[test]
fn a_row_without_options_is_one_variant() {
    let row = parse("P1,,Toko,keripik,Keripik,,,,\"Rp 5.000\",,,,,,,,,merah|biru,,,,").unwrap();
    assert_eq!(row.product.variants.len(), 1);
    assert_eq!(row.product.variants[0].sku.as_deref(), Some("P1"));
    assert_eq!(row.product.variants[0].price.get(), 5000);
    assert_eq!((row.product.fields.unit.as_str(), row.nib), ("pcs", None));
    assert_eq!(row.product.fields.attributes.encode(), r#"{"warna":"merah, biru"}"#);
}

#[test]
fn every_fault_of_a_row_is_named() {
    let faults = parse("P1,12,Toko,,Ke,,warna,pcs,0,6:1,0,-3,x,1,2,101,,,,,400,pajak").unwrap_err();
    let columns: Vec<&str> = faults.iter().map(|(column, _)| column.as_str()).collect();
    let expected = [
        "/nib",
        "/kelas_pajak",
        "/judul",
        "/kategori",
        "/min_order",
        "/lead_time_hari",
        "/pirt",
        "/halal",
        "/tkdn",
        "/harga",
        "/stok",
        "/berat_gram",
        "/varian",
    ];
    assert_eq!(columns, expected);
    let steep = parse("P1,,Toko,keripik,Keripik,,,,5000,6:5000,,,,,,,,,,,,").unwrap_err();
    assert_eq!(steep, [("/harga_grosir".to_owned(), "not-falling")]);
}

#[test]
fn options_are_checked() {
    for bad in [
        "warna",
        "warna:",
        "warna:merah|merah",
        "warna:a;warna:b",
        ":x",
        "a:1|2|3|4|5|6|7|8|9|10|11;b:1|2|3|4|5|6|7|8|9|10",
    ] {
        assert!(options(bad).is_err(), "{bad}");
    }
    assert_eq!(options("").unwrap().len(), 1);
}

proptest! {
    #[test]
    fn an_expansion_loses_no_piece_and_repeats_no_sku(
        values in prop::collection::vec(prop::collection::hash_set("[a-zA-Z&]{1,4}", 1..5), 0..3), pieces in 0..1000i32,
    ) {
        let cell: Vec<String> = values.iter().enumerate()
            .map(|(at, values)| format!("n{at}:{}", values.iter().cloned().collect::<Vec<_>>().join("|")))
            .collect();
        let combinations = options(&cell.join(";")).unwrap();
        let count: usize = values.iter().map(std::collections::HashSet::len).product();
        prop_assert_eq!(combinations.len(), count);
        let base = Base { price: Rupiah::new(1).unwrap(), tiers: Tiers::default(), stock: pieces, weight_g: None };
        let variants = expand("P1", &base, combinations);
        prop_assert_eq!(variants.iter().map(|variant| variant.stock).sum::<i32>(), pieces);
        let skus: std::collections::HashSet<_> = variants.iter().map(|variant| variant.sku.clone()).collect();
        prop_assert_eq!(skus.len(), count);
        let (least, most) = (variants.iter().map(|v| v.stock).min(), variants.iter().map(|v| v.stock).max());
        prop_assert!(most.unwrap() - least.unwrap() <= 1);
    }
}
