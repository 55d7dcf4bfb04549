//! What is written is read as it was.

use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::columns::Part;
use super::*;
use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::product::{Status, StockMode};
use crate::catalog::entity::{meal_plan, product, stock, translation, variant};
use crate::catalog::import::Sheet;
use crate::catalog::model::personal::encode_fields;
use crate::catalog::model::{Attributes, Tiers, Tongue};
use crate::catalog::query::bundles::PartRow;
use crate::catalog::query::listed::Listed;
use crate::kernel::{CategoryId, ProductId, Rupiah, VariantId, VendorId};
use crate::platform::sheets;

/// Letters that spreadsheets, separators and escapes stumble over.
const NASTY: &str = "[a-zA-Z0-9 =+@;:|,\"'\\\\\\-äé漢\u{ff1d}%._/<>&{}\\[\\]]{1,24}";

fn words(least: usize) -> impl Strategy<Value = String> {
    NASTY
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("too short", move |text| text.chars().count() >= least)
}

fn attributes(most: usize) -> impl Strategy<Value = Attributes> {
    prop::collection::btree_map(words(1), words(1), 0..=most).prop_filter_map("refused", |map| {
        Attributes::parse(map.into_iter().map(|(name, value)| (name, value.into())).collect()).ok()
    })
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec(words(1), 0..4).prop_map(|lines| lines.join("\n"))
}

fn product() -> impl Strategy<Value = product::Model> {
    let texts = (words(3), lines(), attributes(4), words(1), prop::option::of(words(1)));
    let numbers = (1..100_000_i32, 1..50_i32, 0..366_i32, 0..3_usize, 0..6_usize, 0..5_usize);
    (texts, numbers).prop_map(|((title, description, said, unit, personal), numbers)| {
        let (min_order, quantity_step, lead_time_days, mode, status, tax) = numbers;
        let id = ProductId::generate();
        let fields = personal.map(|name| {
            let field = json!([{"name": name, "required": true, "max_length": 9, "choices": [name], "surcharge": 500}]);
            serde_json::from_value::<Vec<_>>(field).unwrap()
        });
        use Status::{Archived, Draft, InReview, OnHold, Published, Scheduled};
        use TaxClass::{PbjtFood, PpnExempt, PpnLuxury, PpnStandard};
        product::Model {
            id,
            vendor_id: VendorId::generate(),
            category_id: CategoryId::generate(),
            slug: format!("p-{id}"),
            title,
            description,
            status: [Draft, Published, Archived, Scheduled, InReview, OnHold][status],
            attributes: said.encode(),
            unit,
            min_order,
            lead_time_days,
            stock_mode: [StockMode::Tracked, StockMode::MadeToOrder, StockMode::Daily][mode],
            tax_class: [PpnStandard, PpnLuxury, PpnExempt, PbjtFood, TaxClass::None][tax],
            price_min: Rupiah::default(),
            price_max: Rupiah::default(),
            rating: 0,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            published_at: None,
            quantity_step,
            personalisation: encode_fields(&fields.unwrap_or_default()),
            unit_price: None,
            unit_price_per: None,
            needs_review: false,
        }
    })
}

fn one_variant() -> impl Strategy<Value = (variant::Model, stock::Model)> {
    let numbers = (1000..1_000_000_000_000_i64, 0..1_000_000_i32, prop::option::of(0..10_000_000_i32));
    let more = (attributes(5), prop::option::of(1..1_000_000_i64), any::<bool>(), any::<bool>());
    (numbers, more).prop_map(|((price, on_hand, weight_g), (options, content, is_bundle, tiered))| {
        let id = VariantId::generate();
        let tiers = if tiered { vec![(6, price - 1), (12, price - 900)] } else { Vec::new() };
        let row = variant::Model {
            id,
            product_id: ProductId::generate(),
            vendor_id: VendorId::generate(),
            sku: format!("={id}"),
            price: Rupiah::new(price).unwrap(),
            tiers: Tiers::parse(&tiers).unwrap().encode(),
            options: options.encode(),
            weight_g,
            position: 0,
            created_at: DateTime::UNIX_EPOCH,
            content_amount: content,
            content_unit: content.map(|_| "gram".to_owned()),
            sale_price: None,
            sale_from: None,
            sale_to: None,
            sale_before: None,
            is_bundle,
        };
        (row, stock::Model { variant_id: id, on_hand, reserved: 0 })
    })
}

fn part((bundle_id, sku): (VariantId, String), quantity: i32) -> PartRow {
    PartRow {
        bundle_id,
        part_id: VariantId::generate(),
        quantity,
        product_id: ProductId::generate(),
        title: String::new(),
        sku,
        options: String::new(),
        unit: String::new(),
        on_hand: 0,
        reserved: 0,
        status: product::Status::Published,
    }
}

fn listed() -> impl Strategy<Value = Listed> {
    let plan = (0..3_usize, prop::option::of(0..720_i32), 0..1440_i32);
    let texts = (prop::option::of((words(3), lines())), prop::collection::vec(words(1), 0..3));
    (product(), prop::collection::vec(one_variant(), 1..4), texts, plan).prop_map(
        |(product, variants, (english, parts), (windows, hours, minute))| {
            let bundles = variants.iter().filter(|(row, _)| row.is_bundle).map(|(row, _)| row.id);
            let parts = bundles
                .flat_map(|id| (1..).zip(&parts).map(move |(at, sku)| part((id, format!("{at}{sku}")), at)));
            let text = english.map(|(title, description)| translation::Model {
                product_id: product.id,
                lang: Tongue::En,
                title,
                description,
                updated_at: DateTime::UNIX_EPOCH,
            });
            let days = hours.is_none().then_some(2);
            let plan = meal_plan::Model {
                product_id: product.id,
                weekdays: "[50,50,50,50,50,20,0]".to_owned(),
                cutoff_hours: hours,
                cutoff_days: days,
                cutoff_minute: days.map(|_| minute),
                windows: json!(&["08:00-09:30", "16:00-18:00"][..windows.min(2)]).to_string(),
                districts: r#"["32.16.09"]"#.to_owned(),
                version: 1,
                updated_at: DateTime::UNIX_EPOCH,
            };
            Listed {
                parts: parts.collect(),
                category: "keripik".to_owned(),
                images: Vec::new(),
                addresses: vec!["https://contoh.id/a|b;c.jpg".to_owned(), "-x.jpg".to_owned()],
                texts: text.into_iter().collect(),
                plan: Some(plan),
                publish_at: DateTime::from_timestamp(1_800_000_000 + i64::from(minute), 0),
                product,
                variants,
            }
        },
    )
}

/// What a column of a line says when it was written and read again, and what is stored.
fn both_ways(read: &read::ListLine, line: &Line<'_>, column: &columns::Column) -> (Value, Value) {
    let stored = (column.stored)(line);
    // Nothing and an empty cell are the same.
    let nothing = stored.is_null() || (!column.clears && stored == column.shape.empty());
    let said = read.says(column).cloned().unwrap_or(Value::Null);
    (said, if nothing { Value::Null } else { stored })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_list_that_is_written_is_read_as_it_was(products in prop::collection::vec(listed(), 1..4), as_book in any::<bool>()) {
        let all: Vec<Line<'_>> = products
            .iter()
            .flat_map(|of| of.variants.iter().map(move |(variant, stock)| Line { of, variant, stock }))
            .collect();
        let rows: Vec<_> = all.iter().map(cells).collect();
        let file = if as_book { sheets::xlsx(&header(), &rows) } else { sheets::csv(&header(), &rows) }.unwrap();
        let sheet = Sheet::read(&file).unwrap();
        check_columns(&sheet).unwrap();
        let read = groups(&sheet);
        prop_assert_eq!(read.len(), products.len());
        for group in &read {
            prop_assert!(group.faults.is_empty(), "{:?}", group.faults);
            for line in &group.lines {
                let stored = all.iter().find(|one| one.variant.sku == line.sku()).unwrap();
                prop_assert_eq!(line.raw("produk"), stored.of.product.slug.as_str());
                for column in LISTING.iter().filter(|column| column.part != Part::Key) {
                    // Without a cut-off the column says so by being empty.
                    let (said, stored) = both_ways(line, stored, column);
                    prop_assert_eq!(said, stored, "{}", column.name);
                }
            }
        }
    }

    #[test]
    fn nothing_is_calculated_and_nothing_is_lost(text in "['=+@\\-\u{ff1d}\ta]{0,6}") {
        let text = text.trim();
        let safe = sheets::harmless(text).into_owned();
        prop_assert!(!safe.starts_with(['=', '+', '-', '@', '\t', '＝']));
        let sheet = Sheet::from_rows(vec!["a".to_owned(), "b".to_owned()], vec![(2, csv::ByteRecord::from(vec![safe, "x".to_owned()]))]);
        let (_, row) = sheet.rows().next().unwrap();
        let row = row.ok().unwrap();
        prop_assert_eq!(row.get("a"), text);
    }
}

fn read(text: &str) -> Vec<Group> {
    groups(&Sheet::parse(text.as_bytes()).unwrap())
}

#[test]
fn lines_without_a_number_get_the_same_one_every_time() {
    let text = "sku,judul,pilihan\n,Opak,ukuran:M\n,Opak,ukuran:L\n,Opak,ukuran:M\n";
    let (one, two) = (read(text), read(text));
    let sku = |groups: &[Group], at: usize| groups[at].first().sku().to_owned();
    assert_eq!(sku(&one, 0), sku(&two, 0));
    assert_ne!(sku(&one, 0), sku(&one, 1));
    assert_eq!(one[2].faults[0].code, "sku-repeated");
}

#[test]
fn lines_of_one_product_say_it_once() {
    let groups = read("produk,sku,judul,isi_paket\np,A,Opak,\np,B,,\nq,C,Satu,A:2\np,D,Lain,\n");
    let codes: Vec<(u64, &str)> = groups[0].faults.iter().map(|note| (note.line, note.code)).collect();
    assert_eq!(codes, [(5, "product-differs")]);
    assert_eq!(groups[0].lines.len(), 3);
    assert!(groups[1].is_bundle(), "bundles come last");
    assert!(check_columns(&Sheet::parse(b"sku,hrga\n").unwrap()).is_err());
}

#[test]
fn what_people_write_is_understood() {
    let said = |column: &str, cell: &str| {
        let column = LISTING.iter().find(|one| one.name == column).unwrap();
        column.shape.read(cell).map_err(|fault| fault.code)
    };
    assert_eq!(said("harga", "Rp 12.500"), Ok(json!(12_500)));
    assert_eq!(said("isi", "250g"), Ok(json!({"amount": 250, "unit": "gram"})));
    assert_eq!(said("kategori", "makanan/keripik"), Ok(json!("keripik")));
    assert_eq!(said("batas_pesan", "6 jam"), Ok(json!({"cutoff_hours": 6})));
    assert_eq!(said("jam_antar", "10.00-12.00"), Ok(json!(["10:00-12:00"])));
    assert_eq!(
        said("isi_paket", "B;A:2"),
        Ok(json!([{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]))
    );
    assert_eq!(said("mode_stok", "antah"), Err("unknown-code"));
    assert_eq!(said("atribut", "bahan"), Err("pairs"));
    assert_eq!(said("personalisasi", "[1]"), Err("personalisation"));
}
